import type { ModelArtefact } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { oracleFederation, siteTables, trainingRows } from '../fixtures/oracle-sites.js';
import type { RoundCall } from '../lock-step.js';
import { openView } from '../open-view.js';
import type { ViewSpec } from '../view.js';
import { federatedPermutationImportance, type PermutationImportance } from './coordinator.js';

const view: ViewSpec = { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], rows: trainingRows };
const model: ModelArtefact = { kind: 'logistic', features: view.features, mean: [19, 0.1, 50], sd: [4, 0.014, 10], coefficients: [1, 0.2, 0], intercept: -0.6 };
const ask = async (options: Partial<Parameters<typeof federatedPermutationImportance>[1]> = {}, calls: RoundCall[] = []) =>
  (await federatedPermutationImportance(oracleFederation('wdbc', 'own', { onBatch: (batch) => calls.push(...batch) }), { view, model, repeats: 30, seed: 'a', ...options })) as PermutationImportance;

/** Patients of each site. */
const sites = [...siteTables('wdbc', 'own').values()].map((table) => openView(table, view, { get: () => undefined }));

describe('permutation importance', () => {
  it('starts from the log-loss, Brier score and AUC within sites of the patients as they are', async () => {
    const calls: RoundCall[] = [];
    const got = await ask({}, calls);
    expect(calls).toHaveLength(1);
    let [n, logLoss, squares, pairs, right] = [0, 0, 0, 0, 0];
    for (const { X, y, n: own } of sites) {
      const p = Array.from({ length: own }, (_, i) => 1 / (1 + Math.exp(-(-0.6 + (X[i]! - 19) / 4 + (0.2 * (X[own + i]! - 0.1)) / 0.014))));
      n += own;
      p.forEach((one, i) => {
        logLoss -= Math.log(y[i] === 1 ? one : 1 - one);
        squares += (one - y[i]!) ** 2;
        if (y[i] === 1) p.forEach((other, k) => { if (y[k] === 0) { pairs++; right += one > other ? 1 : one === other ? 0.5 : 0; } });
      });
    }
    expect([got.patients, got.repeats]).toEqual([n, 30]);
    expect(got.logLoss).toBeCloseTo(logLoss / n, 10);
    expect(got.brier).toBeCloseTo(squares / n, 10);
    expect(got.auc).toBeCloseTo(right / pairs, 12);
  });

  it('is nothing for a feature that the model does not read, and what the mean over all permutations is for one that it does', async () => {
    const got = await ask({ features: ['age', 'mean_texture'] });
    expect(got.features[0]).toEqual({ feature: 'age', logLoss: { mean: 0, sd: 0 }, brier: { mean: 0, sd: 0 }, auc: { mean: 0, sd: 0 } });
    // Over all permutations a patient has each value of the site equally often: the expected Brier score in closed form.
    let [n, want] = [0, 0];
    for (const { X, y, n: own } of sites) {
      n += own;
      for (let i = 0; i < own; i++) {
        for (let k = 0; k < own; k++) want += (1 / (1 + Math.exp(-(-0.6 + (X[k]! - 19) / 4 + (0.2 * (X[own + i]! - 0.1)) / 0.014))) - y[i]!) ** 2 / own;
      }
    }
    const { mean, sd } = got.features[1]!.brier;
    expect(Math.abs(got.brier + mean - want / n)).toBeLessThan((4 * sd!) / Math.sqrt(30));
    expect(sd).toBeGreaterThan(0);
    expect(got.features[1]!.auc!.mean).toBeGreaterThan(0.1);
  });

  it('asks for all features that can move the prediction, and permutes by the seed and the pseudonyms', async () => {
    const one = await ask({ repeats: 3 });
    expect(one.features.map(({ feature }) => feature)).toEqual(['mean_texture', 'mean_smoothness']);
    expect(await ask({ repeats: 3 })).toEqual(one);
    expect((await ask({ repeats: 3, seed: 'b' })).features).not.toEqual(one.features);
    const federation = oracleFederation('wdbc', 'own', { reversed: true });
    expect(await federatedPermutationImportance(federation, { view, model, repeats: 3, seed: 'a' })).toEqual(one);
  });

  it('has no figure where a site may not send its sums, and refuses a feature that is not the model\'s', async () => {
    const few: ViewSpec = { ...view, rows: [{ column: 'fold', oneOf: [3] }] };
    const federation = oracleFederation('wdbc', 'own', { profile: 'standard' });
    expect(await federatedPermutationImportance(federation, { view: few, model, repeats: 2, seed: 'a' })).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
    await expect(ask({ features: ['sex'] })).rejects.toMatchObject({ code: 'E605' });
  });
});
