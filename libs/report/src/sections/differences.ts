import { isFigure, subgroupForest, subgroupTable, validationForest, validationsOf, type RunContext } from '@consilium/charts';
import { figure, table, type Section } from '../blocks.js';
import { shownModels } from '../shown-models.js';
import { NOTHING_VALIDATED } from './performance.js';

export function differencesSection(context: RunContext): Section {
  const shown = shownModels(context);
  const rows = shown.filter(({ validation }) => validation !== 'leave-one-site-out');
  const left = shown.find(({ validation }) => validation === 'leave-one-site-out');
  const forest = left === undefined ? null : validationForest(context, left, { measure: 'auc' });
  const answer = forest !== null && isFigure(forest) ? forest.figure.answer : shown.length === 0 ? NOTHING_VALIDATED : "Leaving each hospital out is not in this run's plan.";
  const subgroups = rows.length > 0 ? rows : validationsOf(context).flatMap(({ id, label }) => shown.slice(0, 1).map((one) => ({ ...one, validation: id, of: `${one.model} · ${label}` })));
  return {
    id: 'differences',
    title: 'Where does it not?',
    answer,
    blocks: [...(forest === null ? [] : [figure('Each hospital left out of training', forest, left!.of)]), ...subgroups.flatMap((one) => [figure('Subgroups', subgroupForest(context, one), one.of), table('Subgroups', subgroupTable(context, one), one.of)])],
  };
}
