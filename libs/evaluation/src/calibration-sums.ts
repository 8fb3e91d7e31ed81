import { normalTwoSidedP } from '@consilium/numerics';

/** Sums over patients from which the scores of probability predictions follow exactly. All add over sites. */
export interface CalibrationSums {
  readonly n: number;
  readonly events: number;
  /** Σ p */
  readonly sumP: number;
  /** Σ (p - y)² */
  readonly sumSquaredError: number;
  /** -Σ [y log p + (1 - y) log(1 - p)], p clipped to [1e-12, 1 - 1e-12] */
  readonly sumLogLoss: number;
  /** Σ (y - p)(1 - 2p) */
  readonly sumSpiegelhalter: number;
  /** Σ (1 - 2p)² p (1 - p) */
  readonly sumSpiegelhalterVariance: number;
}

export interface CalibrationFigures {
  /** mean (p - y)² */
  readonly brier: number;
  /** 1 - brier / (π(1 - π)) with π the event rate: 0 for a model that says π to everyone; null for one class. */
  readonly scaledBrier: number | null;
  readonly logLoss: number;
  readonly meanPrediction: number;
  readonly eventRate: number;
  /**
   * Observed over expected events. With no event ½ is added to both counts, and `observedOverExpectedCorrected` is true. Null where no event is
   * expected at all.
   */
  readonly observedOverExpected: number | null;
  readonly observedOverExpectedCorrected: boolean;
  /** log O:E and its approximate standard error sqrt(1/O - 1/n), the scale on which sites are pooled (Debray et al. 2019); null where that is 0. */
  readonly logObservedOverExpected: { readonly estimate: number; readonly standardError: number } | null;
  /** Spiegelhalter's (1986) test that the predictions are calibrated; null where all p are 0, ½ or 1. */
  readonly spiegelhalter: { readonly z: number; readonly p: number } | null;
}

const CLIP = 1e-12;

/** The sums of n probabilities and outcomes. */
export function calibrationSums(p: ArrayLike<number>, y: ArrayLike<number>): CalibrationSums {
  const sums = { n: y.length, events: 0, sumP: 0, sumSquaredError: 0, sumLogLoss: 0, sumSpiegelhalter: 0, sumSpiegelhalterVariance: 0 };
  for (let i = 0; i < y.length; i++) {
    const clipped = Math.min(Math.max(p[i], CLIP), 1 - CLIP);
    sums.events += y[i];
    sums.sumP += p[i];
    sums.sumSquaredError += (p[i] - y[i]) ** 2;
    sums.sumLogLoss -= y[i] === 1 ? Math.log(clipped) : Math.log1p(-clipped);
    sums.sumSpiegelhalter += (y[i] - p[i]) * (1 - 2 * p[i]);
    sums.sumSpiegelhalterVariance += (1 - 2 * p[i]) ** 2 * p[i] * (1 - p[i]);
  }
  return sums;
}

/** The figures of summed patients; n must be above 0. */
export function calibrationFigures(sums: CalibrationSums): CalibrationFigures {
  const { n, events, sumP } = sums;
  const rate = events / n;
  const brier = sums.sumSquaredError / n;
  const corrected = events === 0;
  const [observed, expected] = corrected ? [0.5, sumP + 0.5] : [events, sumP];
  const logVariance = 1 / observed - 1 / n;
  const z = sums.sumSpiegelhalter / Math.sqrt(sums.sumSpiegelhalterVariance);
  return {
    brier,
    scaledBrier: events === 0 || events === n ? null : 1 - brier / (rate * (1 - rate)),
    logLoss: sums.sumLogLoss / n,
    meanPrediction: sumP / n,
    eventRate: rate,
    observedOverExpected: expected > 0 ? observed / expected : null,
    observedOverExpectedCorrected: corrected,
    logObservedOverExpected: logVariance > 0 && expected > 0 ? { estimate: Math.log(observed / expected), standardError: Math.sqrt(logVariance) } : null,
    spiegelhalter: sums.sumSpiegelhalterVariance > 0 ? { z, p: normalTwoSidedP(z) } : null,
  };
}
