import { type Federation, federatedIntraclassCorrelations, federatedKappas, federatedMoments, standardDeviation } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { pairLevels } from '../plan/reader-agreement.js';
import { figureOf } from './figure-of.js';
import type { StageResults } from './run-results.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** How well readers agree on training patients: kappa of categories, intraclass correlations of measurements, mean overlap of regions. Two rounds; each figure stands or is suppressed by itself. Null where the plan does not ask. */
export async function readerAgreement(federation: Federation, plan: AnalysisPlan): Promise<StageResults | null> {
  const { agreement } = plan.describe;
  if (!agreement) return null;
  const { categories, weights, measurements, overlap } = agreement;
  const rows = rowsOf(plan, 'training');
  const view = (features: readonly string[]) => viewOf(plan, { rows: rows.conditions, features, folds: false });
  const kappaOf = (pair: (typeof categories)[number]) => async (branch: Federation) => {
    const levels = (pairLevels(pair, plan.dictionary) ?? []).map(String);
    const { first, second } = pair;
    const [kappa] = await federatedKappas(branch, view([]), [{ first, second, levels }], weights);
    const { table, observed, expected } = kappa!;
    return { patients: table.flat().reduce((sum, count) => sum + count, 0), levels, table, kappa: finite(kappa!.kappa), standardError: finite(kappa!.standardError), observed: finite(observed), expected: finite(expected) };
  };
  const iccOf = (item: (typeof measurements)[number]) => async (branch: Federation) => {
    const [{ patients, absolute, consistency }] = (await federatedIntraclassCorrelations(branch, view([]), [item])) as [Awaited<ReturnType<typeof federatedIntraclassCorrelations>>[number]];
    return { patients, absolute, consistency };
  };
  const meanOf = (column: string) => async (branch: Federation) => {
    const { all } = await federatedMoments(branch, view([column]));
    return { patients: all.n, mean: all.n > 0 ? all.mean[0]! : null, sd: all.n > 1 ? standardDeviation(all, 1)[0]! : null };
  };
  const asked: ((branch: Federation) => Promise<object>)[] = [...categories.map(kappaOf), ...measurements.map(iccOf), ...overlap.map(meanOf)];
  const found = await sitesOf(federation, rows).inParallel(asked.map((ask) => (branch: Federation) => figureOf(() => ask(branch))));
  return {
    rows: 'training',
    weights,
    categories: categories.map(({ first, second }, i) => ({ first, second, ...found[i] })),
    measurements: measurements.map(({ name, columns }, i) => ({ name, columns, ...found[categories.length + i] })),
    overlap: overlap.map((column, i) => ({ column, ...found[categories.length + measurements.length + i] })),
  };
}
