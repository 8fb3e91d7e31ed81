import { hosmerLemeshowTable, isFigure, validationCalibration, validationForest, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Section } from '../blocks.js';
import { shownModels } from '../shown-models.js';
import { NOTHING_VALIDATED } from './performance.js';

export function calibrationSection(context: RunContext): Section {
  const shown = shownModels(context);
  const first = shown[0] === undefined ? null : validationForest(context, shown[0], { measure: 'oe' });
  return {
    id: 'calibration',
    title: 'Is it calibrated?',
    answer: first === null ? NOTHING_VALIDATED : isFigure(first) ? first.figure.answer : first.absent,
    blocks: shown.flatMap(({ of, ...selection }) => [
      heading(of),
      figure('Observed to expected events', validationForest(context, selection, { measure: 'oe' }), of),
      figure('Observed against predicted risk', validationCalibration(context, selection), of),
      figure('Calibration slope', validationForest(context, selection, { measure: 'slope' }), of),
      figure('Calibration in the large', validationForest(context, selection, { measure: 'in-the-large' }), of),
      table('Hosmer-Lemeshow', hosmerLemeshowTable(context, selection), of),
    ]),
  };
}
