import { regularisedLogistic } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { discreteGaussian, type UniformBelow } from '@consilium/statistics';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { privateLogistic, type PrivateLogisticParameters, type PrivateModel } from './exchange.js';

/** Noise is added in whole multiples of this, so that no low bit of a double tells what it was added to (Mironov 2012). */
const UNIT = 2 ** -30;
/** Gradient norm at which the fit ends. */
const TOLERANCE = 1e-10;

export const privateLogisticAtSite: SiteStep<PrivateLogisticParameters, PrivateModel> = {
  step: privateLogistic,
  compute(view, { ratio, penalty, bounds }, noise) {
    if (view.features.length !== bounds.length) throw new ConsiliumError(methodErrors.requestShape, 'A private model needs bounds for each of its features. Nothing was computed.');
    const d = bounds.length + 1;
    const { theta, gradientNorm } = regularisedLogistic({ X: boundedRows(view, bounds), y: view.y, lambda: penalty, tolerance: TOLERANCE });
    if (!(gradientNorm <= TOLERANCE)) throw new ConsiliumError(methodErrors.noOptimum, 'The private model did not come close enough to its optimum for the noise to protect. Nothing was sent.');
    const weighted = new Float64Array(d);
    if (view.n > 0) weighted.set(noisy(theta, view.n, deviationOf({ ratio, penalty }, view.n, d), noise!));
    return { contribution: { weighted, patients: Float64Array.of(view.n) }, basis: { patients: view.n } };
  },
};

/**
 * Standard deviation of the noise in n·θ, in units: the ratio times what one patient can move. That is 2/λ for the exact optimum, twice the distance TOLERANCE/λ to it, and one unit a coefficient
 * for the rounding to units.
 */
function deviationOf({ ratio, penalty }: Pick<PrivateLogisticParameters, 'ratio' | 'penalty'>, n: number, d: number): bigint {
  const sensitivity = (2 / penalty) * (1 + n * TOLERANCE) / UNIT + Math.sqrt(d);
  return BigInt(Math.ceil(ratio * sensitivity));
}

const noisy = (theta: Float64Array, n: number, deviation: bigint, below: UniformBelow): number[] =>
  Array.from(theta, (t) => Number(BigInt(Math.round((n * t) / UNIT)) + discreteGaussian({ numerator: deviation * deviation, denominator: 1n }, below)) * UNIT);

/** Rows (u, 1)/√d with u from -1 to 1, column by column: their norm is at most 1, whatever the values are. */
function boundedRows({ n, X }: SiteView, bounds: PrivateLogisticParameters['bounds']): Float64Array {
  const d = bounds.length + 1;
  const scale = 1 / Math.sqrt(d);
  const rows = new Float64Array(n * d).fill(scale, n * (d - 1));
  for (const [j, { low, high }] of bounds.entries()) {
    for (let i = 0; i < n; i++) rows[j * n + i] = scale * Math.max(-1, Math.min(1, (2 * (X[j * n + i]! - low)) / (high - low) - 1));
  }
  return rows;
}
