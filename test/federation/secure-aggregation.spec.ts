import { setTimeout as sleep } from 'node:timers/promises';
import type { RunProgram } from '@consilium/coordinator';
import { momentTotals, type Federation } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { agentErrors } from '@consilium/protocol';
import { addWords, maskBlocks, numbersOf, readMaskedTerm, sumRing, wordsOf } from '@consilium/secure-aggregation';
import { createIdentity } from '@consilium/secure-channel';
import { approvePlan } from '@consilium/site-agent';
import { parseTable } from '@consilium/tables';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, MaskedNetwork, maskedPlan, sites, tables } from './masked-network.js';

const view = { outcome: 'y', features: ['age'], rows: [] };
const ROUNDS = 3;

/** Three sums one after another, the last of two at once. */
const ask = async (federation: Federation): Promise<string> => {
  const found: unknown[] = [];
  for (let round = 0; round < ROUNDS - 1; round++) {
    const { sums, sites: over } = await federation.sum(momentTotals, { view, parameters: null });
    found.push([...sums.n, ...sums.totals], over);
  }
  const both = await federation.inParallel([0, 1].map(() => async (branch) => [...(await branch.sum(momentTotals, { view, parameters: null })).sums.totals]));
  return JSON.stringify([found, both]);
};
const program: RunProgram = (federation) => ask(federation);

const inProcess = (over: readonly string[]): Promise<string> =>
  ask(inProcessFederation({ tables: new Map(over.map((site) => [site, parseTable(tables.get(site)!).table])), profile: 'open-data' }));

/** A site's own term, as a coordinator would like to have it. */
async function termOf(site: string): Promise<Record<string, Float64Array>> {
  const alone = inProcessFederation({ tables: new Map([[site, parseTable(tables.get(site)!).table]]), profile: 'open-data' });
  return (await alone.sum(momentTotals, { view, parameters: null })).sums;
}

let network: MaskedNetwork;
beforeAll(async () => {
  network = await MaskedNetwork.open(program);
});
afterAll(() => network.close());
afterEach(() => {
  network.onMessage = () => Promise.resolve(true);
});

const answersOf = (from: number) => network.heard.slice(from).filter(({ head }) => head.type === 'answers');

/** Every row of every table, as bytes. */
async function databaseBytes(): Promise<Buffer> {
  const client = new pg.Client({ connectionString: network.database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`);
    const pieces: Buffer[] = [];
    for (const { name } of rows) {
      for (const row of (await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`)).rows) {
        for (const value of Object.values(row)) pieces.push(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value) ?? ''));
      }
    }
    return Buffer.concat(pieces);
  } finally {
    await client.end();
  }
}

describe('a run whose sums are masked', () => {
  it('fault 43: finds the sums of the simulation to the bit, and neither the wire nor the database holds a term', async () => {
    await network.approve(maskedPlan());
    const from = network.heard.length;
    const run = await network.launch();
    expect(await network.ended(run)).toMatchObject({ state: 'closed', text: await inProcess(sites) });
    const answers = answersOf(from);
    expect(answers.length).toBe(sites.length * ROUNDS);
    const everything = Buffer.concat([await databaseBytes(), ...network.heard.slice(from).map(({ body, head }) => Buffer.concat([body, Buffer.from(JSON.stringify(head))]))]);
    for (const site of sites) {
      const term = await termOf(site);
      const [total] = term['totals']!;
      const bare = readMaskedTerm(maskBlocks(term, [], sites.length)).words;
      // Counts are the same numbers as others; the totals of ages are a site's own.
      expect(everything.includes(Buffer.from(Float64Array.of(total!).buffer)), `the total of ${site}`).toBe(false);
      expect(everything.includes(String(total)), `the total of ${site} in words`).toBe(false);
      const at = bare.length - 2 * sumRing.words;
      expect(everything.includes(Buffer.from(bare.slice(at, at + sumRing.words).buffer)), `an element of ${site}`).toBe(false);
    }
  });

  it('gives a coordinator that keeps everything no term and no sum over fewer sites than all', async () => {
    const from = network.heard.length;
    await network.ended(await network.launch());
    const first = sites.map((site) => answersOf(from).find((one) => one.site === site)!.body);
    for (let chosen = 1; chosen < 1 << sites.length; chosen++) {
      const group = sites.filter((_, i) => (chosen >> i) & 1);
      const masked = new Float64Array(readMaskedTerm(first[0]!).words.length);
      const bare = new Float64Array(masked.length);
      for (const site of group) {
        addWords(masked, readMaskedTerm(first[sites.indexOf(site)]!).words, 1);
        addWords(bare, readMaskedTerm(maskBlocks(await termOf(site), [], sites.length)).words, 1);
      }
      const [found, wished] = [masked, bare].map((digits) => numbersOf(sumRing, wordsOf(sumRing, digits)));
      const same = [...found!].filter((x, i) => x === wished![i]).length;
      expect(same, group.join()).toBe(group.length === sites.length ? wished!.length : 0);
    }
  });

  it('is right when a site falls away at any of its messages and comes back', async () => {
    const expected = await inProcess(sites);
    for (let lost = 0; lost <= ROUNDS; lost++) {
      let seen = 0;
      network.onMessage = async ({ site, head }) => {
        if (site !== sites[lost % sites.length] || (head.type !== 'session' && head.type !== 'answers') || seen++ !== lost) return true;
        const agent = network.agents.get(site)!;
        void agent.stop().then(() => network.startAgent(site));
        return false;
      };
      const run = await network.launch();
      expect(await network.ended(run), `message ${lost}`).toMatchObject({ state: 'closed', text: expected });
    }
  }, 120_000);

  it('asks under new keys, as a new attempt, what the coordinator had asked when it was stopped', async () => {
    let stopped: Promise<boolean> | undefined;
    network.onMessage = async ({ site, head }) => {
      if (stopped || head.type !== 'answers' || site !== 'C') return !stopped;
      stopped = network.coordinator.stop();
      return false;
    };
    const run = await network.launch();
    await eventually(async () => expect(stopped).toBeDefined());
    await stopped;
    for (const agent of network.agents.values()) await agent.stop();
    network.onMessage = () => Promise.resolve(true);
    await network.startCoordinator();
    await redirectAgents();
    expect(await network.ended(run)).toMatchObject({ state: 'closed', text: await inProcess(sites) });
    const client = new pg.Client({ connectionString: network.database.url });
    await client.connect();
    const { rows } = await client.query<{ attempt: number; masked: string }>(`SELECT max(attempt)::int AS attempt, min(outcome->>'masked') AS masked FROM round WHERE run = $1`, [run]);
    await client.end();
    expect(rows[0]).toEqual({ attempt: 2, masked: 'true' });
  }, 60_000);
});

