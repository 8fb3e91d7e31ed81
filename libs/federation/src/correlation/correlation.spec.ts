import { describe, expect, it } from 'vitest';
import { bySite, dataSets, expected, integers, numbers, openFederation, oracleCohort, overSites } from '../fixtures/cohorts.js';
import { federatedMoments } from '../moments/coordinator.js';
import type { SiteTable } from '../site-view.js';
import { tTestsOf } from '../t-test/coordinator.js';
import { federatedCorrelation, federatedGreedyFilter, federatedPearsonFilter } from './coordinator.js';

const oracleKeys = { A: 'A_keep_earlier_greedy', B: 'B_keep_smaller_p_greedy', C: 'C_pairscan_smaller_p', D: 'D_uppertriangle' } as const;

describe.each(dataSets)('correlation of %s', (dataSet) => {
  const { table, features } = oracleCohort(dataSet);
  const want = expected(dataSet, 'pearson');
  const view = { outcome: 'y', features, rows: [] };

  it('equals the pooled matrix from its own sites and from ten', async () => {
    const reference: number[][] = want.r_first_100 ?? want.r_first_30;
    for (const tables of [bySite(table), overSites(table, 10)]) {
      const federation = openFederation(tables);
      const matrix = await federatedCorrelation(federation, view, await federatedMoments(federation, view));
      // The oracle's tolerance for r: 1e-10.
      reference.forEach((row, j) => row.forEach((r, k) => expect(Math.abs(matrix[j * features.length + k]! - r)).toBeLessThan(1e-10)));
      for (const [j, k, r] of want.pairs_abs_r_gt_0_85_all ?? want['pairs_abs_r_gt_0.85_all']) expect(Math.abs(matrix[j * features.length + k]! - r)).toBeLessThan(1e-10);
    }
  });

  it.each(['all', 'train'] as const)('the filter keeps the reference sets by every rule, with and without the t test: %s rows', async (part) => {
    const own = part === 'train' ? { ...view, rows: [{ column: 'split', oneOf: ['train'] }] } : view;
    for (const tables of [bySite(table), overSites(table, 2)]) {
      const federation = openFederation(tables);
      const moments = await federatedMoments(federation, own);
      const { p } = tTestsOf(moments, 'student');
      const passed = features.flatMap((_, j) => (p[j]! < 0.05 ? [j] : []));
      expect(passed).toEqual(want[part]['t_test_p_lt_0.05']);
      for (const rule of ['A', 'B', 'C', 'D'] as const) {
        expect(await federatedPearsonFilter(federation, own, moments, { rule, pValues: p, threshold: 0.9 }), rule).toEqual(want[part][oracleKeys[rule]]);
      }
      for (const rule of ['A', 'B'] as const) {
        const kept = await federatedPearsonFilter(federation, own, moments, { rule, pValues: p, threshold: 0.9, candidates: passed });
        expect(kept, `${rule} after the t test`).toEqual(want[part][`${rule}_after_ttest`]);
      }
    }
  });
});

describe('more features than one block', () => {
  const patients = 30;
  const features = Array.from({ length: 1100 }, (_, j) => `f${j}`);
  const next = integers(17);
  const bases = Array.from({ length: 40 }, () => Float64Array.from({ length: patients }, () => next() / 2 ** 32));
  const table: SiteTable = {
    pseudonyms: Array.from({ length: patients }, (_, i) => `P${10 + i}`),
    columns: new Map([
      ['y', numbers(Array.from({ length: patients }, (_, i) => i % 2))],
      ...features.map((name, j): [string, ReturnType<typeof numbers>] => [name, numbers(bases[j % 40]!.map((x) => x + (0.6 * next()) / 2 ** 32))]),
    ]),
  };
  const view = { outcome: 'y', features, rows: [] };

  it('are filtered block by block with the result of the whole matrix, one round a block', async () => {
    const batches: number[] = [];
    const federation = openFederation(new Map([['A', table]]), { onBatch: (batch) => batches.push(batch.length) });
    const moments = await federatedMoments(federation, view);
    const order = features.map((_, j) => (j * 701) % features.length);
    batches.length = 0;
    const { kept, dropped } = await federatedGreedyFilter(federation, view, moments, { order, threshold: 0.7 });
    expect(batches).toHaveLength(3);
    const matrix = await federatedCorrelation(federation, view, moments);
    const direct: number[] = [];
    for (const j of order) if (!direct.some((k) => Math.abs(matrix[j * features.length + k]!) > 0.7)) direct.push(j);
    expect(kept).toEqual(direct);
    // Every other goes for the first kept one, in the order, that says the same.
    expect(dropped.map(({ feature }) => feature)).toEqual(order.filter((j) => !direct.includes(j)));
    for (const { feature, with: other, r } of dropped) {
      expect(other).toBe(direct.find((k) => Math.abs(matrix[feature * features.length + k]!) > 0.7));
      expect(r).toBeCloseTo(matrix[feature * features.length + other]!, 12);
    }
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThan(features.length);
  });
});
