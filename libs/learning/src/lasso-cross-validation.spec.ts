import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleTable, scaled } from './fixtures/oracle.js';
import { crossValidateLasso, logarithmicGrid } from './lasso-cross-validation.js';
import { lassoPath, lassoProblem } from './lasso-path.js';
import { linearSums } from './linear-sums.js';

const scopes = { all_rows_all_features: undefined, train_rows_ttest_pearsonA: 'train', train_rows_ttest_pearsonB: 'train' } as const;

/** Coefficients agree to 1e-8 of the largest: scikit-learn's solutions were polished on their active set like ours. */
const TOLERANCE = 1e-8;

function foldSums(dataSet: (typeof dataSets)[number], features: readonly string[], split: 'train' | undefined) {
  const table = oracleTable(dataSet);
  const rows = table.rows(split);
  const y = table.number('y');
  const fold = table.number('fold');
  const { columns } = scaled(table, features, rows);
  return Array.from({ length: 10 }, (_, f) => linearSums(columns, Float64Array.from(rows, (i) => y[i]), Int32Array.from(rows.keys()).filter((i) => fold[rows[i]] === f)));
}

describe.each(dataSets)('linear LASSO from sums on %s', (dataSet) => {
  it.each(Object.entries(scopes))('equals the polished scikit-learn fit: %s', (scope, split) => {
    const reference = expected(dataSet, 'lasso_linear')[scope];
    const features = reference.features as string[];
    const result = crossValidateLasso(foldSums(dataSet, features, split), reference.alphas_descending, { scaler: 'once' });

    expect(Math.max(...result.path.map(({ kktViolation }) => kktViolation))).toBeLessThan(1e-10);
    reference.cv_mse_by_fold.forEach((row: number[], f: number) => row.forEach((mse, a) => expect(Math.abs(result.mseByFold[f][a] / mse - 1)).toBeLessThan(TOLERANCE)));
    reference.cv_mse_se.forEach((se: number, a: number) => expect(Math.abs(result.standardError[a] - se)).toBeLessThan(1e-7 * Math.max(se, 1e-6)));
    expect([result.minimum.index, result.oneStandardError.index]).toEqual([reference.index_min, reference.index_1se]);
    expect(result.minimum.selected.map((j) => features[j])).toEqual(reference.selected_min);
    expect(result.oneStandardError.selected.map((j) => features[j])).toEqual(reference.selected_1se);
    for (const solution of reference.path) {
      const ours = result.path.find(({ alpha }) => Math.abs(alpha / solution.alpha - 1) < 1e-12);
      expect(ours?.selected).toEqual(solution.j);
      expect(ours?.intercept).toBeCloseTo(solution.intercept, 10);
      const largest = Math.max(...solution.b.map(Math.abs), 1e-300);
      solution.b.forEach((b: number, i: number) => expect(Math.abs((ours?.coefficients[i] ?? NaN) - b)).toBeLessThan(TOLERANCE * largest));
    }
  });
});

