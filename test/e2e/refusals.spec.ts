import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalFederation, temporaryFederationFolder, type LocalAgent } from '@consilium/cli';
import { testCluster } from '@consilium/database/testing';
import { createIdentity, createIdentityFile } from '@consilium/secure-channel';
import { readLedger } from '@consilium/site-agent';
import { planText, shortPlan, wdbcSites } from '../federation/wdbc.js';
import { command } from './command-line.js';

let federation: LocalFederation;
let plan: string;

beforeAll(async () => {
  const folder = await temporaryFederationFolder();
  await testCluster(join(folder, 'centre/database'));
  federation = await LocalFederation.prepare({ folder, study: 'wdbc', sites: await wdbcSites() });
  plan = await federation.approvePlan(await planText(shortPlan));
}, 120_000);
afterAll(async () => {
  await federation?.stop();
  if (federation) await rm(federation.folder, { recursive: true, force: true });
});

const agentOf = (site: string): LocalAgent => federation.agents.get(site)!;
const machine = (name: string): string => fileURLToPath(new URL(`./machines/${name}.mjs`, import.meta.url));

interface Line {
  readonly code?: string;
  readonly msg: string;
}

/** What a log has said under a code since its first `from` characters. */
async function sentence(logFile: string, code: string, from: number): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const lines = (await readFile(logFile, 'utf8')).slice(from).split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Line).find((line) => line.code === code)?.msg;
  };
  await expect.poll(find, { timeout: 60_000, interval: 100, message: `${code} in a log` }).toBeDefined();
  return (await find())!;
}

const lengthOf = async (file: string): Promise<number> => (await readFile(file, 'utf8').catch(() => '')).length;

/** Starts a site's agent again after a change, and gives what both ends say under the code. */
async function refusal(site: string, code: string, preload: readonly string[] = []): Promise<{ agent: string; centre: string }> {
  const agent = agentOf(site);
  const [atAgent, atCentre] = [await lengthOf(agent.logFile), await lengthOf(federation.coordinator.logFile)];
  await agent.start({ preload });
  try {
    const said = { agent: await sentence(agent.logFile, code, atAgent), centre: await sentence(federation.coordinator.logFile, code, atCentre) };
    expect(await federation.connected()).not.toContain(site);
    return said;
  } finally {
    await agent.stop();
  }
}

/** Puts a file back as it was when the work is done. */
async function withChanged<T>(file: string, change: (text: string) => string | Promise<string>, work: () => Promise<T>): Promise<T> {
  const text = await readFile(file, 'utf8');
  const changed = await change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}

const contributionsOf = async (site: string): Promise<number> => {
  let count = 0;
  for await (const { entry } of readLedger(agentOf(site).folder.ledger)) if (entry?.event === 'contributions') count++;
  return count;
};

describe('a steward is told before anything is sent', () => {
  let strictPlan: string;
  beforeAll(async () => {
    strictPlan = await federation.offerPlan((await planText(shortPlan)).replace('"open-data"', '"standard"'));
  });
  const approve = (site: string) => command('site', 'approve', strictPlan, '--dir', agentOf(site).root);
  const table = (site: string): string => join(agentOf(site).root, 'data/patients.csv');
  const rows = (text: string, keep: (cells: string[], index: number) => boolean): string => {
    const [header, ...lines] = text.trim().split('\n');
    return [header, ...lines.filter((line, index) => keep(line.split(','), index))].join('\n');
  };

  it('that the table lacks a column', async () => {
    const said = await withChanged(table('A'), (text) => text.replace('mean_texture', 'texture_mean'), () => approve('A'));
    expect(said).toMatchObject({ code: 1, notes: expect.stringMatching(/^E323: The plan needs a column that the table lacks: mean_texture\.\nThe plan was not approved, and nothing was sent\./) as string });
  });

  it('that a number column has letters, in which column and row', async () => {
    const said = await withChanged(table('B'), (text) => {
      const lines = text.split('\n');
      const column = lines[0]!.split(',').indexOf('mean_texture');
      lines[3] = lines[3]!.split(',').map((cell, index) => (index === column ? 'high' : cell)).join(',');
      return lines.join('\n');
    }, () => approve('B'));
    expect(said.code).toBe(1);
    expect(said.notes).toMatch(/mean_texture/);
    expect(said.notes).toMatch(/The plan was not approved, and nothing was sent\./);
  });

  it('that there are too few patients', async () => {
    const said = await withChanged(table('C'), (text) => rows(text, (_, index) => index < 12), () => approve('C'));
    expect(said.notes).toMatch(/There are 12 patients; figures of this site alone need 20 and will be suppressed\./);
  });

  it('that all patients have the same outcome', async () => {
    const said = await withChanged(table('D'), (text) => rows(text, (cells) => cells[4] === '1'), () => approve('D'));
    expect(said.notes).toMatch(/All patients have the same outcome\. Figures that need two classes cannot be made here\./);
  });

  it('and nothing has left any site', async () => {
    expect(await Promise.all(['A', 'B', 'C', 'D'].map(contributionsOf))).toEqual([0, 0, 0, 0]);
  });
});

