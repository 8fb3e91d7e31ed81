import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { patientsCsv, planText, SiteFixture, totalsQuestion } from '@consilium/site-agent/testing';
import { runCommandLine } from './program.js';
import type { Terminal } from './terminal.js';

let site: SiteFixture | undefined;
const folders: string[] = [];
afterEach(async () => {
  await site?.end();
  site = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ out: string; notes: string; code: number }> {
  let [out, notes, code] = ['', '', 0];
  const terminal: Terminal = {
    out: (text) => void (out += `${text}\n`),
    note: (text) => void (notes += `${text}\n`),
    status: () => undefined,
    interactive: false,
    now: () => 0,
    exitCode: (value) => void (code = value),
  };
  await runCommandLine(args, terminal);
  return { out, notes, code };
}

describe('consilium site', () => {
  it('makes a folder once, and says what comes next', async () => {
    folders.push(await mkdtemp(join(tmpdir(), 'cli-site-')));
    const first = await run('site', 'init', folders[0]!);
    expect(first.out).toMatch(/The site folder is made.*Fingerprint of the site: (\w+ ){9}\w+/s);
    expect((await run('site', 'init', folders[0]!)).out).toMatch(/was there before. Nothing in it was replaced/);
  });

  it('refuses in one sentence with a code: no folder, no enrolment, a bad invite', async () => {
    folders.push(await mkdtemp(join(tmpdir(), 'cli-site-')));
    expect(await run('site', 'start', folders[0]!)).toMatchObject({ code: 1, notes: expect.stringMatching(/^E300: The folder is not a site folder/) as string });
    await run('site', 'init', folders[0]!);
    expect(await run('site', 'start', folders[0]!)).toMatchObject({ code: 1, notes: expect.stringMatching(/^E313: The site is not enrolled/) as string });
    expect(await run('site', 'enrol', folders[0]!, '--invite', 'x')).toMatchObject({ code: 1, notes: expect.stringMatching(/^E314:/) as string });
    expect(await run('site', 'plans', folders[0]!, '--loud')).toMatchObject({ code: 2 });
  });

  it('checks a site: 0 when all is well, 4 where there is none', async () => {
    site = await SiteFixture.make();
    expect(await run('site', 'check', site.root)).toMatchObject({ code: 0, out: expect.stringContaining('The site is ready.') as string });
    expect((await run('site', 'check', tmpdir())).code).toBe(4);
  });

  it('shows plans, approves one by the beginning of its digest, withdraws it, and tells the coordinator each time', async () => {
    site = await SiteFixture.make();
    await site.start();
    expect((await run('site', 'plans', site.root)).out).toBe('No plan was offered yet.\n');
    const plan = await site.coordinator.offer(planText());
    const { root } = site;
    await site.until(async () => expect((await run('site', 'plans', root)).out).toMatch(/A plan of two sites.*waits for you/));
    expect((await run('site', 'approve', plan.slice(0, 6), '--dir', root, '--days', 'many')).code).toBe(2);
    const approved = await run('site', 'approve', plan.slice(0, 6), '--dir', root, '--days', '30');
    expect(approved.out).toMatch(/A plan of two sites: approved until \d{4}-\d\d-\d\d, under the profile standard\.\nThe plan uses 60 patients/);
    expect((await site.coordinator.next('decision')).message.decision).toBe('approved');
    expect((await run('site', 'withdraw', plan.slice(0, 6), '--dir', root)).out).toMatch(/nothing is sent for this plan/);
    expect((await site.coordinator.next('decision', 1)).message.decision).toBe('withdrawn');
  });

  it('lets extraction rest and go on, whether the agent is up or not, and says which', async () => {
    site = await SiteFixture.make();
    const { root } = site;
    const extraction = (what: string) => run('site', 'extraction', what, '--dir', root);
    expect((await extraction('state')).out).toMatch(/^Extraction is not paused/);
    const paused = await extraction('pause');
    expect(paused.out).toMatch(/^Extraction is paused since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\./);
    // A second pause is no new one.
    expect((await extraction('pause')).out).toBe(paused.out);
    expect(await extraction('stop')).toMatchObject({ code: 2 });
    expect((await extraction('resume')).out).toMatch(/^Extraction is not paused/);
    expect(await run('site', 'extraction', 'pause', '--dir', tmpdir())).toMatchObject({ code: 1, notes: expect.stringMatching(/^E300/) as string });
  });

  it('lists, verifies and exports the ledger, and names the record at which it was altered', async () => {
    site = await SiteFixture.make();
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    await site.coordinator.next('answers');
    expect((await run('site', 'ledger', '--dir', site.root)).out).toMatch(/contributions +moments\/totals: 1 parts, \d+ bytes/);
    expect((await run('site', 'ledger', 'verify', '--dir', site.root)).out).toMatch(/The ledger is whole: 4 records/);
    const file = join(site.root, 'export.csv');
    await run('site', 'ledger', 'export', '--dir', site.root, '--out', file);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(6);
    const path = join(site.root, 'ledger/ledger.jsonl');
    await site.agent!.stop();
    await writeFile(path, (await readFile(path, 'utf8')).replace('moments/totals', 'moments/total5'));
    expect(await run('site', 'ledger', 'verify', '--dir', site.root)).toMatchObject({ code: 1, notes: expect.stringMatching(/^The ledger breaks at record 4: it is altered/) as string });
  });

  it('does not approve a plan that the table does not fit, and says which column and row', async () => {
    site = await SiteFixture.make({}, patientsCsv().replace('40.25', 'forty'));
    await site.start();
    const plan = await site.coordinator.offer(planText());
    const { root } = site;
    await site.until(async () => expect((await run('site', 'plans', root)).out).toContain('waits for you'));
    const refused = await run('site', 'approve', plan.slice(0, 6), '--dir', root);
    expect(refused).toMatchObject({ code: 1, notes: expect.stringMatching(/Column age .* Row 2\..*not approved, and nothing was sent/s) as string });
  });
});
