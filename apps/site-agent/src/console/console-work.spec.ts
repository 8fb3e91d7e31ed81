import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { momentTotals } from '@consilium/federation';
import { startAgent } from '../agent/start-agent.js';
import { CohortReader, requireUsable } from '../data/cohort.js';
import { ConsoleClient, freePort } from '../fixtures/console-client.js';
import { writeSeriesCase } from '../fixtures/dicom-fixture.js';
import { writeCase } from '../fixtures/image-fixture.js';
import { planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { readSettings } from '../settings/agent-settings.js';
import { siteFolder } from '../folder/site-folder.js';
import { setConsolePassword } from './console-password.js';

const PASSWORD = 'twelve or more of them';
let site: SiteFixture;
let steward: ConsoleClient;
const plans: { first: string; second: string } = { first: '', second: '' };

const get = async (path: string) => (await steward.call('GET', path)).body as Record<string, never>;
const settingsOf = () => readSettings(siteFolder(site.root), {});

beforeAll(async () => {
  site = await SiteFixture.make({ images: { kind: 'folders', root: 'images', image: '{patient}/{sequence}/image', mask: '{patient}/{sequence}/mask' } });
  const images = join(site.root, 'images');
  await writeCase(images, { patient: 'P000', sequence: 'T1', seed: 1 });
  await writeCase(images, { patient: 'P000', sequence: 'T2', seed: 2, region: false });
  await writeCase(images, { patient: 'P001', sequence: 'T1', seed: 3 });
  const port = await freePort();
  await setConsolePassword(site.root, { password: PASSWORD, port });
  await site.start();
  steward = new ConsoleClient(port);
  await site.until(() => steward.signIn(PASSWORD));
  plans.first = await site.coordinator.offer(planText());
  plans.second = await site.coordinator.offer(planText({ title: 'A second plan', sites: ['Leiden', 'Delft'] }));
  await site.until(async () => expect(await get('/api/plans')).toHaveLength(2));
});
afterAll(() => site.end());

describe('plans in the console', () => {
  it('are read with the text, the key under them, the limits that hold here and what the data say to them', async () => {
    const plan = await get(`/api/plans/${plans.first.slice(0, 12)}`);
    expect(plan).toMatchObject({ digest: plans.first, title: 'A plan of two sites', disclosure: 'standard', decision: null, limits: { minimumCell: 5, minimumPatients: 20 }, fit: { patients: 60, events: 20, problems: [] }, earlier: [] });
    expect(String(plan['signedBy']).split(' ').length).toBeGreaterThan(5);
    expect((await steward.call('GET', '/api/plans/ffffffff')).status).toBe(404);
  });

  it('are rehearsed on the data of the site, with a sample of every payload, and nothing is sent', async () => {
    const answers = site.coordinator.of('answers').length;
    const review = (await get(`/api/plans/${plans.first}/review`)) as unknown as { complete: boolean; stages: { stage: string; steps: { step: string; sample: { exact: boolean; rendering: { numbers: number } } | null }[] }[] };
    const steps = review.stages.flatMap(({ steps: of }) => of);
    expect(review.complete).toBe(true);
    expect(steps.find(({ step }) => step === 'describe/site-counts')).toMatchObject({ sample: { exact: true } });
    expect(site.coordinator.of('answers')).toHaveLength(answers);
  });

  it('are refused with a reason, and approved for a number of days; both are told to the centre', async () => {
    const before = site.coordinator.of('decision').length;
    expect((await steward.call('POST', `/api/plans/${plans.second}/refusal`, { body: { reason: '' } })).status).toBe(400);
    const refused = await steward.call('POST', `/api/plans/${plans.second}/refusal`, { body: { reason: 'no ethics vote yet' } });
    expect(refused.body).toMatchObject({ decision: { decision: 'refused', reason: 'no ethics vote yet' } });
    expect((await site.coordinator.next('decision', before)).message).toMatchObject({ plan: plans.second, decision: 'refused' });
    const approved = await steward.call('POST', `/api/plans/${plans.first}/approval`, { body: { days: 30 } });
    expect(approved.body).toMatchObject({ decision: { decision: 'approved', expired: false } });
    expect((await site.coordinator.next('decision', before + 1)).message).toMatchObject({ plan: plans.first, decision: 'approved' });
  });

  it('cannot be approved where they do not fit, and say why', async () => {
    const answer = await steward.call('POST', `/api/plans/${plans.second}/approval`, { body: { days: 30 } });
    expect([answer.status, answer.body['code'], answer.body['sentence']]).toEqual([409, 'E323', 'The plan does not name this site. It was not approved.']);
  });
});

describe('the ledger in the console', () => {
  it('shows what left, record by record with its numbers, filtered, verified and as a table', async () => {
    await site.coordinator.announce('run-1', plans.first);
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r1')]);
    await site.coordinator.next('answers');
    const { lines } = (await get('/api/ledger?event=contributions&step=moments')) as unknown as { lines: { sequence: number; steps: string[]; bytes: number; run: string }[] };
    expect(lines).toMatchObject([{ run: 'run-1', steps: ['moments/totals'] }]);
    const record = (await get(`/api/ledger/${lines[0]!.sequence}`)) as unknown as { entry: { parts: { size: number; rendering: { complete: boolean; content: { n: number[] } } }[] } };
    expect(record.entry.parts[0]).toMatchObject({ size: lines[0]!.bytes, rendering: { complete: true, content: { n: [30, 15] } } });
    expect((await get('/api/ledger?run=none'))['lines']).toEqual([]);
    expect(await get('/api/ledger/verification')).toMatchObject({ intact: true, firstBreak: null });
    const csv = await steward.call('GET', '/api/ledger/export');
    expect([csv.headers['content-type'], csv.text.split('\n')[0]!.slice(0, 17)]).toEqual(['text/csv; charset=utf-8', 'sequence,at,event']);
    expect((await steward.call('GET', '/api/ledger/999')).status).toBe(404);
  });
});

describe('settings in the console', () => {
  const change = { disclosure: { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0, parametersPerPatient: 0 }, allowedSteps: null as string[] | null, approvalDays: 90, keepDays: 30, hours: null as object | null };

  it('hold from the next question on, without a restart', async () => {
    const saved = await steward.call('PUT', '/api/settings', { body: { ...change, allowedSteps: ['describe/*'] } });
    expect([saved.status, saved.body['approvalDays']]).toEqual([200, 90]);
    const before = site.coordinator.of('answers').length;
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r2')]);
    expect((await site.coordinator.next('answers', before)).message).toMatchObject({ refusals: [{ refusal: { code: 'E308', rule: 'allowed-steps' } }] });
    await steward.call('PUT', '/api/settings', { body: { ...change, disclosure: { ...change.disclosure, minimumPatients: 46 } } });
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r3')]);
    expect((await site.coordinator.next('answers', before + 1)).message).toMatchObject({ refusals: [{ refusal: { rule: 'minimum-patients' } }] });
    await steward.call('PUT', '/api/settings', { body: change });
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r4')]);
    expect((await site.coordinator.next('answers', before + 2)).message.refusals).toEqual([]);
  });

  it('are refused as a whole where one is mistaken, and lose nothing else of agent.json', async () => {
    const text = await readFile(join(site.root, 'agent.json'), 'utf8');
    const wrong = await steward.call('PUT', '/api/settings', { body: { ...change, hours: { from: '25:00', to: '07:00' } } });
    expect([wrong.status, wrong.body['problems']]).toEqual([400, ['hours.from: Write a time of the day as 19:00.']]);
    expect(await readFile(join(site.root, 'agent.json'), 'utf8')).toBe(text);
    await steward.call('PUT', '/api/settings', { body: { ...change, hours: { from: '19:00', to: '07:00' } } });
    expect(settingsOf()).toMatchObject({ tables: [{ name: 'clinical' }], images: { kind: 'folders' }, extraction: { threads: 1, hours: { from: '19:00', to: '07:00' } } });
    expect((await get('/api/settings'))['steps']).toContainEqual({ name: momentTotals.name, kind: 'sum', leaves: 'sum' });
  });
});

describe('the stop button', () => {
  const state = () => get('/api/state?since=2026-01-01T00:00:00.000Z');

  it('ends work and connection, wipes the keys for masks, tells the centre, and lasts over a restart of the agent', async () => {
    const effects = await steward.call('POST', '/api/stop', { body: { reason: 'maintenance' } });
    expect(effects.body).toEqual({ lasting: true, connection: true, maskKeys: true });
    expect((await site.coordinator.next('stopped')).message).toMatchObject({ reason: 'maintenance' });
    expect(await state()).toMatchObject({ stopped: { reason: 'maintenance' }, connection: { state: 'closed' } });
    const greetings = site.coordinator.of('hello').length;
    await site.agent!.stop();
    site.agent = await startAgent(site.root, { compute: 'inline' });
    await site.until(() => steward.signIn(PASSWORD));
    expect(await state()).toMatchObject({ stopped: { reason: 'maintenance' }, connection: { state: 'closed' } });
    expect(site.coordinator.of('hello')).toHaveLength(greetings);
  });

  it('is lifted by the password alone, and the site answers again', async () => {
    const greetings = site.coordinator.of('hello').length;
    expect(await steward.call('POST', '/api/resume', { body: { password: 'not the password' } })).toMatchObject({ status: 403, body: { code: 'E346' } });
    expect(await state()).toMatchObject({ stopped: { reason: 'maintenance' } });
    expect((await steward.call('POST', '/api/resume', { body: { password: PASSWORD } })).body).toEqual({ stopped: null });
    await site.coordinator.next('hello', greetings);
    const before = site.coordinator.of('answers').length;
    await site.coordinator.announce('run-1', plans.first);
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r6')]);
    expect((await site.coordinator.next('answers', before)).message.refusals).toEqual([]);
    const { lines } = (await get('/api/ledger')) as unknown as { lines: { event: string }[] };
    expect(lines.map(({ event }) => event)).toEqual(expect.arrayContaining(['stopped', 'resumed']));
  });
});

describe('patients in the console', () => {
  it('have for each sequence what was found in image and mask, and a picture with the outline', async () => {
    const patient = (await get('/api/patients/P000')) as unknown as { cases: { sequence: string; state: string; quality: { flags: { kind: string }[]; region: { voxels: number; slices: { axial: number } } } }[] };
    expect(patient).toMatchObject({ place: 1, of: 60, before: null, after: 'P001', cases: [{ sequence: 'T1', state: 'read', quality: { image: { size: [10, 9, 8], spacing: [1, 1, 2] }, region: { label: 1, voxels: 6 * 5 * 4 } } }, { sequence: 'T2', state: 'read', quality: { flags: [{ severity: 'refuse' }], region: null } }] });
    const { body, status } = await steward.call('GET', `/api/patients/P000/slice?sequence=T1&plane=axial&index=${patient.cases[0]!.quality.region.slices.axial}`);
    expect([status, body]).toMatchObject([200, { width: 10, height: 9, count: 8, pixel: [1, 1], outline: 'M2 2h6M2 7h6M2 2v5M8 2v5' }]);
    expect(Buffer.from(String(body['grey']), 'base64')).toHaveLength(90);
    expect((await steward.call('GET', '/api/patients/P000/slice?sequence=ADC&plane=axial&index=0')).status).toBe(404);
    expect((await steward.call('GET', '/api/patients/nobody')).status).toBe(404);
  });

  it('are read for several people at once, each whole', async () => {
    await rm(join(site.root, 'quality'), { recursive: true });
    await mkdir(join(site.root, 'quality'));
    const asked = ['/api/patients', '/api/patients/P000', '/api/patients/P001', '/api/patients/P000', '/api/patients'].map((path) => steward.call('GET', path));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await site.until(async () => expect((await get('/api/patients'))['scanning']).toBeNull());
    expect((await readdir(join(site.root, 'quality'))).filter((name) => name.endsWith('.json'))).toHaveLength(3);
  });

  it('stand in a grid by their worst flag, and are read in the background', async () => {
    const grid = await site.until(async () => {
      const found = (await get('/api/patients')) as unknown as { scanning: object | null; sequences: string[]; patients: { patient: string; cells: object[] }[] };
      expect(found.patients[1]!.cells[0]).toMatchObject({ state: expect.stringMatching(/well|flagged/) as string });
      return found;
    });
    expect(grid.sequences).toEqual(['T1', 'T2']);
    expect(grid.patients).toHaveLength(60);
    expect(grid.patients[0]!.cells[1]).toMatchObject({ state: 'refused' });
    expect(grid.patients[1]!.cells[1]).toMatchObject({ state: 'no-image' });
  });

  it('that are excluded, with a reason, are in no row of this site; a run that began with them is refused', async () => {
    expect((await steward.call('POST', '/api/patients/P001/review', { body: { decision: 'excluded', reason: '' } })).status).toBe(400);
    const excluded = await steward.call('POST', '/api/patients/P001/review', { body: { decision: 'excluded', reason: 'wrong patient' } });
    expect(excluded.body).toMatchObject({ runs: 1, reviews: [{ decision: 'excluded', reason: 'wrong patient' }] });
    const reader = () => new CohortReader(site.root, settingsOf().tables);
    expect(reader().read().table.pseudonyms).not.toContain('P001');
    expect(reader().readUnreviewed().table.pseudonyms).toContain('P001');
    const before = site.coordinator.of('answers').length;
    await site.coordinator.ask(plans.first, [totalsQuestion('run-1', 'r5')]);
    expect((await site.coordinator.next('answers', before)).message).toMatchObject({ refusals: [{ refusal: { code: 'E311' } }] });
    // A plan without limits: under the others, sets of patients that differ by one are refused for that.
    const open = await site.coordinator.offer(planText({ disclosure: 'open-data' }));
    await site.until(async () => expect((await steward.call('POST', `/api/plans/${open}/approval`, { body: { days: 3 } })).status).toBe(200));
    await site.coordinator.announce('run-2', open);
    await site.coordinator.ask(open, [totalsQuestion('run-2', 'r1')]);
    await site.coordinator.next('answers', before + 1);
    const { lines } = (await get('/api/ledger?run=run-2')) as unknown as { lines: { sequence: number }[] };
    const record = (await get(`/api/ledger/${lines[0]!.sequence}`)) as unknown as { entry: { parts: { rendering: { content: { n: number[] } } }[] } };
    // 45 training rows with P001, who did not have the event.
    expect(record.entry.parts[0]!.rendering.content.n).toEqual([29, 15]);
    await steward.call('POST', '/api/patients/P001/review', { body: { decision: 'reset' } });
    expect(reader().read().digest).toBe(reader().readUnreviewed().digest);
  });

  it('of whose folder several series could be meant wait for a choice, which is then drawn; extraction can rest', async () => {
    await writeSeriesCase(join(site.root, 'images'), { patient: 'P002', sequence: 'T1', seeds: [4, 5] });
    const t1 = (body: unknown) => (body as { cases: { quality: { flags: { kind: string }[]; image: object | null; series: { chosen: string | null; by: string; candidates: { id: string; description: string }[] } } }[] }).cases[0]!.quality;
    const before = t1(await get('/api/patients/P002'));
    expect(before).toMatchObject({ flags: [{ kind: 'series' }], image: null, series: { chosen: null, by: 'nobody', candidates: [{ description: 'Series 4' }, { description: 'Series 5' }] } });
    const choose = (series: string | null) => steward.call('POST', '/api/patients/P002/series', { body: { sequence: 'T1', series } });
    expect((await choose('0'.repeat(12))).status).toBe(404);
    const { id } = before.series.candidates[1]!;
    const chosen = await choose(id);
    expect(t1(chosen.body)).toMatchObject({ image: { size: [10, 9, 8] }, series: { chosen: id, by: 'hospital' } });
    expect(chosen.body).toMatchObject({ choices: [{ sequence: 'T1', series: id }] });
    expect(t1((await choose(null)).body).series).toMatchObject({ chosen: null, by: 'nobody' });
    await writeSeriesCase(join(site.root, 'images'), { patient: 'P003', sequence: 'T1', seeds: [5, 6] });
    const remember = async (series: string | null) => t1((await steward.call('POST', '/api/patients/P002/series', { body: { sequence: 'T1', series, remember: true } })).body).series;
    expect(await remember(id)).toMatchObject({ chosen: id, by: 'hospital' });
    const other = t1(await get('/api/patients/P003')).series;
    expect(other).toMatchObject({ chosen: other.candidates.find(({ description }) => description === 'Series 5')!.id, by: 'remembered' });
    expect(await remember(null)).toMatchObject({ chosen: null, by: 'nobody' });
    expect(t1(await get('/api/patients/P003')).series).toMatchObject({ chosen: null, by: 'nobody' });
    expect((await steward.call('POST', '/api/patients/P002/extraction', { body: { sequence: 'T1' } })).body).toEqual({ plans: 0 });
    expect((await steward.call('POST', '/api/extraction/pause', { body: {} })).body).toMatchObject({ rest: { at: expect.any(String) as string } });
    expect((await steward.call('POST', '/api/extraction/resume', { body: {} })).body).toMatchObject({ rest: null });
  });

  it('are nobody while the record of who is excluded is damaged', async () => {
    await writeFile(join(site.root, 'reviews.json'), '{"format":1');
    const cohort = new CohortReader(site.root, settingsOf().tables).read();
    expect(() => requireUsable(cohort, [])).toThrow(expect.objectContaining({ code: 'E521' }) as Error);
  });
});
