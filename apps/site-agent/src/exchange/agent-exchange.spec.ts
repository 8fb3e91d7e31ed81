import { momentTotals } from '@consilium/federation';
import { modelValue } from '@consilium/learning';
import { decodeValue, encodeValue } from '@consilium/protocol';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { partsOf, sha256 } from '../fixtures/scripted-coordinator.js';
import { patientsCsv, planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { verifyLedger } from '../ledger/ledger.js';
import { Outbox } from '../outbox/outbox.js';
import { systemClock } from '@consilium/secure-channel';
import { withdrawApproval } from '../plans/decide-plan.js';

let site: SiteFixture;
afterEach(() => site.end());

const codes = (received: Awaited<ReturnType<SiteFixture['coordinator']['next']>>) => (received.message.type === 'answers' ? received.message.refusals.map(({ refusal }) => refusal.code) : []);
const kept = async () => {
  const outbox = await Outbox.open(join(site.root, 'outbox'), systemClock);
  const unsettled = outbox.unsettled();
  await outbox.close();
  return unsettled;
};

describe('a site that approved a plan', () => {
  it('answers a question with the contribution of its rows, which is on its ledger first', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const answer = await site.coordinator.next('answers');
    const bytes = partsOf(answer).get('r1')!;
    const sums = momentTotals.contribution.parse(decodeValue(bytes));
    const rows = patientsCsv().split('\n').slice(1).map((line) => line.split(',')).filter(([, , , , split]) => split === 'train');
    expect([...sums.n]).toEqual([rows.filter(([, y]) => y === '0').length, rows.filter(([, y]) => y === '1').length]);
    // Ages are multiples of 1/4, so their sums are exact.
    expect(sums.totals[0]! + sums.totals[1]!).toBe(rows.reduce((total, [, , age]) => total + Number(age), 0));
    const ledger = await site.ledgerText();
    expect(ledger).toContain(sha256(bytes));
    expect(ledger).toContain('"step":"moments/totals"');
    expect(ledger).not.toContain('P001');
    expect((await verifyLedger(join(site.root, 'ledger/ledger.jsonl')))?.intact).toBe(true);
  });

  it('gives the same bytes to the same question, and none to another question under the same key', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const first = partsOf(await site.coordinator.next('answers')).get('r1')!;
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(partsOf(await site.coordinator.next('answers', 1)).get('r1')).toEqual(first);
    const other = { ...totalsQuestion('run-1', 'r1'), request: { view: { outcome: 'y', features: ['age'], rows: [] }, parameters: null } };
    await site.coordinator.ask(plan, [other]);
    expect(codes(await site.coordinator.next('answers', 2))).toEqual(['E309']);
  });

  it('keeps a contribution until it is settled, and deletes its bytes then', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const { message } = await site.coordinator.next('answers');
    await site.coordinator.link.send({ type: 'received', keys: [{ run: 'run-1', round: 'r1', attempt: 1 }] });
    await site.coordinator.settle(message.parts, 'AAAA');
    expect(await kept()).toHaveLength(1);
    await site.coordinator.settle(message.parts.map((part) => ({ ...part, digest: '0'.repeat(64) })));
    expect(await kept()).toHaveLength(1);
    await site.coordinator.settle(message.parts);
    await site.until(async () => expect(await kept()).toEqual([]));
    expect((await readFile(join(site.root, 'outbox/slot-000001'))).length).toBe(0);
  });

  it('fault 45: computes again after settling, and sends only when the answer is the same', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const first = await site.coordinator.next('answers');
    await site.coordinator.settle(first.message.parts);
    await site.until(async () => expect(await kept()).toEqual([]));
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect((await site.coordinator.next('answers', 1)).message.parts[0]!.digest).toBe(first.message.parts[0]!.digest);
    const ledger = await site.ledgerText();
    expect(ledger.match(/"event":"contributions"/g)).toHaveLength(1);
    expect(ledger.match(/"event":"sent-again"/g)).toHaveLength(1);
    await writeFile(join(site.root, 'data/clinical.csv'), patientsCsv().replace('40.25', '41.25'));
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r2')]);
    expect(codes(await site.coordinator.next('answers', 2))).toEqual(['E311']);
  });

  it('answers many questions of one request in one message', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, Array.from({ length: 40 }, (_, i) => totalsQuestion('run-1', `r${i}`)));
    expect((await site.coordinator.next('answers')).message.parts).toHaveLength(40);
  });

  it('answers more questions than one message holds in several, each once', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, Array.from({ length: 1100 }, (_, i) => totalsQuestion('run-1', `r${i}`)));
    await site.coordinator.next('answers', 2);
    const rounds = site.coordinator.of('answers').flatMap(({ message }) => message.parts.map(({ round }) => round));
    expect([rounds.length, new Set(rounds).size]).toEqual([1100, 1100]);
  });

  it('loses nothing and sends no other bytes when the connection is cut again and again', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    const digests = new Map<string, Set<string>>();
    for (let i = 0; i < 50; i++) {
      const round = `r${i}`;
      const [answers, hellos] = [site.coordinator.of('answers').length, site.coordinator.of('hello').length];
      site.coordinator.fates.set(`run-1 ${round} 1`, 'wanted');
      await site.coordinator.ask(plan, [totalsQuestion('run-1', round)]);
      if (i % 3 > 0) await new Promise((resolve) => setTimeout(resolve, (i * 7) % 11));
      site.coordinator.cut();
      await site.coordinator.next('hello', hellos);
      await site.coordinator.ask(plan, [totalsQuestion('run-1', round)]);
      await site.until(async () => expect(site.coordinator.of('answers').slice(answers).some(({ message }) => message.parts.some((part) => part.round === round))).toBe(true));
      site.coordinator.fates.set(`run-1 ${round} 1`, 'settled');
    }
    for (const { message } of site.coordinator.of('answers')) {
      expect(message.refusals).toEqual([]);
      for (const { round, digest } of message.parts) digests.set(round, (digests.get(round) ?? new Set()).add(digest));
    }
    expect([...digests.values()].map((of) => of.size)).toEqual(Array.from({ length: 50 }, () => 1));
  });

  it('sends again what the coordinator still wants after the connection broke', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const first = await site.coordinator.next('answers');
    site.coordinator.fates.set('run-1 r1 1', 'wanted');
    site.coordinator.cut();
    const second = await site.coordinator.next('answers', 1);
    expect(second.body).toEqual(first.body);
    expect((await site.coordinator.next('hello', 1)).message.unsettled).toEqual([{ run: 'run-1', round: 'r1', attempt: 1, digest: first.message.parts[0]!.digest }]);
    site.coordinator.fates.set('run-1 r1 1', 'void');
    site.coordinator.cut();
    await site.until(async () => expect(await kept()).toEqual([]));
    expect(await site.ledgerText()).toContain('"event":"sent-again"');
  });

  it('asks for a model that a view names, and computes when it has come', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    const value = modelValue({ kind: 'logistic', features: ['age'], mean: [60], sd: [10], coefficients: [0.5], intercept: 0 });
    const digest = sha256(encodeValue(value));
    const derived = { outcome: 'y', features: ['p'], rows: [], derived: [{ name: 'p', model: digest }] };
    await site.coordinator.ask(plan, [{ ...totalsQuestion('run-1', 'r1'), request: { view: derived, parameters: null } }]);
    expect((await site.coordinator.next('wanted-artefact')).message.digest).toBe(digest);
    await site.coordinator.publish(value);
    expect((await site.coordinator.next('answers')).message.parts).toHaveLength(1);
  });
});

