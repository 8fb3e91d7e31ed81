import { coefficientTable, correlationMap, groupMeans, nomogramOf, trainedModels, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Section } from '../blocks.js';

export function explanationSection(context: RunContext): Section {
  const models = trainedModels(context).filter(({ suppressed }) => suppressed === undefined);
  const last = models.at(-1);
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
      figure('SHAP values', { absent: "SHAP values are not in this run's results." }),
    ],
  };
}
