/** Summed likelihoods of a set of predictions: enough for the information measures of a validation. */
export interface LikelihoodSums {
  readonly n: number;
  readonly events: number;
  /** Σ y log p + (1 - y) log(1 - p) of the predictions as they are. */
  readonly predicted: number;
  /** The same after recalibration by slope and intercept, its maximum. */
  readonly recalibrated: number;
}

export interface LikelihoodFigures {
  /** Nagelkerke's, of the predictions as they are. */
  readonly r2: number;
  /** Discrimination: how much the predictions say beyond the event rate, per patient. */
  readonly discrimination: number;
  /** Unreliability: what miscalibration costs. */
  readonly unreliability: number;
  /** Quality: discrimination less unreliability. */
  readonly quality: number;
}

/**
 * Miller's and Harrell's measures as R's rms::val.prob: D = (2(L_p - L_0) - 1)/n, U = (2(L_r - L_p) - 2)/n, Q = D - U, and
 * R² = [1 - exp(-2(L_p - L_0)/n)]/[1 - exp(2L_0/n)], with L_p, L_r and L_0 the log-likelihoods of the predictions, of the recalibrated ones and of the event rate. Null for one class.
 */
export function likelihoodFigures({ n, events, predicted, recalibrated }: LikelihoodSums): LikelihoodFigures | null {
  if (events === 0 || events === n) return null;
  const rate = events / n;
  const none = events * Math.log(rate) + (n - events) * Math.log(1 - rate);
  const gain = 2 * (predicted - none);
  const discrimination = (gain - 1) / n;
  const unreliability = (2 * (recalibrated - predicted) - 2) / n;
  return { r2: (1 - Math.exp(-gain / n)) / (1 - Math.exp((2 * none) / n)), discrimination, unreliability, quality: discrimination - unreliability };
}
