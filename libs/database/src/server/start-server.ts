import { spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

import { environment, type Cluster } from './cluster.js';
import { ask, socketPort, type Postmaster } from './postmaster.js';
import { goneWithin, processState, signal, worksIn } from './processes.js';

const longestLogBytes = 10_000_000;

/**
 * Small and durable: a handful of coordinator connections, each commit on the disk before it is answered, and checkpoints far enough apart
 * that a round does not meet one.
 */
const durableSettings: Readonly<Record<string, string>> = {
  max_connections: '50',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  checkpoint_timeout: '10min',
  synchronous_commit: 'on',
  jit: 'off',
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** For test suites, whose data nobody needs after a power cut. */
const testSettings: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' };

export interface StartOptions {
  readonly socketFolder: string;
  /** False only for data that may be lost at a power cut. */
  readonly durable?: boolean;
}

async function openLog(cluster: Cluster): Promise<{ path: string; from: number; fd: number; close: () => Promise<void> }> {
  const path = join(cluster.dataFolder, 'postgresql.log');
  const size = await stat(path).then((found) => found.size, () => 0);
  if (size > longestLogBytes) await rename(path, `${path}.1`);
  const handle = await open(path, 'a', 0o600);
  return { path, from: size > longestLogBytes ? 0 : size, fd: handle.fd, close: () => handle.close() };
}

async function openSocketFolder(folder: string, { account }: Cluster): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (account.separate) await chown(folder, account.uid, account.gid);
  const found = await stat(folder);
  if (found.uid !== account.uid || (found.mode & 0o077) !== 0) {
    const sentence = 'The folder for the database socket belongs to another account. Nothing was started.';
    throw new ConsiliumError(infrastructureErrors.folderNotReachable, sentence);
  }
}

function commandLine(cluster: Cluster, { socketFolder, durable = true }: StartOptions): string[] {
  const local = { listen_addresses: '', unix_socket_permissions: '0700', port: String(socketPort) };
  const settings = { ...durableSettings, ...(durable ? {} : testSettings), ...local };
  return ['-D', cluster.folder, '-k', socketFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Starts a server and waits until it answers, however long its recovery takes. Rejects with E704 and the end of its log when it ends instead. */
export async function startServer(cluster: Cluster, options: StartOptions): Promise<Postmaster> {
  await openSocketFolder(options.socketFolder, cluster);
  const log = await openLog(cluster);
  const { uid, gid, separate } = cluster.account;
  let ended = false;
  // In a session of its own: Ctrl-C in a terminal must reach the coordinator first, which stops the database last.
  const child = spawn(cluster.binaries.postgres, commandLine(cluster, options), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    env: environment,
    ...(separate ? { uid, gid } : {}),
  });
  child.on('exit', () => (ended = true)).on('error', () => (ended = true));
  child.unref();
  await log.close();
  while (!ended) {
    if ((await ask(cluster, options.socketFolder)) === 'answers' && child.pid !== undefined) return { pid: child.pid, socketFolder: options.socketFolder };
    await sleep(20);
  }
  const said = (await readFile(log.path).catch(() => Buffer.alloc(0))).subarray(log.from).toString('utf8').trim().split('\n').slice(-5).join('\n');
  const sentence = 'PostgreSQL ended while it started. Nothing else was started.';
  throw new ConsiliumError(infrastructureErrors.serverDidNotStart, sentence, { cause: new Error(said) });
}

/**
 * Asks the server to end its sessions and write everything down; insists after `patienceMilliseconds`. Its data is safe either way. Does
 * nothing when the number belongs to no server of this cluster any more.
 */
export async function stopServer(cluster: Cluster, { pid }: Postmaster, patienceMilliseconds = 30_000): Promise<void> {
  for (const [name, patience] of [['SIGINT', patienceMilliseconds], ['SIGQUIT', 5_000], ['SIGKILL', 5_000]] as const) {
    if ((await processState(pid)) !== 'running' || !(await worksIn(pid, cluster.folder))) return;
    signal(pid, name);
    if (await goneWithin(pid, patience)) return;
  }
}
