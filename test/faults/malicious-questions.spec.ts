import { logisticSums, momentTotals, siteCounts, siteFigures } from '@consilium/federation';
import { modelValue } from '@consilium/learning';
import { reviewPlan } from '@consilium/site-agent';
import { planText, SiteFixture, totalsQuestion, type Question } from '@consilium/site-agent/testing';
import { encodeValue } from '@consilium/protocol';
import { canonicalPlan, parsePlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';

let site: SiteFixture;
afterEach(() => site.end());

const training = [{ column: 'split', oneOf: ['train'] }];
const view = { outcome: 'y', features: ['age'], rows: training };

/** 60 patients; `marker` is the outcome times 100, but for one training patient. */
const csv = ['id,y,age,stage,split,marker', ...Array.from({ length: 60 }, (_, i) => `P${String(i).padStart(3, '0')},${i % 3 === 0 ? 1 : 0},${40 + ((i * 37) % 41) + 0.25},${['II', 'III', 'IVA'][i % 3]},${i % 4 === 0 ? 'test' : 'train'},${i === 1 ? 100 : i % 3 === 0 ? 100 + i / 1000 : i / 1000}`)].join('\n');

function planWith(change: object): string {
  const plan = JSON.parse(planText({ features: ['age', 'marker'] })) as { cohort: object };
  const parsed = parsePlan(JSON.stringify({ ...plan, ...change }));
  if (!('plan' in parsed)) throw new Error('the plan is sound');
  return canonicalPlan(parsed.plan);
}

const including = (version: number, include: readonly object[]): string => planWith({ version, cohort: { ...(JSON.parse(planText()) as { cohort: object }).cohort, include } });

async function begin(text = planWith({})): Promise<string> {
  site = await SiteFixture.make({}, csv);
  await site.start();
  return site.openRun('run-1', text);
}

const question = (round: string, step: unknown, request: unknown, run = 'run-1'): Question => ({ ...totalsQuestion(run, round), step: step as Question['step'], request: request as Question['request'] });
const told = async (after: number) => {
  const { message } = await site.coordinator.next('answers', after);
  return { parts: message.parts.map(({ round }) => round), refusals: message.refusals.map(({ round, refusal }) => [round, refusal.code, refusal.rule]), sentences: message.refusals.map(({ refusal }) => refusal.sentence).join(' ') };
};

describe('fault 30: a coordinator that asks what the approved plan does not', () => {
  it('is refused each question, and the steward sees it on the ledger', async () => {
    const plan = await begin();
    await site.coordinator.ask(plan, [
      question('column', momentTotals, { view: { ...view, features: ['stage=II'] }, parameters: null }),
      question('parameter', siteCounts, { view: { ...view, features: [] }, parameters: { columns: ['stage'] } }),
      question('one-patient', momentTotals, { view: { ...view, rows: [...training, { column: 'age', oneOf: [40.25] }] }, parameters: null }),
      question('folds', momentTotals, { view: { ...view, folds: { kind: 'dealt', folds: 50, seed: 'mine' } }, parameters: null }),
      question('version', { ...momentTotals, version: 2 }, { view, parameters: null }),
      question('code', { ...momentTotals, name: 'moments/rows' }, { view, parameters: null }),
    ]);
    const { parts, refusals } = await told(0);
    expect(parts).toEqual([]);
    expect(refusals).toEqual([
      ['column', 'E336', 'approved-plan'], ['parameter', 'E336', 'data'], ['one-patient', 'E336', 'approved-plan'], ['folds', 'E336', 'approved-plan'], ['version', 'E604', 'data'], ['code', 'E604', 'data'],
    ]);
    const ledger = await site.ledgerText();
    for (const [round] of refusals) expect(ledger).toContain(`"round":"${round}"`);
    expect(ledger).not.toContain('40.25');
  });

  it('gets no curve in bins of single patients, whatever minimum it asks for', async () => {
    const plan = await begin();
    const model = modelValue({ kind: 'logistic', features: ['age'], mean: [60], sd: [10], coefficients: [1], intercept: 0 });
    const digest = await site.coordinator.publish(model);
    const derived = { ...view, features: ['p'], derived: [{ name: 'p', model: digest }] };
    await site.coordinator.ask(plan, [question('curve', siteFigures, { view: derived, parameters: { models: ['p'], thresholds: [[0.5]], minimumCell: 0 } })]);
    await site.coordinator.next('answers');
    const ledger = await site.ledgerText();
    expect(ledger).toContain('"bins":{"suppressed":{"rule":"minimum-bin"');
    expect(createHash('sha256').update(encodeValue(model)).digest('hex')).toBe(digest);
  });

  it('gets no sum by folds of a few patients, where it would see the term', async () => {
    const plan = await begin(planWith({ folds: { dealt: 20 } }));
    const folds = { kind: 'dealt' as const, folds: 20, seed: 'seed' };
    await site.coordinator.ask(plan, [question('fold', momentTotals, { view: { ...view, folds, foldRows: { folds: [3], inside: true } }, parameters: null })]);
    expect((await told(0)).refusals).toEqual([['fold', 'E626', 'minimum-fold']]);
  });
});

describe('fault 31: the difference of two answers', () => {
  it('about n and n - 1 patients is not to be had, from a second plan either; the same patients may be asked about for ever', async () => {
    const plan = await begin();
    const rounds = Array.from({ length: 5 }, (_, i) => question(`weights-${i}`, logisticSums, { view, parameters: { models: [{ columns: [0], mean: Float64Array.of(60), sd: Float64Array.of(10), beta: Float64Array.of(0.1 + i * 1e-9, 0.2) }] } }));
    await site.coordinator.ask(plan, [question('n', momentTotals, { view, parameters: null }), ...rounds]);
    expect((await told(0)).parts).toHaveLength(6);
    // Of the training patients one is 63.25 years old.
    const without = { column: 'age', oneOf: [63.25], negate: true };
    const second = await site.openRun('run-2', including(2, [without]));
    await site.coordinator.ask(second, [question('n-1', momentTotals, { view: { ...view, rows: [without, ...training] }, parameters: null }, 'run-2')]);
    const refused = await told(1);
    expect([refused.parts, refused.refusals]).toEqual([[], [['n-1', 'E625', 'cohort-difference']]]);
    expect(refused.sentences).toMatch(/fewer than 5 from others.*at least 5 other ones, would pass/);
    expect(refused.sentences).not.toMatch(/\b(1|44|45)\b/);
    expect((await reviewPlan(site.root, second, { compute: 'inline', seconds: 0 })).answeredCohorts).toBe(1);
  });

  it('about subgroups that overlap but for a few is not to be had', async () => {
    const stages = (names: readonly string[]) => ({ column: 'stage', oneOf: names });
    const plan = await begin(including(1, [stages(['II', 'III'])]));
    await site.coordinator.ask(plan, [question('two-stages', momentTotals, { view: { ...view, rows: [stages(['II', 'III']), ...training] }, parameters: null })]);
    expect((await told(0)).parts).toEqual(['two-stages']);
    const other = { column: 'age', oneOf: [40.25, 41.25, 42.25, 43.25], negate: true };
    const second = await site.openRun('run-2', including(2, [stages(['II', 'III']), other]));
    await site.coordinator.ask(second, [question('nearly', momentTotals, { view: { ...view, rows: [stages(['II', 'III']), other, ...training] }, parameters: null }, 'run-2')]);
    expect((await told(1)).refusals).toEqual([['nearly', 'E625', 'cohort-difference']]);
    const third = await site.openRun('run-3', including(3, [stages(['II'])]));
    await site.coordinator.ask(third, [question('one-stage', momentTotals, { view: { ...view, rows: [stages(['II']), ...training] }, parameters: null }, 'run-3')]);
    expect((await told(2)).refusals).toEqual([['one-stage', 'E620', 'minimum-patients']]);
  });

  it('and a weighting of patients that falls on one of them is refused', async () => {
    const plan = await begin();
    // A steep model of the age: nearly 1 for the oldest, nearly 0 for everybody else.
    const digest = await site.coordinator.publish(modelValue({ kind: 'logistic', features: ['age'], mean: [79.9], sd: [0.02], coefficients: [1], intercept: 0 }));
    await site.coordinator.ask(plan, [question('one-hot', momentTotals, { view: { ...view, features: ['age', 'p'], derived: [{ name: 'p', model: digest }] }, parameters: null })]);
    expect((await told(0)).refusals).toEqual([['one-hot', 'E627', 'dominance']]);
  });
});

describe('fault 32: a model made so that its gradient is one row', () => {
  const model = (beta: readonly number[]) => ({ models: [{ columns: [0, 1], mean: new Float64Array(2), sd: Float64Array.of(1, 1), beta: Float64Array.from(beta) }] });
  const rows = { ...view, features: ['age', 'marker'] };

  it('is refused where it leaves its residuals to one patient', async () => {
    const plan = await begin();
    await site.coordinator.ask(plan, [question('saturated', logisticSums, { view: rows, parameters: model([-100, 0, 2]) }), question('fair', logisticSums, { view: rows, parameters: model([-1, 0.01, 0]) })]);
    const { parts, refusals } = await told(0);
    expect([parts, refusals]).toEqual([['fair'], [['saturated', 'E627', 'dominance']]]);
  });

  it('is refused where its numbers leave the range in which sums are finite', async () => {
    const plan = await begin();
    await site.coordinator.ask(plan, [question('huge', logisticSums, { view: rows, parameters: model([1e308, 1e308, -1e308]) })]);
    expect((await told(0)).refusals).toEqual([['huge', 'E624', 'finite-values']]);
  });
});
