import { modelValue } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleFederation, subset8 } from '../fixtures/oracle-sites.js';
import { leaveOneSiteOut } from '../leave-one-site-out/coordinator.js';
import { federatedLogistic } from '../logistic-regression/coordinator.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedValidation } from './coordinator.js';
import { isValue, type Figure } from './figures.js';

function value<T>(figure: Figure<T>): T {
  if (!isValue(figure)) throw new Error(JSON.stringify(figure));
  return figure;
}

describe.each(dataSets)('training on all sites but one and validating there, on %s', (dataSet) => {
  it('gives the coefficients, AUC, Brier score and calibration of R at every left-out site, all sites in the same rounds', async () => {
    let rounds = 0;
    const federation = oracleFederation(dataSet, 'own', { onBatch: () => rounds++ });
    const view = { outcome: 'y', features: subset8(dataSet), rows: [] };
    // The reference scales by the mean and sd (ddof 1) of all rows once; the unpenalised fit itself does not depend on the scale.
    const { all } = await federatedMoments(federation, view);
    const scaling = { mean: all.mean, sd: standardDeviation(all, 1) };
    rounds = 0;
    const results = await leaveOneSiteOut(federation, async ({ training, validation }) => {
      const [fitted] = await federatedLogistic(training, { view, scaling });
      const model = await validation.publish(modelValue(fitted!.model));
      return { fitted: fitted!, figures: await federatedValidation(validation, { view: { ...view, derived: [{ name: 'p', model }] }, models: ['p'] }) };
    });
    expect(rounds).toBeLessThanOrEqual(22);
    expected(dataSet, 'meta_loso').loso.forEach((want: Record<string, number> & { coef: number[] }, s: number) => {
      const { fitted, figures } = results[s]!.result;
      const [site] = figures.sites;
      const figure = site!.models[0]!;
      const near = (got: number, wanted: number, tolerance: number) => expect(Math.abs(got - wanted)).toBeLessThan(tolerance);
      expect(fitted.n).toBe(want['n_train']);
      expect(site!.patients).toBe(want['n_test']);
      want.coef.forEach((b, j) => near(j === 0 ? fitted.model.intercept : fitted.model.coefficients[j - 1]!, b, 1e-8));
      near(value(figure.auc).auc, want['auc']!, 1e-10);
      near((value(figure.auc).standardError as number) ** 2, want['delong_var']!, 1e-10);
      near(value(figure.calibration).brier, want['brier']!, 1e-10);
      near(value(figure.recalibration).slope.estimate, want['slope']!, 1e-7);
      near(value(figure.recalibration).slope.standardError, want['slope_se']!, 1e-7);
      near(value(figure.recalibration).inTheLarge.estimate, want['citl']!, 1e-7);
    });
  });
});