describe('the centre', () => {
  const centre = (...words: readonly string[]) => command(...words, '--session', federation.sessionFile);

  it('admits nobody by other words than those of the key', async () => {
    const dir = join(federation.folder, 'hospital-e');
    await command('site', 'init', dir);
    const invite = (await centre('centre', 'invite', 'E')).out.trim();
    expect((await command('site', 'enrol', dir, '--invite', invite)).out).toMatch(/Fingerprint of the site:( [a-z]+){10}/);
    expect((await centre('centre', 'admit', 'E', 'these', 'are', 'other', 'words')).code).toBe(1);
    expect((await centre('centre', 'sites')).out).not.toMatch(/E +admitted/);
  });

  it('launches no plan that a site has not approved', async () => {
    const digest = await federation.offerPlan((await planText(shortPlan)).replace('"open-data"', '"strict"'));
    expect(await centre('run', 'launch', digest)).toMatchObject({ code: 1, notes: expect.stringMatching(/A, B, C, D have not approved plan/) as string });
  });
});

describe('an agent is refused, with one sentence at both ends,', () => {
  beforeAll(() => agentOf('D').stop());

  it('fault 26: when its clock is wrong', async () => {
    const { agent, centre } = await refusal('D', 'E108', [machine('clock-ten-minutes-fast')]);
    expect(agent).toMatch(/clock/);
    expect(centre).toMatch(/clock/);
  });

  it('fault 29: when it speaks an older protocol', async () => {
    const { agent, centre } = await refusal('D', 'E106', [machine('older-release')]);
    expect(agent).toBe('The agent speaks protocol 0, the coordinator 1. Update the site agent.');
    expect(centre).toBe(agent);
  });

  it('when the coordinator is not the one of its invite', async () => {
    const file = agentOf('D').folder.enrolment;
    const other = createIdentity().publicKey;
    const { agent, centre } = await withChanged(file, (text) => JSON.stringify({ ...(JSON.parse(text) as object), coordinatorKey: other }), () => refusal('D', 'E101'));
    expect(agent).toBe("The coordinator's key is not the one of the invite. Nothing was sent to it.");
    expect(centre).toBe('The agent refused this coordinator: The coordinator shows another key than the invite.');
  });

  it('when its key is not the one that was admitted', async () => {
    const fresh = join(federation.folder, 'another-identity.json');
    await createIdentityFile(fresh);
    const { agent, centre } = await withChanged(agentOf('D').folder.identity, () => readFile(fresh, 'utf8'), () => refusal('D', 'E102'));
    expect(agent).toMatch(/does not know this key/);
    expect(centre).toMatch(/does not know this key/);
  });

  it('when the plan on its disk was altered after the approval: the run says so and nothing of the site is sent', async () => {
    const file = join(agentOf('D').folder.plans, `${plan}.json`);
    const reason = await withChanged(file, (text) => text.replace('\\"threshold\\":0.9', '\\"threshold\\":0.8'), async () => {
      await agentOf('D').start();
      await federation.untilConnected();
      const run = await federation.launch(plan);
      return federation.untilEnded(run).then(() => 'closed', (error: Error) => error.message);
    });
    expect(reason).toMatch(/D gives no key for the masks: The plan does not match its digest or signature\./);
    expect(await contributionsWithParts('D')).toBe(0);
    const refused = (await command('site', 'ledger', '--dir', agentOf('D').root)).out;
    expect(refused).toMatch(/mask-key .*refused/);
  });

  it('when its key is revoked: on the live connection within five seconds, and when it comes back', async () => {
    const agent = agentOf('D');
    await expect.poll(() => federation.connected(), { timeout: 30_000 }).toContain('D');
    const [atAgent, atCentre] = [await lengthOf(agent.logFile), await lengthOf(federation.coordinator.logFile)];
    const revoked = await command('centre', 'revoke', 'D', '--reason', 'the laptop was stolen', '--session', federation.sessionFile);
    expect(revoked.out).toMatch(/D is revoked/);
    await expect.poll(() => federation.connected(), { timeout: 5_000, interval: 100 }).not.toContain('D');
    expect(await sentence(agent.logFile, 'E103', atAgent)).toMatch(/revoked/);
    await agent.stop();
    await agent.start();
    expect(await sentence(federation.coordinator.logFile, 'E103', atCentre)).toMatch(/revoked/);
    expect(await federation.connected()).not.toContain('D');
  });
});

async function contributionsWithParts(site: string): Promise<number> {
  let count = 0;
  for await (const { entry } of readLedger(agentOf(site).folder.ledger)) if (entry?.event === 'contributions') count += entry.parts.length;
  return count;
}
