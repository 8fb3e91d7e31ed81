import { disclosureLimits, type Federation, federatedCalibrationCurves, federatedDecisionIntervals, federatedReclassification, federatedSubgroups, type Subgroup, type ViewSpec } from '@consilium/federation';
import { columnOf, levelsOf } from '../plan/plan-dictionary.js';
import type { AnalysisPlan, SubgroupOptions } from '../plan/plan-schema.js';
import { figureOf } from './figure-of.js';
import type { StageResults } from './run-results.js';

const EVERY_HUNDREDTH = Array.from({ length: 99 }, (_, k) => (k + 1) / 100);

interface EvaluatedModels {
  readonly view: ViewSpec;
  readonly models: readonly string[];
  /** Of the two-by-two tables of each model. */
  readonly thresholds: Readonly<Record<string, readonly number[]>>;
}

/** Figures of the models on a view beside the validation's, in the same rounds: calibration curves, intervals of net benefit, reclassification, subgroups. */
export async function furtherFigures(federation: Federation, plan: AnalysisPlan, { view, models, thresholds: tables }: EvaluatedModels): Promise<StageResults> {
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const { riskCategories, bootstrap, decisionThresholds, subgroups } = plan.evaluate;
  const asked = { view, models, minimumCell };
  const otherCuts = Object.fromEntries(models.map((model) => [model, [...(tables[model] ?? []), ...riskCategories]]));
  const thresholds = decisionThresholds.length > 0 ? decisionThresholds : EVERY_HUNDREDTH;
  const [calibrationCurves, decisionIntervals, reclassification, groups] = await federation.inParallel<unknown>([
    (branch) => figureOf(() => federatedCalibrationCurves(branch, { ...asked, otherCuts })),
    (branch) => figureOf(() => federatedDecisionIntervals(branch, { ...asked, thresholds, replicates: bootstrap, seed: plan.seed })),
    (branch) => figureOf(() => federatedReclassification(branch, { ...asked, cuts: riskCategories })),
    async (branch) => (subgroups.length === 0 ? [] : figureOf(() => federatedSubgroups(branch, { ...asked, columns: subgroups.map((one) => subgroupsOf(plan, one)) }))),
  ]);
  return { calibrationCurves, decisionIntervals, reclassification, subgroups: groups };
}

/** The groups a column divides patients into: its values, its levels, or the intervals between cuts. */
function subgroupsOf(plan: AnalysisPlan, { column, values, cuts }: SubgroupOptions): { column: string; groups: Subgroup[] } {
  if (cuts !== null) {
    const edges = [null, ...cuts, null];
    return { column, groups: edges.slice(1).map((below, g) => ({ name: intervalName(edges[g]!, below), from: edges[g]!, below })) };
  }
  const clinical = plan.clinical.find((variable) => variable.column === column)?.levels;
  const known = values ?? clinical ?? levelsOf(columnOf(plan.dictionary, column)) ?? [];
  return { column, groups: known.map((value) => ({ name: String(value), oneOf: [value] })) };
}

function intervalName(from: number | null, below: number | null): string {
  if (from === null) return `below ${below}`;
  return below === null ? `${from} and above` : `${from} to below ${below}`;
}
