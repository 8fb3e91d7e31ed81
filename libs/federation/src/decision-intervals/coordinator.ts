import { quantileType7 } from '@consilium/statistics';
import { RoundRefused, type Federation } from '../federation.js';
import type { Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';
import { decisionReplicates } from './exchange.js';

export interface DecisionIntervalsRequest {
  readonly view: ViewSpec;
  /** Columns of probabilities. */
  readonly models: readonly string[];
  readonly thresholds: readonly number[];
  /** Default 200. */
  readonly replicates?: number;
  readonly seed: string;
  readonly level?: number;
}

/** The interval of the net benefit at one threshold, and of its difference to treating everyone. */
export interface NetBenefitInterval {
  readonly threshold: number;
  readonly low: number;
  readonly high: number;
  readonly overTreatAll: { readonly low: number; readonly high: number };
}

export interface DecisionIntervals {
  readonly model: string;
  readonly replicates: number;
  readonly intervals: Figure<readonly NetBenefitInterval[]>;
}

/**
 * Percentile intervals of net benefit over all sites by the bootstrap, in one round: every patient gets a Poisson(1) weight in each replicate, from the
 * seed and the pseudonym, and sites send sums of weights. Poisson weights stand for drawing with replacement (Oza, Russell 2001), need no
 * list of patients, and do not depend on which site holds a row.
 */
export async function federatedDecisionIntervals(federation: Federation, request: DecisionIntervalsRequest): Promise<DecisionIntervals[]> {
  const { models, thresholds, replicates = 200, seed, level = 0.95 } = request;
  const view = { ...request.view, features: [...models] };
  try {
    const { sums } = await federation.sum(decisionReplicates, { view, parameters: { models: [...models], thresholds: [...thresholds], replicates, seed } });
    const interval = (values: number[]) => {
      const sorted = Float64Array.from(values).sort();
      return { low: quantileType7(sorted, Math.round(500 * (1 - level)), 1000), high: quantileType7(sorted, Math.round(500 * (1 + level)), 1000) };
    };
    const used = Array.from(sums.n.keys()).filter((r) => sums.n[r]! > 0);
    return models.map((model, m) => ({
      model,
      replicates: used.length,
      intervals: thresholds.map((threshold, t) => {
        const at = (m * thresholds.length + t) * replicates;
        const odds = threshold / (1 - threshold);
        const benefit = used.map((r) => (sums.truePositives[at + r]! - sums.falsePositives[at + r]! * odds) / sums.n[r]!);
        const treatAll = used.map((r) => (sums.events[r]! - (sums.n[r]! - sums.events[r]!) * odds) / sums.n[r]!);
        return { threshold, ...interval(benefit), overTreatAll: interval(benefit.map((value, r) => value - treatAll[r]!)) };
      }),
    }));
  } catch (error) {
    if (!(error instanceof RoundRefused)) throw error;
    return models.map((model) => ({ model, replicates: 0, intervals: refusedSum(error) }));
  }
}
