import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createIdentity } from '@consilium/secure-channel';
import { checkSite } from '../doctor/check-site.js';
import { enrolSite } from '../enrolment/enrol-site.js';
import { initSite } from '../enrolment/init-site.js';
import { patientsCsv, planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { ledgerCsv } from '../ledger/ledger-csv.js';
import { readLedger } from '../ledger/ledger.js';
import { purgeOutbox } from '../outbox/purge-outbox.js';
import { approvePlan, listPlans, refusePlan } from '../plans/decide-plan.js';
import { readSettings } from '../settings/agent-settings.js';
import { existingSiteFolder } from '../folder/site-folder.js';

let site: SiteFixture | undefined;
const folders: string[] = [];
afterEach(async () => {
  await site?.end();
  site = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  folders.push(await mkdtemp(join(tmpdir(), 'site-')));
  return folders.at(-1)!;
}

const troubles = async (root: string, options = {}) => (await checkSite(root, options)).findings.filter(({ outcome }) => outcome === 'problem' || outcome === 'warning');

describe('a site folder', () => {
  it('is made once, for its owner only, and keeps its key when it is made again', async () => {
    const root = await folder();
    const first = await initSite(root);
    expect(first.fresh).toBe(true);
    expect((await stat(join(root, 'identity.json'))).mode & 0o777).toBe(0o600);
    expect(await initSite(root)).toMatchObject({ fresh: false, fingerprint: first.fingerprint });
  });

  it('with mistakes in agent.json starts nothing and gets all of them named', async () => {
    const root = await folder();
    await initSite(root);
    await writeFile(join(root, 'agent.json'), '{"approvalDays": 0, "colour": "blue"}');
    expect(() => readSettings(existingSiteFolder(root), {})).toThrow(/approvalDays.*colour/s);
  });

  it('takes the proxy of the machine unless agent.json names one', async () => {
    const root = await folder();
    await initSite(root);
    expect(readSettings(existingSiteFolder(root), { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost' }).connection).toMatchObject({ proxy: 'http://proxy:3128', noProxy: 'localhost' });
  });
});

describe('enrolment', () => {
  it('is refused for a text that is no invite, a used folder, and a coordinator that is not the one of the invite', async () => {
    site = await SiteFixture.make();
    await expect(enrolSite(site.root, { invite: site.coordinator.invite })).rejects.toMatchObject({ code: 'E322' });
    const other = await folder();
    await initSite(other);
    await expect(enrolSite(other, { invite: 'not-an-invite' })).rejects.toMatchObject({ code: 'E314' });
    const forged = Buffer.from(site.coordinator.invite, 'base64url').toString('utf8').replace(site.coordinator.identity.publicKey, createIdentity().publicKey);
    await expect(enrolSite(other, { invite: Buffer.from(forged, 'utf8').toString('base64url') })).rejects.toMatchObject({ code: 'E316', message: expect.stringMatching(/not the one of the invite/) as string });
    const wrongCode = Buffer.from(site.coordinator.invite, 'base64url').toString('utf8').replace(/"code":"..../, '"code":"0000');
    await expect(enrolSite(other, { invite: Buffer.from(wrongCode, 'utf8').toString('base64url') })).rejects.toMatchObject({ code: 'E316' });
    await expect(enrolSite(other, { invite: site.coordinator.invite })).resolves.toMatchObject({ site: 'Utrecht', state: 'admitted' });
  });
});

describe('an agent that the coordinator does not let in', () => {
  it.each([
    ['waiting', /waits|compared|admit/i],
    ['revoked', /revoked/i],
  ] as const)('because it is %s says so in one sentence and tries again', async (verdict, sentence) => {
    site = await SiteFixture.make();
    site.coordinator.verdict = verdict;
    const states: string[] = [];
    await site.start({ onState: (state) => void (state.state === 'refused' && states.push(state.error.message)) });
    await site.until(async () => expect(states.length).toBeGreaterThan(1));
    expect(states[0]).toMatch(sentence);
    site.coordinator.verdict = 'admitted';
    await site.coordinator.next('hello');
  });

  it('because its clock is an hour wrong, or the coordinator has another key, says so in one sentence', async () => {
    site = await SiteFixture.make();
    const refusals: string[] = [];
    const onState: Parameters<SiteFixture['start']>[0] = { onState: (state) => void (state.state === 'refused' && refusals.push(`${state.error.code} ${state.error.message}`)) };
    site.coordinator.verdict = 'waiting';
    await site.start({ ...onState, clock: { now: () => Date.now() + 3_600_000 } });
    await site.until(async () => expect(refusals.length).toBeGreaterThan(0));
    expect(refusals[0]).toMatch(/clock/i);
    await site.agent!.stop();
    refusals.length = 0;
    const path = join(site.root, 'enrolment.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace(site.coordinator.identity.publicKey, createIdentity().publicKey));
    await site.start(onState);
    await site.until(async () => expect(refusals.length).toBeGreaterThan(0));
    expect(refusals[0]).toMatch(/key/i);
  });

  it('works in a folder alone', async () => {
    site = await SiteFixture.make();
    await site.start();
    await expect(site.start()).rejects.toMatchObject({ code: 'E312' });
  });
});

describe('fault 27: an agent whose disk fails', () => {
  it('sends nothing, ends by itself, and says why', async () => {
    site = await SiteFixture.make();
    const agent = await site.start();
    const plan = await site.openRun('run-1');
    await rm(join(site.root, 'outbox'), { recursive: true });
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    expect(await agent.ended).toMatchObject({ code: 'E319' });
    expect(site.coordinator.of('answers')).toEqual([]);
  });
});

describe('the steward', () => {
  it('cannot approve a plan that the data do not fit, and nothing is sent', async () => {
    site = await SiteFixture.make({}, patientsCsv().replace('40.25', 'forty'));
    await site.start();
    const plan = await site.coordinator.offer(planText());
    const { root } = site;
    await site.until(async () => expect(await listPlans(root)).toHaveLength(1));
    await expect(approvePlan(root, plan)).rejects.toMatchObject({ code: 'E323', message: expect.stringContaining('Column age looks like numbers and holds text') as string });
    await expect(approvePlan(root, 'ffff')).rejects.toMatchObject({ code: 'E320' });
    await expect(approvePlan(root, plan.slice(0, 3))).rejects.toMatchObject({ code: 'E320' });
    await refusePlan(root, plan.slice(0, 8), { reason: 'the table has to be corrected first' });
    expect((await site.coordinator.next('decision')).message).toMatchObject({ decision: 'refused', reason: 'the table has to be corrected first' });
  });

  it('cannot approve a plan that does not name the site', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.coordinator.offer(planText({ sites: ['Leiden', 'Delft'] }));
    const { root } = site;
    await site.until(async () => expect(await listPlans(root)).toHaveLength(1));
    await expect(approvePlan(root, plan)).rejects.toMatchObject({ code: 'E323' });
  });

  it('exports the ledger as a table, and purges what was not settled', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('=run');
    await site.coordinator.ask(plan, [totalsQuestion('=run', 'r1')]);
    const { message } = await site.coordinator.next('answers');
    await expect(purgeOutbox(site.root)).rejects.toMatchObject({ code: 'E312' });
    await site.agent!.stop();
    expect((await purgeOutbox(site.root)).map(({ digest }) => digest)).toEqual([message.parts[0]!.digest]);
    let csv = '';
    for await (const line of ledgerCsv(readLedger(join(site.root, 'ledger/ledger.jsonl')))) csv += line;
    const lines = csv.trim().split('\n');
    expect(lines.map((line) => line.split(',')[2])).toEqual(['event', 'enrolled', 'connected', 'decision', 'contributions', 'purged']);
    expect(lines[4]).toContain(`,'=run,r1,1,moments/totals,1,standard,`);
    expect(lines[4]).toContain(message.parts[0]!.digest);
  });
});

describe('the doctor', () => {
  it('finds nothing to mend at a sound site', async () => {
    site = await SiteFixture.make();
    const { exitCode, findings } = await checkSite(site.root);
    expect(findings.filter(({ outcome }) => outcome === 'problem')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['versions', 'folder', 'keys', 'disk', 'data', 'ledger', 'enrolment', 'name', 'connection', 'clock', 'agent']));
  });

  it('says 4 where there is no site folder', async () => {
    expect((await checkSite(await folder())).exitCode).toBe(4);
  });

  it('names each trouble with what to do: key readable by others, wrong clock, a column of words, a broken ledger', async () => {
    site = await SiteFixture.make({}, `${patientsCsv()}\nP001,1,50,II,train`);
    await chmod(join(site.root, 'identity.json'), 0o644);
    const ledger = join(site.root, 'ledger/ledger.jsonl');
    await writeFile(ledger, (await readFile(ledger, 'utf8')).replace('Utrecht', 'Utrecht2'));
    const found = await troubles(site.root, { clock: { now: () => Date.now() + 3_600_000 } });
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(['keys', 'data', 'ledger', 'clock']));
    expect(found.every(({ fix }) => fix !== undefined && fix.length > 10)).toBe(true);
    expect((await checkSite(site.root)).exitCode).toBe(1);
  });

  it('tells a coordinator that is away from one whose name is wrong', async () => {
    site = await SiteFixture.make();
    const path = join(site.root, 'enrolment.json');
    const enrolment = await readFile(path, 'utf8');
    await writeFile(path, enrolment.replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://127.0.0.1:9'));
    expect((await troubles(site.root)).map(({ check, sentence }) => [check, sentence])).toEqual([['connection', 'The coordinator refuses connections. It may be down.']]);
    await writeFile(path, enrolment.replace(/http:\/\/127\.0\.0\.1:\d+/, 'https://no-such-host.invalid'));
    expect((await troubles(site.root)).map(({ check }) => check)).toEqual(['name', 'connection']);
  });
});
