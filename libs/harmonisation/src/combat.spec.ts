import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { batchEffects, CombatColumns, combatValue, ownScale, parseCombat, standardisationOf, withinBatchSums, type CombatArtefact, type CombatOptions } from './index.js';

const root = new URL('../../../test/oracle/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

/** Pooled rows of a reference data set, and the reference's figures on them. */
function reference(dataSet: string) {
  // The reference file is a loose tree; its definition says what it holds.
  const want: any = JSON.parse(read(`expected/${dataSet}.combat.json`));
  const [head = '', ...lines] = read(`data/${dataSet}.csv`).trim().split(/\r?\n/);
  const names = head.split(',');
  const cells = lines.map((line) => line.split(','));
  const columns = new Map<string, Float64Array>();
  const column = (name: string): Float64Array => {
    const place = names.indexOf(name);
    if (!columns.has(name)) columns.set(name, Float64Array.from(cells, (row) => Number(row[place])));
    return columns.get(name)!;
  };
  const batches = Int32Array.from(cells, (row) => want.levels.indexOf(row[names.indexOf('site')]));
  return { want, column, batches, n: lines.length };
}

/** ComBat of pooled rows: what the federated method computes from sums. */
function fitPooled({ want, column, batches, n }: ReturnType<typeof reference>, covariates: readonly string[], options: CombatOptions): CombatArtefact {
  const scaleOf = (name: string) => {
    const x = column(name);
    const mean = x.reduce((sum, value) => sum + value, 0) / n;
    return { mean, sd: Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n) };
  };
  const scaled = (names: readonly string[]) =>
    names.map((name) => {
      const { mean, sd } = scaleOf(name);
      return column(name).map((x) => (x - mean) / sd);
    });
  const groups = want.levels.map((_: string, b: number) => [...batches.keys()].filter((row) => batches[row] === b));
  const shared = standardisationOf(withinBatchSums(scaled(want.features), scaled(covariates), groups), covariates.length)!;
  const scale = (names: readonly string[], member: 'mean' | 'sd') => Float64Array.from(names, (name) => scaleOf(name)[member]);
  return {
    kind: 'combat',
    features: want.features,
    covariates,
    batch: null,
    leastPatients: 2,
    ...options,
    mean: scale(want.features, 'mean'),
    sd: scale(want.features, 'sd'),
    covariateMean: scale(covariates, 'mean'),
    covariateSd: scale(covariates, 'sd'),
    grandMean: shared.grandMean,
    variance: shared.variance,
    coefficients: shared.coefficients,
  };
}

describe.each(['wdbc', 'radsyn'])('ComBat of %s', (dataSet) => {
  const data = reference(dataSet);
  const { want, column, batches, n } = data;
  const sdOf = (j: number): number => {
    const x = column(want.features[j]);
    const mean = x.reduce((sum, value) => sum + value, 0) / n;
    return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  };
  const columnsOf = (artefact: CombatArtefact) => new CombatColumns(artefact, column, { batches, count: want.levels.length, rows: Array.from({ length: n }, (_, i) => i) });
  /** The largest distance of the first thirty harmonised rows, in standard deviations. */
  const distance = (artefact: CombatArtefact, rows: number[][]): number => {
    const combat = columnsOf(artefact);
    return Math.max(...artefact.features.map((_, j) => {
      const [values, sd] = [combat.column(j), sdOf(j)];
      return Math.max(...rows.map((row, i) => Math.abs(values[i]! - row[j]!) / sd));
    }));
  };
  const both = fitPooled(data, ['y', 'age'], { empiricalBayes: true, meanOnly: false });

  it('has the standardisation of the dummy regression', () => {
    want.features.forEach((_: string, j: number) => {
      const p = want.features.length;
      const beta = [0, 1].map((c) => (both.coefficients[c * p + j]! * both.sd[j]!) / both.covariateSd[c]!);
      expect(Math.abs(beta[1]! - want.beta_y_age[1][j]) / sdOf(j)).toBeLessThan(1e-8);
      const grandMean = both.mean[j]! + both.sd[j]! * both.grandMean[j]! - beta[0]! * both.covariateMean[0]! - beta[1]! * both.covariateMean[1]!;
      // The reference solves normal equations on the scale of the features: of those near 10^6 it keeps eight digits of a standard deviation.
      expect(Math.abs(grandMean - want.grand_mean[j]) / sdOf(j)).toBeLessThan(3e-8);
      expect(Math.abs((both.variance[j]! * both.sd[j]! ** 2) / want.var_pooled[j] - 1)).toBeLessThan(1e-8);
    });
  });

  it('finds the fixed point of gamma* and delta* and the priors of every batch', () => {
    columnsOf(both).batchEffects.forEach((effects, b) => {
      effects!.gamma.forEach((g, j) => expect(Math.abs(g - want.gamma_star_converged[b][j])).toBeLessThan(1e-8));
      effects!.delta.forEach((d, j) => expect(Math.abs(d - want.delta_star_converged[b][j])).toBeLessThan(1e-8));
      const { gamma_bar, t2, a_prior, b_prior } = want.priors_converged[want.levels[b]];
      expect(effects!.priors!.gammaBar).toBeCloseTo(gamma_bar, 9);
      expect(effects!.priors!.t2).toBeCloseTo(t2, 9);
      expect(Math.abs(effects!.priors!.a / a_prior - 1)).toBeLessThan(1e-8);
      expect(Math.abs(effects!.priors!.b / b_prior - 1)).toBeLessThan(1e-8);
    });
  });

  it.each([
    ['with empirical Bayes, to its fixed point', { empiricalBayes: true, meanOnly: false }, ['y', 'age'], 'harmonised_converged_rows30', 1e-8],
    ['as sva does', { empiricalBayes: true, meanOnly: false }, ['y', 'age'], 'harmonised_sva_rows30', 5e-6],
    ['without empirical Bayes', { empiricalBayes: false, meanOnly: false }, ['y', 'age'], 'harmonised_no_eb_rows30', 1e-8],
    ['shifting only', { empiricalBayes: true, meanOnly: true }, ['y', 'age'], 'harmonised_mean_only_rows30', 5e-6],
    ['without covariates', { empiricalBayes: true, meanOnly: false }, [], 'harmonised_no_covariate_rows30', 5e-6],
  ] as const)('harmonises rows %s', (...[, options, covariates, member, tolerance]) => {
    expect(distance(fitPooled(data, covariates, options), want[member])).toBeLessThan(tolerance);
  });

  it('is another value where a batch effect is left out, so the figures above can fail', () => {
    expect(distance({ ...both, empiricalBayes: false }, want.harmonised_converged_rows30)).toBeGreaterThan(1e-3);
  });
});

