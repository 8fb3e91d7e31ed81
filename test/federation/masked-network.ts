import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordinator, type Coordinator, type RunProgram } from '@consilium/coordinator';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import { approvePlan, enrolSite, initSite, startAgent, type RunningAgent } from '@consilium/site-agent';

/** What the coordinator holds in its hands, decrypted: more than anybody on the wire sees. */
export interface Heard {
  readonly site: string;
  readonly head: { readonly type: string };
  readonly body: Uint8Array;
}

export const sites = ['A', 'B', 'C', 'D'] as const;

export const maskedPlan = (more = ''): string => `
consilium: 1
title: Sums under masks
version: 1
study: masks
sites: [A, B, C, D]
seed: seed
disclosure: open-data
outcome: { column: y, type: binary }
models: [{ name: age-alone, inputs: [{ columns: [age] }] }]
${more}`;

const csv = (site: string): string =>
  ['id,y,age', ...Array.from({ length: 30 }, (_, i) => `${site}${i},${i % 3 === 0 ? 1 : 0},${40 + ((i * 37 + site.charCodeAt(0) * 11) % 41) + 0.125}`), ''].join('\n');

export const tables: ReadonlyMap<string, string> = new Map(sites.map((site) => [site, csv(site)]));

/** A coordinator with its database and four real agents, each of whose messages passes the test first. */
export class MaskedNetwork {
  readonly heard: Heard[] = [];
  readonly agents = new Map<string, RunningAgent>();
  plan = '';
  /** False when the message is to be lost. */
  onMessage: (heard: Heard) => Promise<boolean> = () => Promise.resolve(true);
  /** Added to the coordinator's clock. */
  later = 0;

  private constructor(
    readonly folder: string,
    readonly database: TestDatabase,
    private readonly program: RunProgram,
    /** Where a site reaches the coordinator. */
    private readonly addressFor: (site: string, url: string) => Promise<string>,
  ) {}

  coordinator!: Coordinator;

  static async open(program: RunProgram, addressFor: (site: string, url: string) => Promise<string> = (_, url) => Promise.resolve(url)): Promise<MaskedNetwork> {
    const network = new MaskedNetwork(await mkdtemp(join(tmpdir(), 'consilium-masks-')), await testDatabase(), program, addressFor);
    await network.startCoordinator();
    for (const site of sites) await network.enrol(site);
    await network.coordinator.services.studies.create({ name: 'masks', title: 'Masks', sites: [...sites] }, 'tester');
    return network;
  }

  async startCoordinator(): Promise<void> {
    const settings = { dataFolder: join(this.folder, 'centre'), databaseUrl: this.database.url, port: 0, tls: 'none', logLevel: 'silent' } as const;
    this.coordinator = await createCoordinator(settings, { program: this.program, clock: { now: () => new Date(Date.now() + this.later) } });
    const { desk } = this.coordinator.services;
    const receive = desk.receive.bind(desk);
    desk.receive = async (link, head, body) => {
      const heard = { site: link.peer.name, head: head as Heard['head'], body: Uint8Array.from(body) };
      this.heard.push(heard);
      if (await this.onMessage(heard)) await receive(link, head, body);
    };
    await this.coordinator.start();
  }

  root(site: string): string {
    return join(this.folder, site);
  }

  async startAgent(site: string): Promise<void> {
    this.agents.set(site, await startAgent(this.root(site), { compute: 'inline', limits: { firstDelayMilliseconds: 20, longestDelayMilliseconds: 100, refusedDelayMilliseconds: 100 } }));
  }

  /** Signs the plan and has every steward approve it. */
  async approve(text: string): Promise<void> {
    const { plans, desk } = this.coordinator.services;
    const { plan } = await plans.upload(text, 'tester');
    desk.offer(await plans.sign(plan.digest, 'tester'));
    this.plan = plan.digest;
    for (const site of sites) await eventually(() => approvePlan(this.root(site), plan.digest));
    await eventually(async () => {
      if ((await plans.approvedBy(plan.digest)).size < sites.length) throw new Error('Not all sites have approved.');
    });
  }

  async launch(): Promise<string> {
    return (await this.coordinator.services.runs.launch(this.plan, 'tester')).id;
  }

  /** The run when it is no longer open. */
  async ended(run: string, milliseconds = 30_000): Promise<{ readonly state: string; readonly reason: string | null; readonly text: string | null }> {
    const { runs, artefacts } = this.coordinator.services;
    for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(20)) {
      const { state, reason, results } = await runs.find(run);
      if (state !== 'open') return { state, reason, text: results === null ? null : (await artefacts.store.get(results)).toString('utf8') };
    }
    throw new Error('The run did not end.');
  }

  async close(): Promise<void> {
    for (const agent of this.agents.values()) await agent.stop();
    await this.coordinator.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async enrol(site: string): Promise<void> {
    const root = this.root(site);
    await initSite(root, { settings: { tables: [{ name: 'patients', file: 'data/patients.csv', dictionary: null, id: null }], logLevel: 'silent' } });
    await writeFile(join(root, 'data/patients.csv'), tables.get(site)!);
    const { invite } = await this.coordinator.services.sites.invite(site, 'tester');
    const { words } = await enrolSite(root, { invite, coordinatorUrl: await this.addressFor(site, this.coordinator.url) });
    await this.coordinator.services.sites.admit(site, words, 'tester');
    await this.startAgent(site);
  }
}

/** A message may still be on its way. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + 20_000; ; await sleep(20)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
