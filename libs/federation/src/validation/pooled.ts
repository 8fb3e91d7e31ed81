import {
  calibrationStanding,
  DECISION_BINS,
  decisionCurve,
  rocPoints,
  type CalibrationSums,
  type ConfusionCounts,
  type RiskGroup,
} from '@consilium/evaluation';
import type { CalibrationFit } from '@consilium/learning';
import { RoundRefused, type Federation } from '../federation.js';
import type { Suppressed } from '../disclosure.js';
import type { ViewSpec } from '../view.js';
import { calibrationNames, pooledSums, type PooledSums } from './exchange.js';
import { notEstimable, suppressed, type Figure } from './figures.js';
import { aucFigure, calibrationFigure, hosmerLemeshowFigure, recalibrationCaution, type Classes } from './model-figures.js';
import { scoreBins, type ValidationShape } from './per-site.js';
import { joinedHistogram, releasedStarts, releasedTenths } from './released-bins.js';
import { pooledAucs, type PooledAuc } from './pooled-auc.js';
import { pooledRecalibrations } from './pooled-recalibration.js';
import type { ModelFigures, PooledAucFigure } from './results.js';

/** All pooled figures but the confusion tables, which depend on what the sites' own tables showed. */
export interface PooledFigures {
  readonly patients: Figure<number>;
  readonly events: Figure<number>;
  readonly models: readonly Omit<ModelFigures<PooledAucFigure>, 'confusion'>[];
}

const GROUPS = 10;

/** Figures of all patients together, from sums alone; where a site refuses its term there is none, with the reason. */
export async function pooledFigures(federation: Federation, view: ViewSpec, shape: ValidationShape): Promise<PooledFigures> {
  const models = [...shape.models];
  try {
    const { sums } = await federation.sum(pooledSums, { view, parameters: { models, confusion: [] } });
    const { n, events } = calibrationOfModel(sums, 0);
    const classes = { events, nonEvents: n - events };
    if ([classes.events, classes.nonEvents].some((count) => count > 0 && count < shape.minimumCell)) {
      return suppressedFigures(models, suppressed('minimum-cell', `Fewer than ${shape.minimumCell} in one outcome class of all sites together`));
    }
    const { aucs, recalibrations } = await ranksAndRecalibration(federation, view, shape, classes);
    return {
      patients: n,
      events,
      models: models.map((model, m) => ({
        model,
        ...discrimination(aucs[m] ?? null, classes),
        ...calibration(sums, m, shape),
        ...recalibrationOf(recalibrations[m] ?? null, classes),
      })),
    };
  } catch (error) {
    if (error instanceof RoundRefused) return suppressedFigures(models, refusedSum(error));
    throw error;
  }
}

/** Why a sum has no value. */
export function refusedSum({ refusals }: RoundRefused): Suppressed {
  const rule = refusals[0]?.refusal.rule ?? 'refused';
  return suppressed(rule, `Not every site could send its part: ${refusals.map(({ site, refusal }) => `${site} (${refusal.rule})`).join(', ')}`);
}

function suppressedFigures(models: readonly string[], none: Suppressed): PooledFigures {
  const figures = {
    auc: none,
    calibration: none,
    recalibration: none,
    recalibrationCaution: null,
    hosmerLemeshow: none,
    decisionCurve: none,
    roc: none,
    histogram: none,
    calibrationBins: none,
  };
  return { patients: none, events: none, models: models.map((model) => ({ model, ...figures })) };
}

async function ranksAndRecalibration(federation: Federation, view: ViewSpec, { models, minimumCell }: ValidationShape, classes: Classes) {
  const bothClasses = classes.events > 0 && classes.nonEvents > 0;
  const estimable = calibrationStanding(classes.events, classes.nonEvents).kind !== 'not-estimable';
  const [aucs, recalibrations] = await both(
    federation,
    async (branch) => (bothClasses ? pooledAucs(branch, view, models, minimumCell) : []),
    async (branch) => (estimable ? pooledRecalibrations(branch, view, models) : []),
  );
  return { aucs, recalibrations };
}