describe('cross-validation of the linear LASSO', () => {
  const folds = foldSums('wdbc', oracleTable('wdbc').features, undefined);
  const alphas = logarithmicGrid(0.001, 1, 30);

  it('standardises every training set by its own rows unless told otherwise, which changes the errors a little', () => {
    const perFold = crossValidateLasso(folds, alphas);
    const once = crossValidateLasso(folds, alphas, { scaler: 'once' });
    const difference = Math.max(...perFold.meanMse.map((mse, a) => Math.abs(mse / once.meanMse[a] - 1)));
    expect(difference).toBeGreaterThan(1e-7);
    expect(difference).toBeLessThan(0.01);
    expect(perFold.path.at(-1)?.coefficients[0]).toBeCloseTo(once.path.at(-1)?.coefficients[0] ?? NaN, 12);
  });

  it('does not depend on the scale of a column when it standardises', () => {
    const scale = 1000;
    const stretched = folds.map((fold) => ({ ...fold, sumZ: fold.sumZ.slice(), sumZY: fold.sumZY.slice(), gram: fold.gram.slice() }));
    for (const fold of stretched) {
      fold.sumZ[0] *= scale;
      fold.sumZY[0] *= scale;
      for (let k = 0; k < fold.sumZ.length; k++) fold.gram[k] *= k === 0 ? scale * scale : scale;
    }
    const plain = crossValidateLasso(folds, alphas);
    const other = crossValidateLasso(stretched, alphas);
    expect(other.minimum).toEqual(plain.minimum);
    expect(other.path.at(-1)?.coefficients[0]).toBeCloseTo((plain.path.at(-1)?.coefficients[0] ?? NaN) / scale, 12);
  });

  it('says when the smallest error lies at an end of the grid', () => {
    expect(crossValidateLasso(folds, logarithmicGrid(0.01, 1, 10)).minimumAtEndOfGrid).toBe(true);
    expect(crossValidateLasso(folds, logarithmicGrid(0.0002, 1, 40)).minimumAtEndOfGrid).toBe(false);
  });

  it('refuses empty folds and grids that do not descend', () => {
    const empty = linearSums(Array.from({ length: folds[0].sumZ.length }, () => new Float64Array(0)), [], new Int32Array(0));
    const unknown = { ...folds[0], gram: folds[0].gram.map((g, i) => (i === 0 ? NaN : g)) };
    expect(() => crossValidateLasso([unknown, ...folds.slice(1)], alphas)).toThrow('not finite');
    expect(() => crossValidateLasso([...folds, empty], alphas)).toThrow(RangeError);
    expect(() => crossValidateLasso(folds, [0.1, 1])).toThrow(RangeError);
    expect(() => crossValidateLasso(folds, [1, 0])).toThrow(RangeError);
  });
});

describe('the LASSO path', () => {
  const rows = Int32Array.from({ length: 6 }, (_, i) => i);
  const x = Float64Array.from([1, 2, 3, 4, 5, 7]);
  const y = [0, 1, 0, 1, 1, 1];

  it('leaves a constant column out and survives two equal columns', () => {
    const constant = new Float64Array(6).fill(3.3);
    const path = lassoPath(lassoProblem(linearSums([constant, x, x.slice()], y, rows), true), [0.1, 0.01]);
    expect(path[1].selected).not.toContain(0);
    const together = path[1].coefficients.reduce((sum, b) => sum + b, 0);
    const alone = lassoPath(lassoProblem(linearSums([x], y, rows), true), [0.1, 0.01]);
    expect(together).toBeCloseTo(alone[1].coefficients[0], 9);
  });

  it('reaches the optimality conditions on twice as many columns as rows, half of them repeated or sums of others', () => {
    const table = oracleTable('wdbc');
    const few = Int32Array.from({ length: 30 }, (_, i) => 3 * i);
    const { columns } = scaled(table, table.features, few);
    const more = [...columns, ...columns.slice(0, 15), ...columns.slice(0, 15).map((column, j) => column.map((v, i) => v + columns[j + 5][i]))];
    const outcome = table.number('y');
    const sums = linearSums(more, Float64Array.from(few, (i) => outcome[i]), Int32Array.from(few.keys()));
    const path = lassoPath(lassoProblem(sums, true), logarithmicGrid(0.001, 1, 20));
    for (const { alpha, kktViolation } of path) expect(kktViolation, `alpha ${alpha}`).toBeLessThan(1e-8);
  });

  it('has the closed form of one standardised column: soft(cov, alpha)', () => {
    const problem = lassoProblem(linearSums([x], y, rows), true);
    const [solution] = lassoPath(problem, [0.05]);
    expect(solution.coefficients[0]).toBeCloseTo((problem.c[0] - 0.05) / problem.sd[0], 15);
  });
});
