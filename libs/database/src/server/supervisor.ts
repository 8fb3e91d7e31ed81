import { lstat, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { backOff } from '../retry-while-down.js';
import { databaseName, ensureCluster, makeDataFolder, makePrivateFolder, temporaryFolder, type Cluster, type ClusterOptions } from './cluster.js';
import { lockFolder, type FolderLock } from './folder-lock.js';
import { findRunning, removeSocketFolder, socketPort, socketUrl, type Postmaster } from './postmaster.js';
import { startServer, stopServer } from './start-server.js';

export interface SupervisorOptions extends ClusterOptions {
  /** Told in plain sentences what happens to the server. */
  readonly log?: (level: 'info' | 'warn', sentence: string) => void;
  /** False only for data that may be lost at a power cut. */
  readonly durable?: boolean;
  readonly socketCheckMilliseconds?: number;
}

/**
 * Looks after one PostgreSQL on one data folder: starts it or adopts the one a killed predecessor left running, starts it again when it
 * dies, and stops it when told to. One supervisor per folder; any number of folders side by side.
 */
export class PostgresSupervisor {
  private watch: pg.Client | undefined;
  private stopping = false;
  private recovery: Promise<void> | undefined;
  private readonly socketCheck: NodeJS.Timeout;

  private constructor(
    private readonly cluster: Cluster,
    private readonly lock: FolderLock,
    private server: Postmaster,
    private readonly options: SupervisorOptions,
  ) {
    this.socketCheck = setInterval(() => void this.checkSocket(), options.socketCheckMilliseconds ?? 10_000);
    this.socketCheck.unref();
  }

  static async start(dataFolder: string, options: SupervisorOptions = {}): Promise<PostgresSupervisor> {
    await makeDataFolder(dataFolder);
    const lock = await lockFolder(dataFolder);
    try {
      const cluster = await ensureCluster(dataFolder, options);
      const server = await adoptOrStart(cluster, options);
      const supervisor = new PostgresSupervisor(cluster, lock, server, options);
      try {
        await supervisor.makeDatabase();
        await supervisor.watchServer();
      } catch (error) {
        await supervisor.stop();
        throw error;
      }
      return supervisor;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Stays the same for the life of this supervisor, also over restarts of the server. */
  get url(): string {
    return this.urlOf(databaseName);
  }

  urlOf(database: string): string {
    return socketUrl(this.cluster, this.server.socketFolder, database);
  }

  /** Changes when the server was started again. */
  get pid(): number {
    return this.server.pid;
  }

  /** Ends the server after its sessions; the caller closes its own first. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.stopping) return this.recovery;
    this.stopping = true;
    clearInterval(this.socketCheck);
    await this.recovery;
    await this.watch?.end().catch(() => undefined);
    await stopServer(this.cluster, this.server);
    await removeSocketFolder(this.server.socketFolder);
    await this.lock.release();
    this.say('info', 'PostgreSQL is stopped.');
  }

  private say(level: 'info' | 'warn', sentence: string): void {
    this.options.log?.(level, sentence);
  }

  private async makeDatabase(): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The end of an idle connection is the first sign of a server that died; no polling is as quick. */
  private async watchServer(): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres'), application_name: 'consilium supervisor' });
    client.on('error', () => undefined);
    await client.connect();
    this.watch = client;
    client.once('end', () => {
      if (!this.stopping) this.recovery ??= this.recover().finally(() => (this.recovery = undefined));
    });
    // It may have died between the connection and the listener.
    await client.query('SELECT 1');
  }

  private async recover(): Promise<void> {
    this.say('warn', 'PostgreSQL ended unexpectedly. It is started again.');
    for (let attempt = 0; !this.stopping; attempt += 1) {
      try {
        this.server = await adoptOrStart(this.cluster, this.options, this.server.socketFolder);
        await this.watchServer();
        this.say('info', 'PostgreSQL answers again.');
        return;
      } catch (error) {
        const delay = backOff(attempt, 100, 10_000);
        const reason = error instanceof Error ? error.message : 'unknown reason';
        this.say('warn', `PostgreSQL did not start (${reason}). The next attempt is in ${Math.ceil(delay / 1000)} s.`);
        await sleep(delay);
      }
    }
  }

  /** A cleaner of temporary folders may take the socket away; nothing can connect then, and only a restart makes a new one. */
  private async checkSocket(): Promise<void> {
    if (this.stopping || this.recovery) return;
    const missing = await lstat(join(this.server.socketFolder, `.s.PGSQL.${socketPort}`)).then(() => false, () => true);
    if (missing && !this.stopping && !this.recovery) await stopServer(this.cluster, this.server);
  }
}

async function adoptOrStart(cluster: Cluster, options: SupervisorOptions, socketFolder?: string): Promise<Postmaster> {
  const running = await findRunning(cluster);
  if (running && (socketFolder === undefined || running.socketFolder === socketFolder)) {
    options.log?.('info', 'A running PostgreSQL was found on the data folder and is used.');
    return running;
  }
  if (running) await stopServer(cluster, running);
  const folder = socketFolder ?? (await makePrivateFolder(join(await temporaryFolder(cluster.account), 'consilium-pg-'), cluster.account));
  try {
    return await startServer(cluster, { socketFolder: folder, durable: options.durable ?? true });
  } catch (error) {
    if (socketFolder === undefined) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}
