import { disclosureLimits } from '@consilium/federation';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AnsweredStore } from './answered-store.js';

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

const cohort = (...patients: number[]) => ({ cohort: BigUint64Array.from(patients, BigInt), groups: [] });

describe('what a site has answered about', () => {
  it('is known after a restart: cohorts, and cuts of predictions', async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-answered-'));
    const path = join(folder, 'history.json');
    const store = AnsweredStore.open(path);
    const order = 'a'.repeat(64);
    expect(store.judge('spec/figures', { selection: cohort(1, 2, 3, 4, 5, 6, 7), cuts: new Map([[order, [3]]]) }, disclosureLimits.standard)).toBeUndefined();
    expect(store.judge('spec/figures', { selection: cohort(1, 2, 3, 4, 5, 6, 7), cuts: new Map([[order, [9]]]) }, disclosureLimits.standard)).toBeUndefined();
    await store.save();
    const again = AnsweredStore.open(path);
    expect([...again.cuts]).toEqual([[order, [3, 9]]]);
    expect(again.judge('spec/figures', { selection: cohort(1, 2, 3, 4, 5, 6) }, disclosureLimits.standard)).toMatchObject({ code: 'E625', rule: 'cohort-difference' });
    expect(again.cohorts).toBe(1);
  });

  it('of an earlier release has no cuts, and of a damaged file nothing is taken for known', async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-answered-'));
    const path = join(folder, 'history.json');
    await writeFile(path, '{"format":1,"answered":[]}');
    expect(AnsweredStore.open(path).cuts.size).toBe(0);
    await writeFile(path, (await readFile(path, 'utf8')).replace('[]', '[7]'));
    expect(() => AnsweredStore.open(path)).toThrow('history.json');
  });
});
