import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, temporaryFederationFolder } from '@consilium/cli';
import { processesIn } from '../federation/invariants.js';
import { shortPlan, simulated, wdbcSites } from '../federation/wdbc.js';
import { command, StayingCommand, type Said } from './command-line.js';

const sites = ['A', 'B', 'C', 'D'];
let folder: string;
let coordinator: StayingCommand;
const agents: StayingCommand[] = [];

beforeAll(async () => {
  folder = await temporaryFederationFolder();
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.interrupt()));
  await coordinator?.interrupt();
  await rm(folder, { recursive: true, force: true });
});

const siteFolder = (site: string): string => join(folder, `hospital-${site}`);
const centre = (...words: readonly string[]): Promise<Said> => command(...words, '--session', join(folder, 'session.json'));
const must = (said: Said): string => {
  expect(said).toMatchObject({ code: 0 });
  return said.out;
};

describe('a newcomer with nothing but the command line', () => {
  it('starts a coordinator and signs in with the password of its first start', async () => {
    const data = join(folder, 'centre');
    coordinator = await StayingCommand.start(['coordinator', 'start', '--data', data, '--port', String(await freePort())], /password is in (\S+)\. Keep it/);
    const url = /The coordinator is up: (\S+)/.exec(coordinator.said)![1]!;
    const digest = /Certificate authority \(sha256\): (\S+)/.exec(coordinator.said)![1]!;
    const signedIn = await centre('centre', 'login', '--url', url, '--ca-digest', digest, '--password-file', join(data, 'administrator-password'));
    expect(must(signedIn)).toMatch(/You are signed in as administrator/);
  });

  it('enrols four hospitals by invite, and admits each by the words of its fingerprint', async () => {
    for (const { name, table, dictionary } of await wdbcSites()) {
      const dir = siteFolder(name);
      must(await command('site', 'init', dir));
      await writeFile(join(dir, 'data/patients.csv'), table);
      await writeFile(join(dir, 'data/dictionary.json'), JSON.stringify(dictionary));
      const settings = JSON.parse(await readFile(join(dir, 'agent.json'), 'utf8')) as object;
      await writeFile(join(dir, 'agent.json'), JSON.stringify({ ...settings, tables: [{ name: 'patients', file: 'data/patients.csv', dictionary: 'data/dictionary.json', id: null }] }));
      const invite = must(await centre('centre', 'invite', name)).trim();
      const enrolled = must(await command('site', 'enrol', dir, '--invite', invite));
      const words = /Fingerprint of the site: (.*)/.exec(enrolled)![1]!;
      expect((await centre('centre', 'admit', name, 'these', 'are', 'other', 'words')).code).toBe(1);
      expect(must(await centre('centre', 'admit', name, ...words.split(' ')))).toMatch(/is admitted/);
    }
    for (const site of sites) agents.push(await StayingCommand.start(['site', 'start', siteFolder(site)], /Connected to the coordinator/));
    const listed = must(await centre('centre', 'sites'));
    for (const site of sites) expect(listed).toMatch(new RegExp(`${site}\\s+admitted\\s+yes`));
    expect(must(await command('site', 'check', siteFolder('A')))).toMatch(/The site is ready/);
  });

  it('has a plan approved by every steward, and nobody can launch it before', async () => {
    must(await centre('study', 'create', 'wdbc', ...sites));
    const plan = /The plan (\w+)/.exec(must(await centre('plan', 'upload', shortPlan, '--sign')))![1]!;
    expect(await centre('run', 'launch', plan)).toMatchObject({ code: 1, notes: expect.stringMatching(/A, B, C, D have not approved plan/) as string });
    for (const site of sites) {
      await expect.poll(async () => (await command('site', 'plans', siteFolder(site))).out, { timeout: 10_000 }).toMatch(/waits for you/);
      expect(must(await command('site', 'approve', plan, '--dir', siteFolder(site)))).toMatch(/approved until .* under the profile open-data/);
    }
    await expect.poll(async () => (await centre('plan', 'show', plan)).out.match(/approved/g)?.length, { timeout: 10_000 }).toBe(4);
  });

  it('runs it over the network, and finds results.json byte for byte as the simulation wrote it', async () => {
    const plan = /^([0-9a-f]{8,})\s+wdbc/m.exec(must(await centre('plan', 'list')))![1]!;
    const launched = await centre('run', 'launch', plan, '--watch');
    const run = /Run (\w+) is launched with A, B, C, D/.exec(must(launched))![1]!;
    expect(launched.out).toMatch(/is closed/);
    const out = join(folder, 'report');
    expect(must(await centre('report', run, '--out', out))).toMatch(/results\.json, run\.json and \d+ CSV files/);
    expect(await readFile(join(out, 'results.json'), 'utf8')).toBe(await simulated(shortPlan));
    expect((await readdir(out)).length).toBeGreaterThan(10);
  }, 300_000);

  it('finds at each hospital a whole ledger of what left, with no patient identifier in it', async () => {
    for (const site of sites) {
      expect(must(await command('site', 'ledger', 'verify', '--dir', siteFolder(site)))).toMatch(/The ledger is whole: \d+ records/);
      expect(must(await command('site', 'ledger', '--dir', siteFolder(site)))).toMatch(/contributions/);
      expect(await readFile(join(siteFolder(site), 'ledger/ledger.jsonl'), 'utf8')).not.toMatch(/P\d{4}/);
    }
  });

  it('stops everything in order with Ctrl-C, and nothing is left running', async () => {
    for (const agent of agents) expect(await agent.interrupt()).toBe(0);
    expect(await coordinator.interrupt()).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
  });
});