describe('a site sends nothing', () => {
  it('for a plan that was never offered, or is not approved', async () => {
    site = await SiteFixture.make();
    await site.start();
    await site.coordinator.ask('0'.repeat(64), [totalsQuestion('run-1', 'r1')]);
    expect(codes(await site.coordinator.next('answers'))).toEqual(['E301']);
    const plan = await site.coordinator.offer(planText());
    await site.coordinator.announce('run-1', plan);
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const { message } = await site.coordinator.next('answers', 1);
    expect(message.refusals[0]?.refusal).toMatchObject({ code: 'E301', rule: 'approval' });
    expect(message.parts).toEqual([]);
  });

  it('once the approval was withdrawn, also what it had computed before', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    await site.coordinator.next('answers');
    await withdrawApproval(site.root, plan);
    expect((await site.coordinator.next('decision', 1)).message.decision).toBe('withdrawn');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1'), totalsQuestion('run-1', 'r2')]);
    expect(codes(await site.coordinator.next('answers', 1))).toEqual(['E303', 'E303']);
    site.coordinator.fates.set('run-1 r1 1', 'wanted');
    site.coordinator.cut();
    expect(codes(await site.coordinator.next('answers', 2))).toEqual(['E303']);
  });

  it('after the approval expired', async () => {
    site = await SiteFixture.make();
    let now = Date.now();
    await site.start({ clock: { now: () => now } });
    const plan = await site.openRun('run-1');
    now += 181 * 86_400_000;
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(codes(await site.coordinator.next('answers'))).toEqual(['E302']);
  });

  it('for a plan whose text or signature was altered', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.coordinator.offer(planText(), { bytes: planText().replace('standard', 'strict') });
    await site.coordinator.offer(planText(), { signature: site.coordinator.identity.signText('decision', plan) });
    await site.coordinator.announce('run-1', plan);
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(codes(await site.coordinator.next('answers'))).toEqual(['E301']);
  });

  it('for a plan file altered on its own disk after the approval', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.agent!.stop();
    const path = join(site.root, 'plans', `${plan}.json`);
    await writeFile(path, (await readFile(path, 'utf8')).replace('\\"disclosure\\":\\"standard\\"', '\\"disclosure\\":\\"open-data\\"'));
    await site.start();
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(codes(await site.coordinator.next('answers'))).toEqual(['E304']);
  });

  it('fault 9: for a run that was not announced, is paused, or gained a site', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1', planText({ sites: ['Leiden', 'Utrecht', 'Delft'] }));
    await site.coordinator.ask(plan, [totalsQuestion('run-2', 'r1')]);
    expect(codes(await site.coordinator.next('answers'))).toEqual(['E305']);
    await site.coordinator.announce('run-1', plan, { state: 'paused' });
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(codes(await site.coordinator.next('answers', 1))).toEqual(['E306']);
    await site.coordinator.announce('run-1', plan, { sites: ['Utrecht', 'Delft'] });
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    // The run was announced with Utrecht and Leiden; Delft is new, so the announcement is not taken and the run stays paused.
    expect(codes(await site.coordinator.next('answers', 2))).toEqual(['E306']);
  });

  it('for a step it does not allow, an unknown step, or a figure below its own limits', async () => {
    site = await SiteFixture.make({ allowedSteps: ['moments/*'], disclosure: { minimumCell: 0, minimumPatients: 100, minimumPerClass: 0, parametersPerPatient: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0 } });
    await site.start();
    const plan = await site.openRun('run-1');
    const unknown = { ...totalsQuestion('run-1', 'r2'), step: { ...momentTotals, name: 'moments/rows' } as never };
    const forbidden = { ...totalsQuestion('run-1', 'r3'), step: { ...momentTotals, name: 'describe/site-counts' } as never };
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1'), unknown, forbidden]);
    const { message } = await site.coordinator.next('answers');
    expect(message.parts).toEqual([]);
    expect(message.refusals.map(({ round, refusal }) => [round, refusal.rule])).toEqual([['r1', 'minimum-patients'], ['r2', 'data'], ['r3', 'allowed-steps']]);
    expect(message.refusals[0]!.refusal.sentence).not.toMatch(/45|60/);
  });

  it('from a column that was read with errors', async () => {
    const dictionary = 'columns:\n  id: { type: category, role: id }\n  age: { type: number }\n';
    site = await SiteFixture.make({ tables: [{ name: 'clinical', file: 'data/clinical.csv', dictionary: 'data/dictionary.yaml', id: null }] });
    await writeFile(join(site.root, 'data/dictionary.yaml'), dictionary);
    await site.start();
    const plan = await site.openRun('run-1');
    await writeFile(join(site.root, 'data/clinical.csv'), patientsCsv().replace('40.25', 'forty'));
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    const { message } = await site.coordinator.next('answers');
    expect(message.refusals[0]?.refusal).toMatchObject({ code: 'E502', sentence: expect.stringMatching(/^A number column holds text: age\. Nothing was computed\./) as string });
    for (const text of [JSON.stringify(site.coordinator.messages.map((one) => one.message)), await readFile(join(site.root, 'logs/agent.log'), 'utf8'), await site.ledgerText()]) {
      expect(text).not.toMatch(/forty|P0\d\d|clinical\.csv/);
      expect(text).not.toContain(site.root);
    }
  });
});
