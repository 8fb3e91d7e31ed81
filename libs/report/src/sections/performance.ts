import { classificationTable, influenceTable, isFigure, modelsOf, performanceTable, scoreHistogram, validationForest, validationRoc, validationsOf, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Block, type Section } from '../blocks.js';
import { firstThreshold, ofModel, shownModels, shownThresholds, shownValidations, type ShownModel } from '../shown-models.js';

export const NOTHING_VALIDATED = 'No model was validated in this run.';

export function performanceSection(context: RunContext): Section {
  const shown = shownModels(context);
  const first = shown[0];
  const forest = first === undefined ? null : validationForest(context, first, { measure: 'auc' });
  return {
    id: 'performance',
    title: 'Does it work?',
    answer: forest === null ? NOTHING_VALIDATED : isFigure(forest) ? `${forest.figure.answer} Model: ${first!.of}.` : forest.absent,
    blocks: [...shown.flatMap((one) => inFull(context, one)), ...others(context, shown)],
  };
}

function inFull(context: RunContext, { of, ...selection }: ShownModel): Block[] {
  return [
    heading(of),
    figure('AUC at each hospital', validationForest(context, selection, { measure: 'auc' }), of),
    table('Influence of each hospital', influenceTable(context, selection), of),
    figure('ROC curves', validationRoc(context, selection), of),
    figure('Scores by outcome', scoreHistogram(context, selection, firstThreshold(context, selection.model)), of),
    ...shownThresholds(context, selection).flatMap((value) => [table('Performance', performanceTable(context, selection, value), of), table('Predictive values', classificationTable(context, selection, value), of)]),
  ];
}

/** Every other model where it was validated, in tables. */
function others(context: RunContext, shown: readonly ShownModel[]): Block[] {
  const honest = shownValidations(context);
  const rest = validationsOf(context).filter(({ id }) => !honest.some((one) => one.id === id));
  const tables = [...honest, ...rest].flatMap((validation) =>
    modelsOf(context, validation.id)
      .filter((model) => !shown.some((one) => one.model === model && one.validation === validation.id))
      .map((model) => table('Performance', performanceTable(context, { model, validation: validation.id }, firstThreshold(context, model)), ofModel(model, validation))),
  );
  return tables.length === 0 ? [] : [heading('Other models, and patients that models have seen'), ...tables];
}
