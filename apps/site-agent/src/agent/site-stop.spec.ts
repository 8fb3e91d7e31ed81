import { siteCounts } from '@consilium/federation';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { readLedger, verifyLedger } from '../ledger/ledger.js';
import { ledgerCsv } from '../ledger/ledger-csv.js';
import { ledgerJson } from '../ledger/ledger-json.js';
import { verifyReceipts } from '../ledger/verify-receipts.js';
import { siteFolder } from '../folder/site-folder.js';
import { startAgent } from './start-agent.js';
import { isStopped, markStopped, resumeSite, stoppedOf, stopSite } from './site-stop.js';

let site: SiteFixture;
afterEach(() => site.end());
const folder = () => siteFolder(site.root);
const ledger = () => folder().ledger;
const events = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { entry } of readLedger(ledger())) if (entry) found.push(entry.event);
  return found;
};
const secretOfSession = () => writeFile(join(folder().aggregation, `${'a'.repeat(64)}.json`), '{}');

describe('a site that is stopped', () => {
  it('tells the coordinator, hangs up, wipes session keys, and comes back only when people resume it', async () => {
    site = await SiteFixture.make();
    const agent = await site.start();
    await secretOfSession();
    await markStopped(site.root, { reason: 'a question of the ethics board' });
    expect((await site.coordinator.next('stopped')).message.reason).toBe('a question of the ethics board');
    await site.until(async () => expect([agent.state.state, stoppedOf(folder())?.carriedOut, await readdir(folder().aggregation)]).toEqual(['closed', true, []]));
    const hellos = site.coordinator.of('hello').length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(site.coordinator.of('hello')).toHaveLength(hellos);
    expect(await resumeSite(site.root)).toBe(true);
    await site.coordinator.next('hello', hellos);
    expect((await events()).slice(-3)).toEqual(['stopped', 'resumed', 'connected']);
  });

  it('answers nothing from the moment of the mark, also what is computed already', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    // The mark alone, with the agent unaware of it for up to a quarter of a second.
    await markStopped(site.root);
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    await site.coordinator.next('stopped');
    await site.until(async () => expect(site.agent!.state.state).toBe('closed'));
    expect(site.coordinator.of('answers').flatMap(({ message }) => message.parts)).toEqual([]);
  });

  it('stays stopped through a start of its agent, which sends nothing', async () => {
    site = await SiteFixture.make();
    await site.start();
    await markStopped(site.root);
    await site.until(async () => expect(stoppedOf(folder())?.carriedOut).toBe(true));
    await site.agent!.stop();
    const messages = site.coordinator.messages.length;
    site.agent = await startAgent(site.root, { compute: 'inline' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([site.agent.state.state, site.coordinator.messages.length]).toEqual(['closed', messages]);
  });

  it('can be stopped with a dead agent and without a network', async () => {
    site = await SiteFixture.make();
    await secretOfSession();
    await site.coordinator.stop();
    const { agentEnded, carriedOut } = await stopSite(site.root, { reason: 'night' });
    expect([agentEnded, carriedOut, isStopped(folder()), await readdir(folder().aggregation)]).toEqual([false, true, true, []]);
    expect(await events()).toEqual(['enrolled', 'stopped']);
    expect(await resumeSite(site.root)).toBe(true);
    expect([isStopped(folder()), existsSync(folder().stopped), await resumeSite(site.root), await events()]).toEqual([false, false, false, ['enrolled', 'stopped', 'resumed']]);
    await site.coordinator.start();
  });

  it('is stopped where its mark cannot be read', async () => {
    site = await SiteFixture.make();
    await writeFile(folder().stopped, 'half a ma');
    expect([isStopped(folder()), stoppedOf(folder())?.carriedOut]).toEqual([true, false]);
  });
});

describe('receipts of the coordinator on the ledger', () => {
  it('verify against its key and the contributions before them; a changed or foreign one does not', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1'), totalsQuestion('run-1', 'r2')]);
    const { message } = await site.coordinator.next('answers');
    await site.coordinator.settle(message.parts.slice(0, 1));
    await site.until(async () => expect(await events()).toContain('receipt'));
    const key = site.coordinator.identity.publicKey;
    expect(await verifyReceipts(ledger(), key)).toEqual({ receipts: 1, confirmed: 1, unconfirmed: 1, wrong: [] });
    expect((await verifyLedger(ledger()))?.intact).toBe(true);
    expect((await verifyReceipts(ledger(), 'f'.repeat(64))).wrong).toHaveLength(1);
    const forged = join(site.root, 'forged.jsonl');
    await writeFile(forged, (await readFile(ledger(), 'utf8')).split('\n').map((line) => (line.includes('"event":"receipt"') ? line.replace(message.parts[0]!.digest, '0'.repeat(64)) : line)).join('\n'));
    expect((await verifyReceipts(forged, key)).wrong).toHaveLength(1);
  });

  it('are in the exports: what left, what was held back by name, and as it was before where the file is asked to have that', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    const counts = { ...totalsQuestion('run-1', 'r1'), step: siteCounts as never, request: { view: { outcome: 'y', features: [], rows: [{ column: 'split', oneOf: ['test'] }] }, parameters: { columns: ['age'] } } };
    await site.coordinator.ask(plan, [counts]);
    await site.coordinator.next('answers');
    let text = '';
    for await (const line of ledgerJson(readLedger(ledger()))) text += line;
    const records = JSON.parse(text) as { entry: { event: string; parts?: { rendering: unknown }[] } }[];
    expect(records.map(({ entry }) => entry.event)).toEqual(await events());
    const inLedger = await site.ledgerText();
    // Fifteen test patients are fewer than twenty: the figures are suppressed outside, and readable inside as they were.
    expect(inLedger).toContain('"beforeGate":{"heldBack":');
    expect(text).not.toContain('beforeGate');
    let [whole, csv] = ['', ''];
    for await (const line of ledgerJson(readLedger(ledger()), { beforeGate: true })) whole += line;
    for await (const line of ledgerCsv(readLedger(ledger()))) csv += line;
    expect(whole).toContain('"beforeGate":{"heldBack":');
    expect(csv).toContain(',events missing/0 nonEvents patients,');
    expect(text).toContain('minimum-patients');
  });
});
