import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { databaseUser, type Cluster } from './cluster.js';
import { goneWithin, processesIn, processState, signal, worksIn } from './processes.js';

/** A server that answers, and where. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
}

export const socketPort = 5432;

/** The URL of a database behind a socket folder. */
export function socketUrl(cluster: Cluster, socketFolder: string, database: string): string {
  return `postgresql://${databaseUser}:${encodeURIComponent(cluster.password)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(socketFolder)}`;
}

const pidFile = (cluster: Cluster): string => join(cluster.folder, 'postmaster.pid');

/** What the server wrote of itself: number, data folder, start time, port, socket folder. */
async function readPidFile(cluster: Cluster): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(pidFile(cluster), 'utf8')).split('\n');
    return { pid: Number(lines[0]), socketFolder: lines[4] ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** 'starting' also while it recovers after a crash or shuts down: it is there, and not yet or no longer to be used. */
export async function ask(cluster: Cluster, socketFolder: string): Promise<'answers' | 'starting' | 'silent'> {
  if (socketFolder === '') return 'silent';
  const client = new pg.Client({ connectionString: socketUrl(cluster, socketFolder, 'postgres'), connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === cluster.folder ? 'answers' : 'silent';
  } catch (error) {
    return (error as { code?: string }).code === '57P03' ? 'starting' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Ends what is left of a server nobody can talk to. Its processes must be gone before its file is removed: the file is PostgreSQL's own
 * guard against two servers writing the same data.
 */
async function clearAway(cluster: Cluster, found: Postmaster): Promise<void> {
  for (const [name, patience] of [['SIGQUIT', 5_000], ['SIGKILL', 10_000]] as const) {
    const left = await processesIn(cluster.folder);
    for (const pid of left) signal(pid, name);
    await Promise.all(left.map((pid) => goneWithin(pid, patience)));
  }
  await rm(pidFile(cluster), { force: true });
  await removeSocketFolder(found.socketFolder);
}

/** Removes a folder this library made for sockets; any other is left alone. */
export async function removeSocketFolder(folder: string): Promise<void> {
  if (!/\/consilium-pg-[A-Za-z0-9]{6}$/.test(folder)) return;
  if (await lstat(folder).then((found) => found.isDirectory(), () => false)) await rm(folder, { recursive: true, force: true });
}

/** Backends of a killed postmaster end by themselves at their next wait; most are gone within milliseconds. */
async function waitForOrphans(cluster: Cluster): Promise<void> {
  const orphans = await processesIn(cluster.folder);
  await Promise.all(orphans.map((pid) => goneWithin(pid, 2_000)));
}

/**
 * The server already running on this cluster, whoever started it; `undefined` when there is none and the way is free for a new one.
 * A file left by a dead server, a zombie, or a number that belongs to another program now is removed.
 */
export async function findRunning(cluster: Cluster, patienceMilliseconds = 10_000): Promise<Postmaster | undefined> {
  for (let silentSince: number | undefined; ; await sleep(50)) {
    const found = await readPidFile(cluster);
    if (!found) return undefined;
    const ours = (await processState(found.pid)) === 'running' && (await worksIn(found.pid, cluster.folder));
    if (!ours) {
      await waitForOrphans(cluster);
      await clearAway(cluster, found);
      return undefined;
    }
    const answer = await ask(cluster, found.socketFolder);
    if (answer === 'answers') return found;
    if (answer === 'starting') silentSince = undefined;
    else if (Date.now() - (silentSince ??= Date.now()) > patienceMilliseconds) {
      await clearAway(cluster, found);
      return undefined;
    }
  }
}
