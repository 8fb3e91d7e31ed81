import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyCluster } from '@consilium/database';
import { approvePlan, enrolSite, listPlans } from '@consilium/site-agent';
import { CentreClient } from '../centre-client.js';
import { storeSession } from '../centre-session.js';
import { CommandRefused } from '../refusal.js';
import { freePort, isFree } from './free-port.js';
import { LocalAgent } from './local-agent.js';
import { LocalCoordinator } from './local-coordinator.js';
import { makeSiteFolder, type LocalSite } from './site-folders.js';

export interface PrepareOptions {
  /** Holds everything: `centre`, and `sites/NAME` for each site. The account of the database must be able to reach it (temporaryFederationFolder). */
  readonly folder: string;
  readonly study: string;
  readonly title?: string;
  readonly sites: readonly LocalSite[];
  /** Told what happens, a sentence a step. */
  readonly onStep?: (sentence: string) => void;
}

export interface WaitOptions {
  readonly milliseconds?: number;
}

interface Description {
  readonly port: number;
  readonly study: string;
  readonly sites: readonly string[];
}

interface ShownRun {
  readonly id: string;
  readonly state: 'open' | 'paused' | 'closed' | 'failed' | 'cancelled';
  readonly reason: string | null;
  readonly rounds: { readonly open: number; readonly closed: number };
}

const LOOK_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 120_000;

/** A coordinator and its sites on this machine, all in one folder. */
export class LocalFederation {
  readonly coordinator: LocalCoordinator;
  /** By the name of the site, ascending. */
  readonly agents: ReadonlyMap<string, LocalAgent>;
  private client: CentreClient | undefined;

  private constructor(
    readonly folder: string,
    private description: Description,
  ) {
    this.coordinator = new LocalCoordinator(join(folder, 'centre'), description.port);
    this.agents = new Map([...description.sites].sort().map((site) => [site, new LocalAgent(site, join(folder, 'sites', site))]));
  }

  /** Makes a federation and leaves it running: every site enrolled by an invite, admitted by its words, connected, and in the study. */
  static async prepare(options: PrepareOptions): Promise<LocalFederation> {
    const { folder, study, sites } = options;
    const federation = new LocalFederation(folder, { port: await freePort(), study, sites: sites.map(({ name }) => name) });
    try {
      await federation.make(options);
      return federation;
    } catch (error) {
      await federation.stop();
      throw error;
    }
  }

  /** A federation made before; nothing of it runs yet. */
  static async open(folder: string): Promise<LocalFederation> {
    return new LocalFederation(folder, JSON.parse(await readFile(join(folder, 'federation.json'), 'utf8')) as Description);
  }

  /** The coordinator's HTTP API, as its administrator. */
  get centre(): CentreClient {
    if (!this.client) throw new Error('The coordinator was not started.');
    return this.client;
  }

  /** The session of the administrator, for the command line's --session. */
  get sessionFile(): string {
    return join(this.folder, 'session.json');
  }

  get study(): string {
    return this.description.study;
  }

  /** Coordinator and agents of a prepared federation; resolves when all sites are connected. */
  async start(): Promise<void> {
    await this.startCoordinator();
    await this.startAgents();
  }

  async startCoordinator(): Promise<void> {
    if (!(await isFree(this.coordinator.port))) await this.move();
    await this.coordinator.start();
    await this.openSession();
  }

  async startAgents(): Promise<void> {
    for (const agent of this.agents.values()) await agent.start();
    await this.untilConnected();
  }

