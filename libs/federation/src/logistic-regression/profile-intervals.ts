import { ProfileBound, packedLength, type LogisticFit } from '@consilium/learning';
import { chiSquaredQuantile } from '@consilium/numerics';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { logisticSums } from './exchange.js';
import { modelParameters, type FittedModel } from './fit-together.js';

/** An interval of a coefficient on the scale of the feature itself; a bound is null where the likelihood does not fall so far. */
export interface ProfileInterval {
  readonly name: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly oddsRatioLow: number | null;
  readonly oddsRatioHigh: number | null;
}

/**
 * Profile likelihood intervals of all coefficients of a converged unpenalised fit: both bounds of all of them in the same messages, 4 to 7.
 * Equal to the pooled bounds; R's confint interpolates a spline and differs by up to 1e-4.
 */
export async function profileIntervals(federation: Federation, view: ViewSpec, { request, fit }: FittedModel, level = 0.95): Promise<ProfileInterval[]> {
  const { scaling } = request;
  const contrasts = contrastsOf(fit, scaling.mean, scaling.sd);
  const quantile = chiSquaredQuantile(level, 1);
  const bounds = contrasts.flatMap((contrast) => ([-1, 1] as const).map((sign) => new ProfileBound(fit, { contrast, sign, quantile })));
  const k = fit.beta.length;
  const packed = packedLength(k);
  for (let message = 1; ; message++) {
    const active = bounds.filter(({ evaluateAt }) => evaluateAt !== null);
    if (active.length === 0) break;
    federation.progress(message - 1, Math.max(message, 7), `Profile likelihood, message ${message}`);
    const models = active.map(({ evaluateAt }) => modelParameters(view, request, evaluateAt!));
    const { sums } = await federation.sum(logisticSums, { view, parameters: { models } });
    active.forEach((bound, m) =>
      bound.receive({ logLikelihood: sums.logLikelihood[m]!, gradient: sums.gradient.subarray(m * k, (m + 1) * k), hessian: sums.hessian.subarray(m * packed, (m + 1) * packed) }),
    );
  }
  return ['(Intercept)', ...scaling.features].map((name, j) => {
    const [low, high] = [bounds[2 * j]!.bound, bounds[2 * j + 1]!.bound];
    return { name, low, high, oddsRatioLow: low === null ? null : Math.exp(low), oddsRatioHigh: high === null ? null : Math.exp(high) };
  });
}

/** The coefficients on the features' own scale as linear functions of those of the columns: b_j / sd_j, and b_0 - Σ b_j mean_j / sd_j. */
function contrastsOf({ beta }: LogisticFit, mean: readonly number[], sd: readonly number[]): Float64Array[] {
  const intercept = beta.map((_, j) => (j === 0 ? 1 : -mean[j - 1]! / sd[j - 1]!));
  return [intercept, ...sd.map((s, j) => beta.map((_, m) => (m === j + 1 ? 1 / s : 0)))];
}
