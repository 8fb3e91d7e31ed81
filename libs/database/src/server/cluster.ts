import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, readdirSync } from 'node:fs';
import { chmod, chown, constants, cp, lstat, mkdir, mkdtemp, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

import { findBinaries, type Binaries } from './binaries.js';
import { lockFolder } from './folder-lock.js';
import { chooseAccount, firstClosedFolder, requireReachable, type AccountIds, type ServerAccount } from './server-account.js';

const run = promisify(execFile);

export const databaseUser = 'consilium';
export const databaseName = 'consilium';

/** Everything needed to start a server on a data folder. */
export interface Cluster {
  readonly dataFolder: string;
  /** PostgreSQL's own folder in it, without symbolic links on the way, as the server itself reports it. */
  readonly folder: string;
  readonly account: ServerAccount;
  readonly binaries: Binaries;
  readonly password: string;
}

export interface ClusterOptions {
  /** Whom the server runs as when the supervisor is root. */
  readonly account?: AccountIds;
}

export const environment = { LC_ALL: 'C', LANG: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

const there = (path: string): Promise<boolean> => lstat(path).then(() => true, () => false);

/** A folder only its owner, the server's account, can enter. */
export async function makePrivateFolder(prefix: string, account: ServerAccount): Promise<string> {
  const folder = await mkdtemp(prefix);
  if (account.separate) await chown(folder, account.uid, account.gid);
  return folder;
}

/** For sockets and other short-lived files: the system's temporary folder, or /tmp where that is closed to the account or too long for a socket. */
export async function temporaryFolder(account: ServerAccount): Promise<string> {
  const preferred = tmpdir();
  return preferred.length <= 60 && (await firstClosedFolder(preferred, account)) === undefined ? preferred : '/tmp';
}

async function writePassword(path: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const draft = `${path}.unfinished`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(password);
  await handle.sync();
  await handle.close();
  await rename(draft, path);
  return password;
}

/** Runs initdb beside the final place and moves the result there, so that a crash leaves either no cluster or a whole one. */
async function initialise(dataFolder: string, folder: string, { account, binaries }: Pick<Cluster, 'account' | 'binaries'>): Promise<void> {
  for (const name of await readdir(dataFolder)) if (name.startsWith('initialising-')) await rm(join(dataFolder, name), { recursive: true, force: true });
  const password = await writePassword(join(dataFolder, 'password'));
  const draft = await makePrivateFolder(join(dataFolder, 'initialising-'), account);
  const secret = await makePrivateFolder(join(await temporaryFolder(account), 'consilium-initdb-'), account);
  const ids = account.separate ? { uid: account.uid, gid: account.gid } : {};
  try {
    const passwordFile = join(secret, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account.separate) await chown(passwordFile, account.uid, account.gid);
    const options = ['--locale=C', '--encoding=UTF8', '--auth=scram-sha-256', '--no-instructions'];
    const user = [`--username=${databaseUser}`, `--pwfile=${passwordFile}`];
    await run(binaries.initdb, ['-D', draft, ...options, ...user], { ...ids, cwd: '/', env: environment });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { stderr } = error as { stderr?: string };
    throw new ConsiliumError(infrastructureErrors.serverDidNotStart, 'PostgreSQL could not prepare its data folder. Nothing was started.', {
      cause: stderr ? new Error(stderr.trim()) : error,
    });
  } finally {
    await rm(secret, { recursive: true, force: true });
  }
}

/** Finds or makes the cluster in a data folder that is locked by the caller. */
export async function ensureCluster(dataFolder: string, options: ClusterOptions = {}): Promise<Cluster> {
  const root = await realpath(dataFolder);
  const folder = join(root, 'cluster');
  const account = await chooseAccount(folder, options.account);
  // The server passes through here to its own folder; what lies beside it stays readable by the owner only.
  await chmod(root, account.separate ? 0o711 : 0o700);
  await requireReachable(root, account);
  const binaries = await findBinaries(root, account);
  if (!(await there(folder))) await initialise(root, folder, { account, binaries });
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version !== binaries.majorVersion) {
    const sentence = `The data folder was made by PostgreSQL ${version}; this release includes ${binaries.majorVersion}. Nothing was started or changed.`;
    throw new ConsiliumError(infrastructureErrors.otherDatabaseVersion, sentence);
  }
  return { dataFolder: root, folder, account, binaries, password: await readFile(join(root, 'password'), 'utf8') };
}

export async function makeDataFolder(dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
}

/** Makes a cluster in `dataFolder` without starting it, when there is none yet. Takes some seconds; a copy takes less than one. */
export async function prepareCluster(dataFolder: string, options: ClusterOptions = {}): Promise<void> {
  await makeDataFolder(dataFolder);
  const lock = await lockFolder(dataFolder, 120_000);
  try {
    await ensureCluster(dataFolder, options);
  } finally {
    await lock.release();
  }
}

function giveTo(folder: string, { uid, gid }: ServerAccount): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) chownSync(join(entry.parentPath, entry.name), uid, gid);
  chownSync(folder, uid, gid);
}

async function requireStopped(dataFolder: string): Promise<void> {
  if (!(await there(join(dataFolder, 'cluster', 'postmaster.pid')))) return;
  throw new ConsiliumError(infrastructureErrors.dataFolderInUse, 'The database to copy was not stopped. Nothing was copied.');
}

/** Copies a stopped cluster and its password to a new data folder, for suites and demonstrations that need many servers. */
export async function copyCluster(from: string, to: string, options: ClusterOptions = {}): Promise<void> {
  await makeDataFolder(to);
  await requireStopped(from);
  const locks = [await lockFolder(from, 120_000)];
  try {
    locks.push(await lockFolder(to));
    await requireStopped(from);
    if (await there(join(to, 'cluster'))) {
      throw new ConsiliumError(infrastructureErrors.dataFolderInUse, 'The folder to copy to holds a database already. Nothing was copied.');
    }
    const draft = join(to, 'initialising-copy');
    await rm(draft, { recursive: true, force: true });
    // A thousand small files: one after the other without waiting for each takes a fraction of the time.
    cpSync(join(from, 'cluster'), draft, { recursive: true, mode: constants.COPYFILE_FICLONE });
    await chmod(draft, 0o700);
    const account = await chooseAccount(join(from, 'cluster'), options.account);
    if (account.separate) giveTo(draft, account);
    await cp(join(from, 'password'), join(to, 'password'), { mode: constants.COPYFILE_FICLONE });
    await chmod(join(to, 'password'), 0o600);
    await rename(draft, join(await realpath(to), 'cluster'));
  } finally {
    for (const lock of locks.reverse()) await lock.release();
  }
}
