import { momentTotals, privateCounts } from '@consilium/federation';
import { decodeValue } from '@consilium/protocol';
import { canonicalPlan, parsePlan, privacyRatio } from '@consilium/study';
import { afterEach, describe, expect, it } from 'vitest';
import { partsOf, type Question } from '../fixtures/scripted-coordinator.js';
import { SiteFixture } from '../fixtures/site-fixture.js';
import { listBudget } from './list-budget.js';

let site: SiteFixture;
afterEach(() => site.end());

/** Many cells, so that noise is not the same twice by chance. */
const levels = ['II', 'III', 'IVA', ...Array.from({ length: 17 }, (_, i) => `none ${i}`)];
const truth = levels.map((_, i) => (i < 3 ? 20 : 0));

const parsed = parsePlan(JSON.stringify({
  consilium: 1, title: 'Counts that hide each patient', version: 1, study: 'wdbc', sites: ['Leiden', 'Utrecht'], seed: 'seed', secureAggregation: 'off', quorum: 1,
  outcome: { column: 'y', type: 'binary' }, privacy: { epsilon: 3, counts: [{ column: 'stage', levels }] },
}));
if (!('plan' in parsed)) throw new Error('The plan has mistakes.');
const { plan } = parsed;
const ratio = privacyRatio(plan.privacy!);
const view = { outcome: 'y', features: [], rows: [] };
const question = (run: string, round: string, attempt = 1): Question => ({ run, round, attempt, step: privateCounts as unknown as Question['step'], request: { view, parameters: { ratio, tables: [{ column: 'stage', levels }] } } });

describe('an agent under a plan of differential privacy', () => {
  it('gives the same noise to a question of an open run, new noise to a new run, and nothing beyond the budget of the study, also after a restart', async () => {
    site = await SiteFixture.make({ privacyBudget: { epsilon: 4.5, delta: 1e-5 } });
    await site.start();
    const digest = await site.openRun('run-1', canonicalPlan(plan));
    const answers = async (asked: Question) => {
      const before = site.coordinator.of('answers').length;
      await site.coordinator.ask(digest, [asked]);
      const answer = await site.coordinator.next('answers', before);
      return { counts: answer.message.parts.length > 0 ? [...(decodeValue(partsOf(answer).get(asked.round)!) as { counts: Float64Array }).counts] : null, refusal: answer.message.refusals[0]?.refusal, parts: answer.message.parts };
    };
    const first = await answers(question('run-1', 'r1'));
    expect(first.counts!.every(Number.isInteger)).toBe(true);
    expect(first.counts).not.toEqual(truth);
    // Settled, its bytes are gone; asked again, or under another attempt, it is made again of the same noise.
    await site.coordinator.settle(first.parts);
    expect((await answers(question('run-1', 'r1'))).counts).toEqual(first.counts);
    expect((await answers(question('run-1', 'r1', 2))).counts).toEqual(first.counts);
    const plain = await answers({ run: 'run-1', round: 'r2', attempt: 1, step: momentTotals as unknown as Question['step'], request: { view, parameters: null } });
    expect(plain.refusal).toMatchObject({ code: 'E372', rule: 'differential-privacy' });
    const less = question('run-1', 'r3');
    const thin = await answers({ ...less, request: { view, parameters: { ...(less.request.parameters as object), ratio: ratio / 2 } } as never });
    expect(thin.refusal?.code).toBe('E372');

    await site.coordinator.announce('run-2', digest);
    expect((await answers(question('run-2', 'r1'))).counts).not.toEqual(first.counts);
    await site.coordinator.announce('run-3', digest);
    const beyond = await answers(question('run-3', 'r1'));
    expect(beyond.refusal).toMatchObject({ code: 'E370', rule: 'privacy-budget', sentence: expect.stringMatching(/ε 4\.\d+ is used of the study's ε 4\.5 at this site/) });
    await site.coordinator.announce('run-1', digest, { state: 'closed' });
    await site.agent!.stop();
    expect(await listBudget(site.root)).toMatchObject({ isKnown: true, studies: [{ study: 'wdbc', answers: 2 }] });
    await site.start();
    await site.coordinator.announce('run-3', digest);
    expect((await answers(question('run-3', 'r1'))).refusal?.code).toBe('E370');
    const ledger = await site.ledgerText();
    expect(ledger.match(/"event":"privacy-spent"/g)).toHaveLength(2);
    expect(ledger).toContain('differential-privacy');
  });
});
