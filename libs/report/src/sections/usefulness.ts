import { isFigure, netBenefitTable, validationConfusion, validationDecisionCurve, validationForest, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Section } from '../blocks.js';
import { firstThreshold, shownModels, shownThresholds } from '../shown-models.js';
import { NOTHING_VALIDATED } from './performance.js';

export function usefulnessSection(context: RunContext, declared: readonly number[]): Section {
  const shown = shownModels(context);
  const pooled = shown.map((one) => validationDecisionCurve(context, one, declared)).find((one, i) => isFigure(one) && shown[i]!.validation !== 'leave-one-site-out');
  const first = pooled ?? (shown[0] === undefined ? null : validationForest(context, shown[0], { measure: 'net-benefit', threshold: firstThreshold(context, shown[0].model) }));
  return {
    id: 'usefulness',
    title: 'Is it useful?',
    answer: first === null ? NOTHING_VALIDATED : isFigure(first) ? first.figure.answer : first.absent,
    blocks: shown.flatMap(({ of, ...selection }) => [
      heading(of),
      figure('Net benefit by decision threshold', validationDecisionCurve(context, selection, declared), of),
      table('Net benefit', netBenefitTable(context, selection), of),
      figure('Net benefit at each hospital', validationForest(context, selection, { measure: 'net-benefit', threshold: firstThreshold(context, selection.model) }), of),
      ...shownThresholds(context, selection).map((value) => figure('Confusion matrices', validationConfusion(context, selection, value), of)),
    ]),
  };
}
