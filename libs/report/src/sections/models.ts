import { comparisonTable, isFigure, modelForest, modelTables, reclassificationTable, settingsTable, validationsOf, isValue, rowsOf, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Block, type Section } from '../blocks.js';
import { NOTHING_VALIDATED } from './performance.js';

export function modelsSection(context: RunContext): Section {
  const validations = validationsOf(context).filter(({ id }) => isValue(rowsOf(context, id)));
  const most = [...validations].sort((a, b) => count(context, b.id) - count(context, a.id))[0];
  const first = most === undefined ? null : modelForest(context, most.id);
  return {
    id: 'models',
    title: 'Which model is better?',
    answer: first === null ? NOTHING_VALIDATED : isFigure(first) ? first.figure.answer : first.absent,
    blocks: [table('Settings of the models', settingsTable(context)), ...validations.flatMap(({ id, label }) => [
      heading(label),
      figure('Pooled AUC of each model', modelForest(context, id), label),
      ...sideBySide(context, id, label),
      table('Differences between models', comparisonTable(context, id), label),
      table('Reclassification', reclassificationTable(context, id), label),
    ])],
  };
}

function sideBySide(context: RunContext, validation: string, label: string): Block[] {
  const titles = ['Models side by side', 'Calls of the models side by side'];
  return modelTables(context, validation).map((found, i) => table(titles[i]!, found, label));
}

const count = (context: RunContext, validation: string): number => {
  const rows = rowsOf(context, validation);
  return isValue(rows) ? rows.headline.length : 0;
};
