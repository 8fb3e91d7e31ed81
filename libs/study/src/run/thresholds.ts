import { aucFromHistogram, type BinnedAuc, type ScoreHistogram } from '@consilium/evaluation';
import { type Federation, rankBins } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { figureOf } from './figure-of.js';
import { type Figure, isSuppressed } from './run-results.js';
import type { TrainedModels } from './trained-models.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

/** A cut of one model's probability, the same at all sites. */
export interface ModelThreshold {
  readonly kind: 'fixed' | 'youden';
  readonly value: Figure<number>;
}

export interface ModelThresholds {
  readonly model: string;
  readonly thresholds: readonly ModelThreshold[];
  /** AUC of the cross-fitted training predictions, where the plan asks for thresholds from them. */
  readonly crossFittedAuc: Figure<BinnedAuc> | null;
}

/**
 * The plan's thresholds for each model. Youden's comes from the cross-fitted predictions of all training rows, in one round for all models: the
 * lowest of the edges k/100 at which sensitivity + specificity is largest.
 */
export async function chooseThresholds(federation: Federation, plan: AnalysisPlan, training: TrainedModels, models: readonly string[]): Promise<ModelThresholds[]> {
  const wanted = plan.evaluate.thresholds.some(({ kind }) => kind === 'youden');
  const histograms = wanted
    ? await federation.inParallel(models.map((model) => (branch: Federation) => figureOf(() => crossFittedHistogram(branch, plan, training, model))))
    : models.map(() => null);
  return models.map((model, m) => {
    const histogram = histograms[m] ?? null;
    return {
      model,
      thresholds: plan.evaluate.thresholds.map((threshold): ModelThreshold =>
        threshold.kind === 'fixed' ? threshold : { kind: 'youden', value: histogram === null || isSuppressed(histogram) ? histogram! : youdenEdge(histogram) },
      ),
      crossFittedAuc: histogram === null || isSuppressed(histogram) ? histogram : aucFromHistogram(histogram),
    };
  });
}

/** Patients by class in 100 equal bins of the probability. */
async function crossFittedHistogram(federation: Federation, plan: AnalysisPlan, training: TrainedModels, model: string): Promise<ScoreHistogram> {
  const rows = rowsOf(plan, 'training');
  const derived = await training.crossFittedPredictions(federation, model);
  const view = viewOf(plan, { rows: rows.conditions, features: [model], derived, fill: training.missing?.fill });
  const { sums } = await sitesOf(federation, rows).sum(rankBins, { view, parameters: { models: [model], cuts: [logitCuts] } });
  return { events: [...sums.events], nonEvents: [...sums.nonEvents] };
}

const BINS = 100;

/** logit(k / 100): bins of logit p between them are equal bins of p. */
const logitCuts = Float64Array.from({ length: BINS - 1 }, (_, k) => Math.log((k + 1) / (BINS - k - 1)));

/** The lowest edge k / bins with the largest sensitivity + specificity, a score at the edge or above being positive. */
export function youdenEdge({ events, nonEvents }: ScoreHistogram): number {
  const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);
  const [n1, n0, bins] = [total(events), total(nonEvents), events.length];
  let [below1, below0, best, edge] = [0, 0, -Infinity, 0];
  for (let b = 0; b < bins; b++) {
    const youden = (n1 - below1) / n1 + below0 / n0 - 1;
    if (youden > best + 1e-12) [best, edge] = [youden, b / bins];
    below1 += events[b]!;
    below0 += nonEvents[b]!;
  }
  return edge;
}
