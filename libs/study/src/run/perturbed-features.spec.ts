import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParsedPlan } from '../plan/parse-plan.js';
import { readPlan } from '../plan/read-plan.js';
import { steadyFeatures } from './perturbed-features.js';

const table = 'feature,icc,lower,upper,regions\na,0.9,0.8,0.95,12\nb,0.74,0.5,0.8,12\nc,,,,12\n';
const plan = `consilium: 1
title: Steady features
version: 1
study: steady
sites: [A, B]
seed: one
outcome: { column: y, type: binary }
features: { columns: [T1_a, T1_b] }
folds: { dealt: 3 }
select: { perturbed: { tables: [{ sequence: T1, icc: t1.icc.csv }] } }
models: [{ name: chosen, inputs: [selected] }]
`;

describe('features that small changes alter', () => {
  it('go, as do those of the sequence that the table has no figure of; those that no table is about stay', () => {
    const { kept, trace } = steadyFeatures(['T1:a', 'T1:b', 'T1:c', 'T1:d', 'T2:b', 'T1C:b', 'b'], { tables: [{ sequence: 'T1', icc: table }], atLeast: 0.75 });
    expect(kept).toEqual(['T1:a', 'T2:b', 'T1C:b', 'b']);
    expect(trace.features.map(({ feature, icc }) => [feature, icc])).toEqual([['T1:a', 0.9], ['T1:b', 0.74], ['T1:c', null], ['T1:d', null]]);
    expect(steadyFeatures(['a', 'b', 'z'], { tables: [{ icc: table }], atLeast: 0.7 }).kept).toEqual(['a', 'b', 'z']);
  });

  it('are told by tables beside the plan, whose text becomes part of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'steady-'));
    try {
      const file = join(folder, 'plan.yaml');
      await writeFile(file, plan);
      expect(await readPlan(file)).toEqual({ problems: [{ path: 'select.perturbed.tables[0].icc', line: 10, sentence: 't1.icc.csv cannot be read. Put it beside the plan.' }] });
      await writeFile(join(folder, 't1.icc.csv'), table);
      expect(((await readPlan(file)) as ParsedPlan).plan.select?.perturbed?.tables).toEqual([{ sequence: 'T1', icc: table }]);
      await writeFile(join(folder, 't1.icc.csv'), 'name,value\na,1\n');
      expect(await readPlan(file)).toMatchObject({ problems: [{ path: 'select.perturbed.tables[0].icc' }] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
