import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { agreementMeanSquares, iccAbsoluteAgreement } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { agreeingFeatures } from './further-selection.js';

const features = ['T1:a', 'T1:b', 'T2:a'];
const view = { outcome: 'y', features, rows: [] };

/** Every third patient was outlined twice; the second reader sees a alike and b otherwise. */
function hospital(name: string, count: number): SiteTable {
  const random = SeededRandom.fromSeed(`read twice ${name}`);
  const columns: Record<string, Float64Array> = Object.fromEntries([...features, 'T1-second:a', 'T1-second:b', 'y'].map((key) => [key, new Float64Array(count)]));
  for (let i = 0; i < count; i++) {
    for (const key of features) columns[key]![i] = 5 + random.normal();
    const twice = i % 3 === 0;
    columns['T1-second:a']![i] = twice ? columns['T1:a']![i]! + 0.2 * random.normal() : NaN;
    columns['T1-second:b']![i] = twice ? 5 + random.normal() : NaN;
    columns['y']![i] = i % 2;
  }
  return { pseudonyms: Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(3, '0')}`), columns: new Map(Object.entries(columns).map(([key, values]) => [key, { kind: 'number', values }])) };
}

/** Nobody here was outlined twice, so that the table has no such columns. */
function readOnce(name: string, count: number): SiteTable {
  const { pseudonyms, columns } = hospital(name, count);
  return { pseudonyms, columns: new Map([...columns].filter(([key]) => !key.startsWith('T1-second:'))), lacked: ['T1-second:'] };
}

describe('features of images that were outlined again', () => {
  const tables = new Map([['A', hospital('A', 60)], ['B', hospital('B', 90)], ['C', readOnce('C', 50)]]);

  it('stay where the intraclass correlation of the patients outlined twice, at any hospital, is high enough; sequences outlined once stay', async () => {
    const { kept, trace } = await agreeingFeatures(inProcessFederation({ tables, profile: 'open-data' }), view, { sequences: [{ sequence: 'T1', again: ['T1-second'] }], kind: 'absolute', atLeast: 0.75 });
    expect(kept).toEqual(['T1:a', 'T2:a']);
    expect(trace.features.map(({ feature, patients }) => [feature, patients])).toEqual([['T1:a', 50], ['T1:b', 50]]);
    const pooled = (name: string): number[][] => ['A', 'B'].flatMap((site) => {
      const values = (column: string) => (tables.get(site)!.columns.get(column) as { values: Float64Array }).values;
      return Array.from(values(`T1:${name}`), (x, i) => [x, values(`T1-second:${name}`)[i]!]).filter((row) => !row.some(Number.isNaN));
    });
    for (const { feature, icc } of trace.features) expect(icc).toBeCloseTo(iccAbsoluteAgreement(agreementMeanSquares(pooled(feature.slice(3))), 0.95)!.icc, 9);
  });

  it('are all read where the readings are columns with an ending', async () => {
    const plain = new Map([...tables.keys()].slice(0, 2).map((site) => [site, { ...tables.get(site)!, columns: new Map([...tables.get(site)!.columns].map(([name, column]) => [name.replace(/^T1-second:(.)/, 'T1:$1_2'), column])) }]));
    const options = { suffixes: ['_2'], kind: 'consistency' as const, atLeast: 0.75 };
    expect((await agreeingFeatures(inProcessFederation({ tables: plain, profile: 'open-data' }), { ...view, features: ['T1:a', 'T1:b'] }, options)).kept).toEqual(['T1:a']);
  });
});
