import { calibrationOf, LogisticNewton, type CalibrationFit } from '@consilium/learning';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { recalibrationSums } from './exchange.js';

/** Slope, intercept and calibration in the large of every model over all sites, in the same 5-8 rounds; null where there is no optimum. */
export async function pooledRecalibrations(federation: Federation, view: ViewSpec, models: readonly string[]): Promise<(CalibrationFit | null)[]> {
  const fits = models.flatMap((model) => [
    { model, kind: 'joint' as const, newton: new LogisticNewton({ size: 2 }) },
    { model, kind: 'in-the-large' as const, newton: new LogisticNewton({ size: 1 }) },
  ]);
  for (;;) {
    const active = fits.filter(({ newton }) => newton.evaluateAt !== null);
    if (active.length === 0) break;
    const parameters = { fits: active.map(({ model, kind, newton }) => ({ model, kind, beta: newton.evaluateAt! })) };
    const { sums } = await federation.sum(recalibrationSums, { view, parameters });
    let [gradientAt, hessianAt] = [0, 0];
    active.forEach(({ kind, newton }, f) => {
      const [k, packed] = kind === 'joint' ? [2, 3] : [1, 1];
      newton.receive({
        logLikelihood: sums.logLikelihood[f]!,
        gradient: sums.gradient.subarray(gradientAt, (gradientAt += k)),
        hessian: sums.hessian.subarray(hessianAt, (hessianAt += packed)),
      });
    });
  }
  return models.map((_, m) => calibrationOf(fits[2 * m]!.newton.fit!, fits[2 * m + 1]!.newton.fit!));
}
