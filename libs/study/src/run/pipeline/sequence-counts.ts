import { federatedCategoricalTest, type Federation, siteCounts } from '@consilium/federation';
import { vendorLevels } from '../../plan/plan-dictionary.js';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { figureOf } from '../figure-of.js';
import { type StageResults, suppressed } from '../run-results.js';
import { type Rows, viewOf } from '../views.js';
import { sequenceColumns } from './pipeline-scopes.js';

/**
 * Patients who have each sequence, by site and class, and by vendor where the plan names its column: counted before anything is fitted, in one round. A patient
 * has a sequence who has a value in any of its columns.
 */
export async function sequenceCounts(federation: Federation, plan: AnalysisPlan, rows: Rows): Promise<StageResults[]> {
  const { vendor } = plan.pipeline!;
  const levels = vendor === null ? null : vendorLevels(plan, vendor);
  return federation.inParallel(
    [...sequenceColumns(plan)].map(([sequence, [column]]) => async (branch: Federation): Promise<StageResults> => {
      if (column === undefined) return { sequence, ...suppressed('no-features', 'The sequence has no feature.') };
      // A column that is filled leaves out only those who lack its whole sequence.
      const view = viewOf(plan, { rows: rows.conditions, features: [column], fill: { [column]: 0 }, folds: false });
      const [sites, vendors] = await branch.inParallel<unknown>([
        async (own) => (await own.gather(siteCounts, { view, parameters: { columns: [] } })).map(siteRow),
        (own) => (vendor === null || levels === null ? Promise.resolve(null) : figureOf(() => vendorCounts(own, view, vendor, levels))),
      ]);
      return { sequence, sites, vendors };
    }),
  );
}

function siteRow(answer: Awaited<ReturnType<Federation['gather']>>[number]): StageResults {
  if ('refusal' in answer) return { site: answer.site, ...suppressed(answer.refusal.rule, answer.refusal.sentence) };
  const { patients, events, nonEvents } = answer.answer as Record<string, unknown>;
  return { site: answer.site, patients, events, nonEvents };
}

async function vendorCounts(federation: Federation, view: ReturnType<typeof viewOf>, vendor: string, levels: readonly string[]): Promise<StageResults> {
  const { levels: counts, other, missing } = await federatedCategoricalTest(federation, view, vendor, levels);
  return { column: vendor, levels: counts, other, missing };
}