describe('harmonised columns', () => {
  const artefact: CombatArtefact = {
    kind: 'combat',
    features: ['x'],
    covariates: [],
    batch: null,
    leastPatients: 3,
    empiricalBayes: true,
    meanOnly: false,
    mean: Float64Array.of(5),
    sd: Float64Array.of(2),
    covariateMean: new Float64Array(0),
    covariateSd: new Float64Array(0),
    grandMean: Float64Array.of(0.5),
    variance: Float64Array.of(0.25),
    coefficients: new Float64Array(0),
  };
  const x = Float64Array.of(1, 2, 3, 40, NaN, 7);
  const combat = (rows: readonly number[], batches = new Int32Array(6)) => new CombatColumns(artefact, () => x, { batches, count: 2, rows });

  it('have the grand mean and pooled variance where the effects are the batch\'s own', () => {
    const values = combat([0, 1, 2]).column(0).subarray(0, 3);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    expect(mean).toBeCloseTo(5 + 2 * 0.5, 12);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2).toBeCloseTo(4 * 0.25, 12);
  });

  it('do not depend on rows outside those the effects are estimated from', () => {
    const changed = Float64Array.of(1, 2, 3, -900, NaN, 7);
    const other = new CombatColumns(artefact, () => changed, { batches: new Int32Array(6), count: 1, rows: [0, 1, 2] });
    expect([...other.column(0).subarray(0, 3)]).toEqual([...combat([0, 1, 2]).column(0).subarray(0, 3)]);
  });

  it('keep their values in batches of too few rows and in rows without a batch, and stay missing', () => {
    expect([...combat([0, 1]).column(0)]).toEqual([...x]);
    const values = combat([0, 1, 2, 4], Int32Array.of(0, 0, 0, 1, 0, -1)).column(0);
    expect([values[3], values[4], values[5]]).toEqual([40, NaN, 7]);
    expect(values[0]).not.toBe(1);
  });

  it('are read back from the published artefact, and nothing else is', () => {
    const value = combatValue(artefact) as Record<string, never>;
    expect(parseCombat(value)).toEqual(artefact);
    for (const change of [{ kind: 'logistic' }, { features: ['x', 'y'] }, { variance: Float64Array.of(0) }, { leastPatients: 1 }, { batch: 3 }, { more: 1 }, { sd: [2] }, { mean: Float64Array.of(NaN) }]) {
      expect(parseCombat({ ...value, ...change } as never), JSON.stringify(change)).toBeNull();
    }
    expect(parseCombat(null)).toBeNull();
  });

  it('have no standardisation where covariates repeat one another', () => {
    const c = Float64Array.of(1, 2, 4, 8);
    expect(standardisationOf(withinBatchSums([c], [c, c.map((value) => 2 * value)], [[0, 1, 2, 3]]), 2)).toBeNull();
    expect(standardisationOf(withinBatchSums([c], [c], [[0, 1, 2, 3]]), 1)!.usable).toEqual([false]);
  });

  it('are the grand mean where a feature is constant in a batch and nothing is shrunk: rounding of its squares is no variance', () => {
    // 34 equal residuals: their squares less n times the squared mean are a few units of the last place, not 0.
    for (const z of [0.1, -0.37, 1.3, 2.7183]) {
      const [sum, square] = Array.from({ length: 34 }, () => z).reduce(([a, b], x) => [a + x, b + x * x], [0, 0]) as [number, number];
      const { delta } = batchEffects({ n: 34, sum: Float64Array.of(sum), square: Float64Array.of(square) }, { empiricalBayes: false, meanOnly: false });
      expect(delta[0]).toBe(0);
    }
  });

  it('share the prior of features whose variances are equal', () => {
    const effects = batchEffects({ n: 3, sum: Float64Array.of(3, 3), square: Float64Array.of(5, 5) }, { empiricalBayes: true, meanOnly: false });
    expect([...effects.gamma, ...effects.delta]).toEqual([1, 1, 1, 1]);
  });

  it('on a site\'s own scale have mean 0 and sd 1 over the rows named, and are 0 where those are constant', () => {
    expect([...ownScale(Float64Array.of(1, 3, 7, NaN), [0, 1, 3])]).toEqual([-1, 1, 5, NaN]);
    expect([...ownScale(Float64Array.of(4, 4, 9), [0, 1])]).toEqual([0, 0, 0]);
  });
});