describe('a run that loses a site for good', () => {
  it('ends each sum whole over the survivors where the plan allows it; else it waits with a sentence, until people resume it without the site', async () => {
    for (const [rule, version] of [['survivors', 3], ['fail', 4]] as const) {
      await network.approve(maskedPlan(`onDropOut: ${rule}\nquorum: 3\ndeadline: 1 hour\n`).replace('version: 1\n', `version: ${version}\n`));
      for (const lost of [0, 2]) {
        let seen = 0;
        const from = network.heard.length;
        let gone: Promise<void> | undefined;
        network.onMessage = async ({ site, head }) => {
          if (site !== 'D' || gone) return site !== 'D';
          if ((head.type !== 'session' && head.type !== 'answers') || seen++ !== lost) return true;
          gone = network.agents.get('D')!.stop();
          return false;
        };
        const run = await network.launch();
        await eventually(async () => expect(gone).toBeDefined());
        await gone;
        network.later += 2 * 3_600_000;
        const ended = await network.ended(run);
        if (rule === 'survivors') expect(ended).toMatchObject({ state: 'closed', text: (await inProcess(['A', 'B', 'C'])) });
        else expect(ended).toMatchObject({ state: 'paused', reason: expect.stringContaining('D did not answer before the deadline') });
        if (rule === 'fail') {
          await expect(network.coordinator.services.runs.resume(run, ['C', 'D'], 'tester')).rejects.toThrow('2 of the 3 sites that the plan demands');
          await network.coordinator.services.runs.resume(run, ['D'], 'tester');
          expect(await network.ended(run)).toMatchObject({ state: 'closed', text: await inProcess(['A', 'B', 'C']) });
        }
        for (const { body } of answersOf(from)) for (const site of sites) expect(Buffer.from(body).includes(Buffer.from((await termOf(site))['totals']!.buffer))).toBe(false);
        network.onMessage = () => Promise.resolve(true);
        await network.startAgent('D');
        await eventually(async () => expect(network.coordinator.services.sessions.connected.has('D')).toBe(true));
      }
    }
  }, 120_000);
});

describe('a coordinator that lies', () => {
  it('about the key of a site is found out by the approvals, and gets nothing', async () => {
    const { plans } = network.coordinator.services;
    const own = plans.participants.bind(plans);
    const impostor = createIdentity();
    plans.participants = async (plan) => {
      const told = await own(plan);
      if (!told) return told;
      const list = told.sites.map((one) => (one.site === 'B' ? { ...one, key: impostor.publicKey } : one));
      const text = [plan.digest, ...list.map(({ site, key }) => `${key} ${site}`)].join('\n');
      return { sites: list, signature: network.coordinator.identity.signText('participants', text) };
    };
    const { digest, ...plan } = await plans.find(network.plan);
    network.coordinator.services.desk.offer({ digest, ...plan });
    await sleep(300);
    await network.coordinator.services.runs.launch(network.plan, 'tester').then(async ({ id }) => {
      const ended = await network.ended(id);
      expect(ended).toMatchObject({ state: 'paused', reason: expect.stringContaining('other keys than when it was approved') });
      await network.coordinator.services.runs.cancel(id, 'tester');
    });
    // The site in whose name it speaks will not approve it either.
    await expect(approvePlan(network.root('B'), network.plan)).rejects.toMatchObject({ code: agentErrors.participantsChanged.code });
    plans.participants = own;
    network.coordinator.services.desk.offer({ digest, ...plan });
    await eventually(async () => expect((await approvePlan(network.root('B'), network.plan)).decision.participants).toMatch(/^[0-9a-f]{64}$/));
  }, 60_000);
});

/** The coordinator listens on another port after it was started again. */
async function redirectAgents(): Promise<void> {
  const { readFile, writeFile } = await import('node:fs/promises');
  for (const site of sites) {
    const path = `${network.root(site)}/enrolment.json`;
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), url: network.coordinator.url }));
    await network.startAgent(site);
  }
}
