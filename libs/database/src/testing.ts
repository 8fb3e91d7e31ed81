import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import pg from 'pg';

import { copyCluster, ensureCluster, makePrivateFolder, prepareCluster, temporaryFolder, type Cluster } from './server/cluster.js';
import { lockFolder } from './server/folder-lock.js';
import { findRunning, removeSocketFolder, socketUrl, type Postmaster } from './server/postmaster.js';
import { chooseAccount } from './server/server-account.js';
import { startServer, stopServer } from './server/start-server.js';

export interface TestDatabase {
  /** An empty database of its own. */
  readonly url: string;
  /** Drops the database, ending sessions that are still open. */
  drop(): Promise<void>;
}

interface TestServer {
  readonly cluster: Cluster;
  readonly server: Postmaster;
}

const holderName = 'consilium test suite';

/** What this process found out once: asking for accounts and reachable folders starts a process each time. */
const found: { folder?: Promise<string>; cluster?: Promise<Cluster> } = {};

const cacheFolder = (): Promise<string> => (found.folder ??= makeCacheFolder());

/** One folder a user, where nothing of worth is kept. Another user's folder of that name is not trusted. */
async function makeCacheFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const account = await chooseAccount('/nonexistent');
  const folder = join(await temporaryFolder(account), `consilium-test-postgresql-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const there = await lstat(folder);
  if (!there.isDirectory() || there.uid !== uid) throw new Error('The folder for test databases belongs to another user of this machine.');
  // The server's account passes through to the cluster's own folder below.
  if (account.separate) await chmod(folder, 0o711);
  return folder;
}

/** A cluster that no server has used, in a data folder that has none: a copy takes a tenth of the time that making one does. */
export async function testCluster(dataFolder: string): Promise<void> {
  const template = join(await cacheFolder(), 'template');
  // One of another PostgreSQL version is made anew.
  await prepareCluster(template).catch(() => rm(template, { recursive: true, force: true }).then(() => prepareCluster(template)));
  // Started by root, the server runs as another account, which passes through here.
  await mkdir(dirname(dataFolder), { recursive: true, mode: 0o711 });
  await copyCluster(template, dataFolder);
}

const serverFolder = (folder: string): string => join(folder, 'server');
const isMade = (folder: string): Promise<boolean> => lstat(join(serverFolder(folder), 'cluster')).then(() => true, () => false);

async function start(folder: string): Promise<TestServer> {
  if (!(await isMade(folder))) {
    delete found.cluster;
    await testCluster(serverFolder(folder));
  }
  const cluster = await (found.cluster ??= ensureCluster(serverFolder(folder)));
  const running = await findRunning(cluster);
  if (running) return { cluster, server: running };
  const socketFolder = await makePrivateFolder(join(await temporaryFolder(cluster.account), 'consilium-pg-'), cluster.account);
  return { cluster, server: await startServer(cluster, { socketFolder, durable: false }) };
}

/** A server that does not wait for the disk may not survive a power cut; its data is made anew. */
async function startOrRemake(folder: string): Promise<TestServer> {
  try {
    return await start(folder);
  } catch {
    delete found.cluster;
    await rm(join(serverFolder(folder), 'cluster'), { recursive: true, force: true });
    return start(folder);
  }
}

async function connect({ cluster, server }: TestServer, database: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: socketUrl(cluster, server.socketFolder, database), application_name: applicationName });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const otherHolders = async (holder: pg.Client): Promise<number> => {
  const { rows } = await holder.query<{ others: number }>(
    'SELECT count(*)::int AS others FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
    [holderName],
  );
  return rows[0]?.others ?? 0;
};

/** Databases of suites that were killed before they could drop theirs. */
async function dropForgotten(holder: pg.Client, kept: string): Promise<void> {
  const { rows } = await holder.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'`);
  for (const { datname } of rows) if (datname !== kept) await holder.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

async function locked<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const lock = await lockFolder(folder, 60_000);
  return action().finally(() => lock.release());
}

export interface TestDatabaseOptions {
  /** Makes tables in an empty database. Called once in this process; what it made is copied for every caller that names the same function. */
  readonly filledBy?: (url: string) => Promise<void>;
}

/** The databases that were filled, by what filled them. Nobody is connected to them, and they go with those of suites that were killed. */
const filled = new Map<TestDatabaseOptions['filledBy'], Promise<string>>();

async function fill(folder: string, fillIt: (url: string) => Promise<void>): Promise<string> {
  const { name, url, holder } = await locked(folder, () => createDatabase(folder));
  await fillIt(url);
  await holder.end();
  return name;
}

interface CreatedDatabase {
  readonly name: string;
  readonly url: string;
  readonly holder: pg.Client;
}

/** Files are copied as they are: the log of a server that does not wait for the disk would only make more of them. */
async function createDatabase(folder: string, like = 'template1'): Promise<CreatedDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const { cluster, server } = await startOrRemake(folder);
  const holder = await connect({ cluster, server }, 'postgres', holderName);
  try {
    if ((await otherHolders(holder)) === 0) await dropForgotten(holder, like);
    await holder.query(`CREATE DATABASE ${name} TEMPLATE ${like} STRATEGY FILE_COPY`);
  } catch (error) {
    await holder.end();
    throw error;
  }
  return { name, holder, url: socketUrl(cluster, server.socketFolder, name) };
}

const MISSING = '3D000';

async function createFilled(folder: string, fillIt: (url: string) => Promise<void>): Promise<CreatedDatabase> {
  const like = filled.get(fillIt) ?? fill(folder, fillIt);
  filled.set(fillIt, like);
  try {
    const name = await like;
    return await locked(folder, () => createDatabase(folder, name));
  } catch (error) {
    if (filled.get(fillIt) === like) filled.delete(fillIt);
    // Another run of the suites took it for forgotten.
    if ((error as { code?: string }).code === MISSING) return createFilled(folder, fillIt);
    throw error;
  }
}

/**
 * An empty database on a real PostgreSQL for one suite, or a copy of one that was filled. All suites of a machine's user share one server,
 * started by the first of them; it does not wait for the disk. Call `drop` in `afterAll`, and `stopTestServer` after the last suite.
 */
export async function testDatabase({ filledBy }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const folder = await cacheFolder();
  const { name, url, holder } = filledBy ? await createFilled(folder, filledBy) : await locked(folder, () => createDatabase(folder));
  return {
    url,
    drop: () =>
      locked(folder, async () => {
        await holder.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await holder.end();
      }),
  };
}

/**
 * Stops the suites' server, if it runs and no suite holds a connection: another run of the suites may use it. One that was left running,
 * because its suites were killed, is used and stopped by the next.
 */
export async function stopTestServer(): Promise<void> {
  const folder = await cacheFolder();
  await locked(folder, async () => {
    if (!(await isMade(folder))) return;
    const cluster = await ensureCluster(serverFolder(folder));
    const server = await findRunning(cluster);
    if (!server) return;
    const holder = await connect({ cluster, server }, 'postgres', holderName);
    const others = await otherHolders(holder);
    await holder.end();
    if (others > 0) return;
    await stopServer(cluster, server);
    await removeSocketFolder(server.socketFolder);
  });
}