/** Two branches in the same rounds. */
export async function both<A, B>(
  federation: Federation,
  first: (branch: Federation) => Promise<A>,
  second: (branch: Federation) => Promise<B>,
): Promise<[A, B]> {
  return (await federation.inParallel<A | B>([first, second])) as [A, B];
}

const calibrationOfModel = ({ calibration }: PooledSums, m: number): CalibrationSums =>
  Object.fromEntries(calibrationNames.map((name, at) => [name, calibration[m * calibrationNames.length + at]!])) as unknown as CalibrationSums;

function discrimination(auc: PooledAuc | null, classes: Classes): Pick<ModelFigures<PooledAucFigure>, 'auc' | 'roc'> {
  const none = notEstimable('One outcome class is empty. There is no AUC.');
  if (auc === null) return { auc: none, roc: none };
  const variance = Number.isFinite(auc.variance) ? auc.variance : notEstimable('The variance of the AUC needs two patients in each outcome class.');
  return { auc: { ...aucFigure(auc.auc, variance, classes), low: auc.low, high: auc.high, bins: auc.bins }, roc: auc.roc };
}

type CalibrationPart = Pick<ModelFigures<unknown>, 'calibration' | 'hosmerLemeshow' | 'decisionCurve' | 'histogram' | 'calibrationBins'>;

/** Under a minimum count the ROC curve goes through the edges of the other curves, not through those of the rank bins behind the AUC. */
function calibration(sums: PooledSums, m: number, { minimumCell, thresholds, otherCuts = [] }: ValidationShape): CalibrationPart & Partial<Pick<ModelFigures<unknown>, 'roc'>> {
  const groups = Array.from({ length: GROUPS }, (_, g): RiskGroup => {
    const at = 3 * (m * GROUPS + g);
    return { n: sums.groups[at]!, events: sums.groups[at + 1]!, expected: sums.groups[at + 2]! };
  });
  const part = (block: Float64Array) => block.subarray(m * DECISION_BINS, (m + 1) * DECISION_BINS);
  const histogram = { events: part(sums.eventBins), nonEvents: part(sums.nonEventBins) };
  const starts = releasedStarts(histogram, { minimumCell, otherCuts: [...(thresholds[m] ?? []), ...otherCuts] });
  const tenths = releasedTenths(groups, starts);
  const shown = joinedHistogram(histogram, starts);
  return {
    calibration: calibrationFigure(calibrationOfModel(sums, m)),
    hosmerLemeshow: hosmerLemeshowFigure(groups, minimumCell, minimumCell === 0 ? groups : tenths.map(({ from: _, ...group }) => group)),
    decisionCurve: decisionCurve(shown, starts.map((start) => start / DECISION_BINS)),
    histogram: scoreBins(shown),
    calibrationBins: tenths.filter(({ n }) => n > 0).map(({ from, n, events, expected }) => ({ from, n, observed: events, expected })),
    ...(minimumCell === 0 ? {} : { roc: rocPoints(shown) ?? notEstimable('One outcome class is empty. There is no ROC curve.') }),
  };
}

function recalibrationOf(fit: CalibrationFit | null, classes: Classes): Pick<ModelFigures<unknown>, 'recalibration' | 'recalibrationCaution'> {
  const standing = calibrationStanding(classes.events, classes.nonEvents);
  if (standing.kind === 'not-estimable') return { recalibration: notEstimable(standing.sentence), recalibrationCaution: null };
  if (fit === null) {
    return { recalibration: notEstimable('The predictions separate the classes or are all alike. The calibration slope has no estimate.'), recalibrationCaution: null };
  }
  return { recalibration: fit, recalibrationCaution: recalibrationCaution(classes) };
}

/** Counts whose difference from what the sites show would give back a small count are held back too. */
export const smallDifference = (total: ConfusionCounts, shown: ConfusionCounts, k: number): boolean =>
  (['tp', 'fp', 'fn', 'tn'] as const).some((cell) => [total[cell], total[cell] - shown[cell]].some((count) => count > 0 && count < k));
