import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';

import { ensureCluster, makePrivateFolder, temporaryFolder, type Cluster } from './server/cluster.js';
import { lockFolder } from './server/folder-lock.js';
import { findRunning, removeSocketFolder, socketUrl, type Postmaster } from './server/postmaster.js';
import { chooseAccount } from './server/server-account.js';
import { startServer, stopServer } from './server/start-server.js';

export interface TestDatabase {
  /** An empty database of its own. */
  readonly url: string;
  /** Drops the database, ending sessions that are still open; the last to leave stops the server. */
  drop(): Promise<void>;
}

interface TestServer {
  readonly cluster: Cluster;
  readonly server: Postmaster;
}

const holderName = 'consilium test suite';

/** One folder a user, where nothing of worth is kept. Another user's folder of that name is not trusted. */
async function cacheFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const account = await chooseAccount('/nonexistent');
  const folder = join(await temporaryFolder(account), `consilium-test-postgresql-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid) throw new Error('The folder for test databases belongs to another user of this machine.');
  return folder;
}

async function start(folder: string): Promise<TestServer> {
  const cluster = await ensureCluster(folder);
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
    await rm(join(folder, 'cluster'), { recursive: true, force: true });
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
async function dropForgotten(holder: pg.Client): Promise<void> {
  if ((await otherHolders(holder)) > 0) return;
  const { rows } = await holder.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'`);
  for (const { datname } of rows) await holder.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

/** While a suite lives it holds one connection: the server is stopped by the last one, under the same lock that lets a suite in. */
async function leave(testServer: TestServer, holder: pg.Client): Promise<void> {
  const others = await otherHolders(holder);
  await holder.end();
  if (others > 0) return;
  await stopServer(testServer.cluster, testServer.server);
  await removeSocketFolder(testServer.server.socketFolder);
}

/**
 * An empty database on a real PostgreSQL for one suite. All suites of a machine's user share one server that runs while any of them needs it;
 * it does not wait for the disk. Call `drop` in `afterAll`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const folder = await cacheFolder();
  const locked = async <T>(action: () => Promise<T>): Promise<T> => {
    const lock = await lockFolder(folder, 60_000);
    return action().finally(() => lock.release());
  };
  const name = `test_${randomBytes(8).toString('hex')}`;
  const { testServer, holder } = await locked(async () => {
    const started = await startOrRemake(folder);
    const connection = await connect(started, 'postgres', holderName);
    await dropForgotten(connection);
    await connection.query(`CREATE DATABASE ${name}`);
    return { testServer: started, holder: connection };
  });
  return {
    url: socketUrl(testServer.cluster, testServer.server.socketFolder, name),
    drop: () =>
      locked(async () => {
        await holder.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await leave(testServer, holder);
      }),
  };
}
