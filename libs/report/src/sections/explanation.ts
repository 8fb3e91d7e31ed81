import { coefficientTable, correlationMap, groupMeans, nomogramOf, permutationBars, shapBars, shapDependence, shapFeatures, shapSwarm, trainedModels, type RunContext } from '@consilium/charts';
import { shownModels } from '../shown-models.js';
import { figure, heading, table, type Block, type Section } from '../blocks.js';

export function explanationSection(context: RunContext): Section {
  const models = trainedModels(context).filter(({ suppressed }) => suppressed === undefined);
  const last = models.at(-1);
  const full = shownModels(context).map(({ model }) => model);
  const first = last === undefined ? null : nomogramOf(context, last.name);
  return {
    id: 'explanation',
    title: 'Why does it say so?',
    answer: first === null ? 'No model has a result in this run.' : 'figure' in first ? first.figure.answer : first.absent,
    blocks: [
      ...models.flatMap(({ name }) => [figure('Nomogram', nomogramOf(context, name), name), table('Coefficients', coefficientTable(context, name))]),
      heading('Selected features'),
      figure('Selected features by hospital and outcome', groupMeans(context)),
      figure('Correlation of the selected features', correlationMap(context)),
      heading('SHAP values'),
      ...models.flatMap(({ name }) => shapBlocks(context, name, full.includes(name))),
    ],
  };
}

/** Features of a model whose dependence is drawn, the largest first. */
const MOST_DRAWN = 4;

/** Of the models shown in full, all views; of others the bars. */
function shapBlocks(context: RunContext, model: string, full: boolean): Block[] {
  const bars = shapBars(context, model);
  if ('absent' in bars || !full) return [figure('SHAP values', bars, model)];
  return [
    figure('SHAP values', bars, model),
    figure('Binned beeswarm', shapSwarm(context, model), model),
    ...shapFeatures(context, model).slice(0, MOST_DRAWN).map((feature) => figure('Dependence', shapDependence(context, model, feature), model)),
    figure('Permutation importance', permutationBars(context, model), model),
  ];
}
