/**
 * The logistic function 1 / (1 + e^-x) without overflow; relative accuracy is kept as x → -∞, where it is e^x.
 *
 * @example sigmoid(0) // 0.5
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/**
 * ln(1 + e^x) without overflow or cancellation (softplus): x for large x, e^x for very negative x.
 * Source: Mächler 2012, "Accurately computing log(1 - exp(-|a|))", vignette of the R package Rmpfr.
 */
export function log1pExp(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** ln sigmoid(x) = -ln(1 + e^-x): the log-likelihood of an event with linear predictor x; of a non-event, `logSigmoid(-x)`. */
export function logSigmoid(x: number): number {
  return -log1pExp(-x);
}

/** ln(p / (1 - p)) for p in [0, 1]: -∞ at 0, ∞ at 1, NaN outside. */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}