  /** Agents first, the coordinator and its database last. */
  async stop(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.stop()));
    await this.coordinator.stop();
  }

  /** A federation of the same keys, plans and runs in another folder, at a port of its own. This one must be stopped. */
  async copyTo(folder: string): Promise<LocalFederation> {
    if (this.coordinator.isRunning || [...this.agents.values()].some(({ isRunning }) => isRunning)) throw new Error('Only a stopped federation can be copied.');
    const database = join('centre', 'database');
    await mkdir(join(folder, 'centre'), { recursive: true, mode: 0o711 });
    await cp(this.folder, folder, { recursive: true, filter: (source) => source !== join(this.folder, database) });
    if (process.getuid?.() === 0) await chmod(folder, 0o711);
    await copyCluster(join(this.folder, database), join(folder, database));
    const copy = await LocalFederation.open(folder);
    await copy.move();
    return copy;
  }

  /** Uploads and signs a plan; resolves with its digest when every connected site of it has been offered it. */
  async offerPlan(text: string): Promise<string> {
    const { digest, sites } = await this.centre.post<{ digest: string; sites: readonly string[] }>('/api/plans', { text });
    await this.centre.post(`/api/plans/${digest}/signature`);
    for (const site of sites) {
      const { root } = this.agents.get(site)!;
      await until(`${site} to be offered the plan`, async () => (await listPlans(root)).some((plan) => plan.digest === digest));
    }
    return digest;
  }

  /** As offerPlan; then every site's steward approves exactly this plan. */
  async approvePlan(text: string): Promise<string> {
    const digest = await this.offerPlan(text);
    const { sites } = await this.centre.get<{ sites: readonly string[] }>(`/api/plans/${digest}`);
    for (const site of sites) await approvePlan(this.agents.get(site)!.root, digest);
    await this.untilApproved(digest);
    return digest;
  }

  /** Resolves when the coordinator holds the approval of every site of the plan. */
  async untilApproved(digest: string): Promise<void> {
    await until('the approvals to arrive', async () => {
      const { sites, decisions } = await this.centre.get<{ sites: readonly string[]; decisions: readonly { site: string; decision: string }[] }>(`/api/plans/${digest}`);
      return sites.every((site) => decisions.some((one) => one.site === site && one.decision === 'approved'));
    });
  }

  async launch(plan: string): Promise<string> {
    return (await this.centre.post<{ id: string }>('/api/runs', { plan })).id;
  }

  run(id: string): Promise<ShownRun> {
    return this.centre.get<ShownRun>(`/api/runs/${id}`);
  }

  /** Resolves when the run is closed, through any absence of the coordinator; throws with the reason when it waits for people, fails or is cancelled. */
  async untilEnded(id: string, { milliseconds = PATIENCE_MILLISECONDS }: WaitOptions = {}): Promise<ShownRun> {
    const run = await until(`run ${id} to end`, async () => {
      const shown = await this.whileAway(() => this.run(id));
      return shown && shown.state !== 'open' ? shown : undefined;
    }, milliseconds);
    if (run.state !== 'closed') throw new Error(`Run ${id} is ${run.state}: ${run.reason ?? 'no reason given'}`);
    return run;
  }

  /** The bytes of results.json. */
  results(id: string): Promise<string> {
    return this.centre.getText(`/api/runs/${id}/results`);
  }

  async connected(): Promise<readonly string[]> {
    const sites = await this.centre.get<readonly { name: string; connected: boolean }[]>('/api/sites');
    return sites.filter(({ connected }) => connected).map(({ name }) => name);
  }

  async untilConnected(sites: readonly string[] = this.description.sites): Promise<void> {
    await until('the sites to connect', async () => {
      const connected = await this.connected();
      return sites.every((site) => connected.includes(site));
    });
  }

  private async make({ study, title = study, sites, onStep = () => undefined }: PrepareOptions): Promise<void> {
    await this.save();
    onStep('The coordinator starts, with a database and a certificate authority of its own.');
    await this.coordinator.start();
    await this.signIn();
    for (const site of sites) {
      const { root } = this.agents.get(site.name)!;
      await makeSiteFolder(root, site);
      const { invite } = await this.centre.post<{ invite: string }>('/api/sites/invites', { site: site.name });
      const { words } = await enrolSite(root, { invite });
      await this.centre.post(`/api/sites/${encodeURIComponent(site.name)}/admission`, { fingerprint: words });
      onStep(`${site.name} is enrolled and admitted: ${words}`);
    }
    await this.startAgents();
    await this.centre.post('/api/studies', { name: study, title, sites: sites.map(({ name }) => name) });
  }

  /** Undefined while the coordinator is away or comes up. */
  private async whileAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof CommandRefused) return undefined;
      throw error;
    }
  }

  private async signIn(): Promise<void> {
    const password = (await readFile(this.coordinator.administratorPasswordFile, 'utf8')).trim();
    const address = { url: this.coordinator.url, ca: await this.coordinator.authority() };
    const { token } = await new CentreClient(address).post<{ token: string }>('/api/sign-in', { name: 'administrator', password, label: 'local federation' });
    await storeSession(this.sessionFile, { ...address, name: 'administrator', token });
    await this.openSession();
  }

  private async openSession(): Promise<void> {
    this.client = await CentreClient.open(this.sessionFile);
  }

  /** Another port, where a copy meets its original or somebody took it. */
  private async move(): Promise<void> {
    this.coordinator.port = await freePort();
    await this.save();
    const session = JSON.parse(await readFile(this.sessionFile, 'utf8')) as Parameters<typeof storeSession>[1];
    await storeSession(this.sessionFile, { ...session, url: this.coordinator.url });
    for (const agent of this.agents.values()) await agent.redirect(this.coordinator.url);
  }

  private async save(): Promise<void> {
    this.description = { ...this.description, port: this.coordinator.port };
    await mkdir(this.folder, { recursive: true, mode: 0o711 });
    await writeFile(join(this.folder, 'federation.json'), `${JSON.stringify(this.description, null, 2)}\n`);
  }
}

async function until<T>(what: string, look: () => Promise<T>, milliseconds = PATIENCE_MILLISECONDS): Promise<NonNullable<T>> {
  for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(LOOK_MILLISECONDS)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`Waited ${Math.round(milliseconds / 1000)} s in vain for ${what}.`);
}
