import { momentTotals, siteCounts } from '@consilium/federation';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256, partsOf } from '../fixtures/scripted-coordinator.js';
import { planText, SiteFixture, totalsQuestion, view } from '../fixtures/site-fixture.js';
import { approvePlan } from './decide-plan.js';
import { reviewPlan } from './review-plan.js';

let site: SiteFixture;
beforeEach(async () => {
  site = await SiteFixture.make();
  await site.start();
});
afterEach(() => site.end());

const offered = async (text = planText()): Promise<string> => {
  const plan = await site.coordinator.offer(text);
  await site.until(async () => readFile(join(site.root, 'plans', `${plan}.json`)));
  return plan;
};
const codes = async (after: number): Promise<(string | undefined)[]> => (await site.coordinator.next('answers', after)).message.refusals.map(({ refusal }) => refusal.code);

describe('a steward who reviews a plan', () => {
  it('reads every stage and step in plain words, with samples of what would leave, and nothing leaves', async () => {
    const plan = await offered();
    const before = [await site.ledgerText(), site.coordinator.messages.length] as const;
    const review = await reviewPlan(site.root, plan, { compute: 'inline' });
    expect([await site.ledgerText(), site.coordinator.messages.length]).toEqual(before);
    expect(review.stages.map(({ stage }) => stage)).toEqual(['describe', 'train', 'evaluate']);
    expect([review.complete, review.notes, review.fit.patients, review.decision]).toEqual([true, [], 60, undefined]);
    const steps = review.stages.flatMap((stage) => stage.steps);
    for (const step of steps) {
      expect(step.sends, step.step).toMatch(/\.$/);
      expect(step.passed === 0 ? step.withheld !== null : step.sample !== null, step.step).toBe(true);
    }
    // 15 test patients are fewer than the 20 of the profile: what rests on them is held back, and the review says so.
    expect(steps.find(({ step }) => step === 'validation/pooled-sums')?.withheld?.rule).toBe('minimum-patients');
    expect(JSON.stringify(review)).not.toMatch(/P0\d\d/);
  });

  it('sees in the sample the very bytes that a run then sends', async () => {
    const text = planText();
    const plan = await offered(text);
    const review = await reviewPlan(site.root, plan, { compute: 'inline' });
    const totals = review.stages.flatMap(({ steps }) => steps).filter(({ sample }) => sample?.exact);
    expect(totals.length).toBeGreaterThan(0);
    const run = await site.openRun('run-1', text);
    const counts = totals.find(({ step }) => step === 'describe/site-counts')!;
    await site.coordinator.ask(run, [{ ...totalsQuestion('run-1', 'r1'), step: siteCounts as never, request: { view: { outcome: 'y', features: [], rows: view.rows }, parameters: { columns: [] } } }]);
    const bytes = partsOf(await site.coordinator.next('answers')).get('r1')!;
    expect(sha256(bytes)).toBe(counts.sample!.digest);
  });

  it('is told where the rehearsal ended when its time is up', async () => {
    const review = await reviewPlan(site.root, await offered(), { compute: 'inline', seconds: 0 });
    expect(review.complete).toBe(false);
    expect(review.notes.join()).toMatch(/^The rehearsal ended after 0 seconds/);
  });
});

describe('an approval of some stages', () => {
  it('lets their steps pass and holds the others back until they are approved', async () => {
    const plan = await offered();
    await approvePlan(site.root, plan, { stages: ['describe'] });
    await site.coordinator.next('decision');
    await site.coordinator.announce('run-1', plan);
    const another = (round: string) => ({ ...totalsQuestion('run-1', round), step: { ...momentTotals, name: 'correlation/cross-products' } as never });
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1'), another('r2')]);
    const first = await site.coordinator.next('answers');
    expect([first.message.parts.length, first.message.refusals.map(({ refusal }) => [refusal.code, refusal.rule])]).toEqual([1, [['E335', 'approval']]]);
    await approvePlan(site.root, plan, { stages: ['describe', 'train'], until: '2999-01-31' });
    expect((await site.coordinator.next('decision', 1)).message).toMatchObject({ stages: ['describe', 'train'], expiresAt: '2999-01-31T23:59:59.999Z' });
    await site.coordinator.ask(plan, [another('r3')]);
    // The question does not fit that step; it is no longer the approval that stands in the way.
    expect(await codes(1)).toEqual(['E605']);
  });

  it('ends on a day to come, never on one that has passed', async () => {
    const plan = await offered();
    await expect(approvePlan(site.root, plan, { until: '2020-01-01' })).rejects.toMatchObject({ code: 'E315' });
    await expect(approvePlan(site.root, plan, { until: 'soon' })).rejects.toMatchObject({ code: 'E315' });
  });
});
