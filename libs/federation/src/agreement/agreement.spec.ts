import { describe, expect, it } from 'vitest';
import { numbers, openFederation, overSites } from '../fixtures/cohorts.js';
import type { SiteTable } from '../site-view.js';
import { federatedIntraclassCorrelations } from './coordinator.js';

const patients = 40;
const first = Array.from({ length: patients }, (_, i) => ((i * 7919) % 61) / 16);
const second = first.map((x, i) => x + ((i * 31) % 7) / 16);

/** Two readings of a feature, seen through a change of scale. */
async function correlationsOf(seen: (x: number) => number) {
  const table: SiteTable = {
    pseudonyms: Array.from({ length: patients }, (_, i) => `P${100 + i}`),
    columns: new Map([['y', numbers(first.map((_, i) => i % 2))], ['once', numbers(first.map(seen))], ['again', numbers(second.map(seen))]]),
  };
  const [item] = await federatedIntraclassCorrelations(openFederation(overSites(table, 3)), { outcome: 'y', features: [], rows: [] }, [{ name: 'feature', columns: ['once', 'again'] }]);
  return item!;
}

describe('intraclass correlations over sites', () => {
  it('are the same of a feature that lies within a billionth of 1, as correlations of texture do', async () => {
    const plain = await correlationsOf((x) => x);
    // Powers of two: the readings themselves lose nothing.
    const near = await correlationsOf((x) => 1 + x * 2 ** -32);
    expect(near.absolute!.icc).toBeCloseTo(plain.absolute!.icc, 6);
    expect(near.consistency!.icc).toBeCloseTo(plain.consistency!.icc, 6);
    expect(plain.absolute!.icc).toBeLessThan(0.99);
  });

  it('are none of a feature whose readings differ by rounding alone', async () => {
    expect(await correlationsOf((x) => 3.3 + x * 2 ** -54)).toMatchObject({ absolute: null, consistency: null });
  });
});
