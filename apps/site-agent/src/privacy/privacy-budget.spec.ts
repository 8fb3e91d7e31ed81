import { encodeRequest, privateCounts } from '@consilium/federation';
import { epsilonOfCost, gaussianCost } from '@consilium/statistics';
import { parsePlan, privacyRatio, type AnalysisPlan } from '@consilium/study';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskedPart } from '../exchange/request-parts.js';
import { noiseFor } from './private-answers.js';
import { PrivacyBudget, type PrivateQuestion } from './privacy-budget.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-budget-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const own = () => mkdtemp(join(folder, 'site-'));
const limits = { epsilon: 2, delta: 1e-5 };
/** What one answer may cost so that two fit the budget and three do not. */
const cost = gaussianCost(3);
const question = (round: string, more: Partial<PrivateQuestion> = {}): PrivateQuestion => ({ study: 'npc', plan: 'f'.repeat(64), run: 'run', round, step: 'private-counts/tables', asked: 'a'.repeat(64), cost, at: '2026-01-01T00:00:00.000Z', limits, ...more });

describe('the privacy budget of a site', () => {
  it('adds up over plans and runs of a study, refuses with the figures when it is spent, and knows it after a restart', async () => {
    const path = await own();
    const budget = await PrivacyBudget.open(path);
    const fits = Array.from({ length: 20 }, (_, i) => epsilonOfCost((i + 1) * cost, limits.delta)).filter((epsilon) => epsilon <= limits.epsilon).length;
    expect(fits).toBeGreaterThan(0);
    for (let i = 0; i < fits; i++) {
      const granted = budget.grant(question(`r${i}`, { run: `run ${i}`, plan: String(i).repeat(64) }));
      expect(granted.epsilon).toBeCloseTo(epsilonOfCost((i + 1) * cost, limits.delta), 12);
      await granted.spend();
    }
    const again = await PrivacyBudget.open(path);
    for (const one of [budget, again]) {
      expect(() => one.grant(question('more'))).toThrow(/ε 1\.\d+ is used of the study's ε 2 at this site, and the answer would bring it to 2\.\d+/);
      expect(one.grant(question('more', { study: 'other' })).isNew).toBe(true);
    }
    expect(again.studies()).toEqual([{ study: 'npc', answers: fits, cost: expect.closeTo(fits * cost, 12) }]);
    expect(() => again.grant(question('first', { study: 'third', limits: { epsilon: 0, delta: 1e-5 } }))).toThrow('Nothing is used');
  });

  it('draws noise once for a question of a run: the same when it is asked again, new for the next, and none when the run has ended', async () => {
    const path = await own();
    const budget = await PrivacyBudget.open(path);
    const first = budget.grant(question('r'));
    await first.spend();
    const again = (await PrivacyBudget.open(path)).grant(question('r'));
    expect(again).toMatchObject({ isNew: false, seed: Uint8Array.from(first.seed) });
    expect(Buffer.from(budget.grant(question('s', { limits: { epsilon: 8, delta: 1e-5 } })).seed)).not.toEqual(Buffer.from(first.seed));
    expect(() => budget.grant(question('r', { asked: 'b'.repeat(64) }))).toThrow('Another question');
    await budget.forget('run');
    for (const one of [budget, await PrivacyBudget.open(path)]) expect(() => one.grant(question('r'))).toThrow('noise is drawn once');
    const text = await readFile(join(path, (await readdir(path))[0]!), 'utf8');
    expect(text).not.toContain(Buffer.from(first.seed).toString('hex'));
    expect(budget.studies()[0]!.cost).toBe(cost);
  });

  it('is spent before the answer leaves and not before it is made: a question that came to nothing is free', async () => {
    const budget = await PrivacyBudget.open(await own());
    for (let i = 0; i < 50; i++) budget.grant(question(`r${i}`));
    expect(budget.studies()).toEqual([]);
  });

  it('answers nothing after a restored backup or with a damaged record, until people have looked', async () => {
    const path = await own();
    await PrivacyBudget.markRestored(path, 'now');
    const budget = await PrivacyBudget.open(path);
    expect(() => budget.grant(question('r'))).toThrow('does not know what it has used');
    await PrivacyBudget.confirmUnchanged(path);
    await budget.grant(question('r')).spend();
    const [file] = await readdir(path);
    await writeFile(join(path, file!), '{}');
    const damaged = await PrivacyBudget.open(path);
    expect(damaged.isKnown).toBe(false);
    expect(() => damaged.grant(question('s'))).toThrow('does not know');
  });
});

describe('noise', () => {
  const planOf = (more: object): AnalysisPlan => {
    const parsed = parsePlan(JSON.stringify({ consilium: 1, title: 'P', version: 1, study: 'npc', sites: ['A'], seed: 's', outcome: { column: 'y', type: 'binary' }, ...more }));
    if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
    return parsed.plan;
  };
  const tables = [{ column: 'y', levels: ['0', '1'] }];
  const privatePlan = planOf({ privacy: { epsilon: 4, counts: [{ column: 'y', levels: [0, 1] }] } });
  const openPlan = planOf({ models: [{ name: 'm', inputs: [{ columns: ['x'] }] }] });
  const part = (step: string, ratio: number): AskedPart => {
    const bytes = encodeRequest(privateCounts, { view: { outcome: 'y', features: [], rows: [] }, parameters: { ratio, tables } });
    return { run: 'run', round: `${step} ${ratio}`, attempt: 1, step, version: 1, bytes, asked: 'a'.repeat(64) };
  };

  it('is granted for what the approved plan promises, and an answer with less, without, or under another plan is refused', async () => {
    const budget = await PrivacyBudget.open(await own());
    const ask = (plan: AnalysisPlan, asked: AskedPart) => noiseFor(asked, { digest: 'f'.repeat(64), plan }, { budget, limits: { epsilon: 8, delta: 1e-5 }, at: '2026-01-01T00:00:00.000Z' });
    const ratio = privacyRatio(privatePlan.privacy!);
    expect(ask(privatePlan, part(privateCounts.name, ratio))).toMatchObject({ isNew: true, cost: gaussianCost(ratio) });
    expect(ask(privatePlan, part(privateCounts.name, 2 * ratio))!.cost).toBeLessThan(gaussianCost(ratio));
    expect(() => ask(privatePlan, part(privateCounts.name, 0.9 * ratio))).toThrow('less noise than the approved plan promises');
    const other = encodeRequest(privateCounts, { view: { outcome: 'y', features: [], rows: [] }, parameters: { ratio, tables: [{ column: 'age', levels: ['90'] }] } });
    expect(() => ask(privatePlan, { ...part(privateCounts.name, ratio), round: 'other', bytes: other })).toThrow('other private answers');
    expect(() => ask(privatePlan, part('moments/totals', ratio))).toThrow('gives answers with noise only');
    expect(() => ask(openPlan, part(privateCounts.name, ratio))).toThrow('has no privacy budget');
    expect(ask(openPlan, part('moments/totals', ratio))).toBeUndefined();
  });
});
