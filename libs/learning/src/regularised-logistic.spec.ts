import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { regularisedLogistic } from './regularised-logistic.js';

const oracle = new URL('../../../test/oracle/', import.meta.url);
const reference = JSON.parse(readFileSync(new URL('expected/wdbc.linear_models.json', oracle), 'utf8')) as {
  subset8: string[];
  subset8_block: { z_mean: number[]; z_sd: number[]; l2_logistic: { C: number; w: number[]; b: number }[] };
};

/** The training rows of the reference: scaled features column by column, and the outcome. */
function trainingRows(): { columns: number[][]; y: Uint8Array } {
  const [head, ...lines] = readFileSync(new URL('data/wdbc.csv', oracle), 'utf8').trim().split(/\r?\n/);
  const names = head!.split(',');
  const at = (name: string) => names.indexOf(name);
  const rows = lines.map((line) => line.split(',')).filter((row) => row[at('split')] === 'train');
  const { z_mean: mean, z_sd: sd } = reference.subset8_block;
  return { columns: reference.subset8.map((name, j) => rows.map((row) => (Number(row[at(name)]) - mean[j]!) / sd[j]!)), y: Uint8Array.from(rows, (row) => Number(row[at('y')])) };
}

describe('L2-regularised logistic regression', () => {
  const { columns, y } = trainingRows();
  const n = y.length;

  it.each(reference.subset8_block.l2_logistic.map((one) => [one.C, one] as const))('finds the coefficients of scikit-learn at C = %f', (C, { w, b }) => {
    // Their intercept is free. A column of ten thousands leaves 1e-8 of its penalty.
    const free = 1e4;
    const X = Float64Array.from([...columns.flat(), ...Array.from({ length: n }, () => free)]);
    const { theta, gradientNorm } = regularisedLogistic({ X, y, lambda: 1 / (n * C), tolerance: 1e-11 });
    expect(gradientNorm).toBeLessThan(1e-7);
    // The reference stops at a gradient of about 1e-6 of its own objective, which is n·C times ours.
    for (const [j, coefficient] of w.entries()) expect(Math.abs(theta[j]! - coefficient)).toBeLessThan(2e-5 * Math.max(1, Math.abs(coefficient)));
    expect(Math.abs(theta[w.length]! * free - b)).toBeLessThan(1e-4 * Math.max(1, Math.abs(b)));
  });

  it('moves by no more than 2/(nλ) when one patient is replaced, whoever it is', () => {
    const norm = Math.sqrt(columns.length + 1);
    const rows = Array.from({ length: 40 }, (_, i) => [...columns.map((column) => Math.max(-1, Math.min(1, column[i]!)) / norm), 1 / norm]);
    const fit = (those: readonly number[][], outcome: Uint8Array) => regularisedLogistic({ X: Float64Array.from(those[0]!.flatMap((_, j) => those.map((row) => row[j]!))), y: outcome, lambda: 0.05, tolerance: 1e-12 }).theta;
    const outcome = y.slice(0, 40);
    const before = fit(rows, outcome);
    let largest = 0;
    for (let i = 0; i < 40; i++) {
      // The worst neighbour of a patient: the far corner, with the other outcome.
      const replaced = rows.map((row, r) => (r === i ? row.map((x, j) => (j === columns.length ? x : -Math.sign(x) / norm)) : row));
      const after = fit(replaced, outcome.map((one, r) => (r === i ? 1 - one : one)) as Uint8Array);
      largest = Math.max(largest, Math.hypot(...before.map((t, j) => t - after[j]!)));
    }
    expect(largest).toBeLessThan(2 / (40 * 0.05));
    expect(largest).toBeGreaterThan(0.05 * (2 / (40 * 0.05)));
  });

  it('exists where one class is empty, where columns are equal, and of nobody is zero', () => {
    const same = regularisedLogistic({ X: Float64Array.of(1, 1, 1, 1, 1, 1), y: Uint8Array.of(1, 1, 1), lambda: 0.1, tolerance: 1e-12 });
    expect(same.gradientNorm).toBeLessThan(1e-12);
    expect(same.theta[0]).toBeCloseTo(same.theta[1]!, 12);
    expect(regularisedLogistic({ X: new Float64Array(0), y: new Uint8Array(0), lambda: 1, tolerance: 0 }).theta).toEqual(new Float64Array(0));
  });
});
