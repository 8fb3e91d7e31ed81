import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

/** Whom the server runs as. PostgreSQL refuses to run as root, so a supervisor that is root starts it as somebody else. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** Whether this is another account than the supervisor's. */
  readonly separate: boolean;
}

export interface AccountIds {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

async function lookUp(name: string): Promise<AccountIds | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** The supervisor's own account, or for root: the configured one, the owner of an existing cluster, 'postgres', 'nobody'. */
export async function chooseAccount(cluster: string, configured?: AccountIds): Promise<ServerAccount> {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) {
    throw new ConsiliumError(infrastructureErrors.noServerForThisMachine, 'The included PostgreSQL runs on Linux and macOS only. Nothing was started.');
  }
  if (uid !== 0) return { uid, gid, separate: false };
  const owner = await stat(cluster).then((found) => (found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid }), () => undefined);
  const ids = configured ?? owner ?? (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (!ids || ids.uid === 0) {
    const sentence = 'PostgreSQL does not run as root, and this machine has no account "postgres" or "nobody". Configure one.';
    throw new ConsiliumError(infrastructureErrors.folderNotReachable, sentence);
  }
  return { uid: ids.uid, gid: ids.gid, separate: true };
}

const ancestors = (path: string): string[] => (dirname(path) === path ? [path] : [...ancestors(dirname(path)), path]);

/**
 * The first folder on the way to `path`, itself included, that the account may not enter; `undefined` when it may enter all. Tried as that
 * account, because permission bits alone do not tell of access lists and mount options.
 */
export async function firstClosedFolder(path: string, account: ServerAccount): Promise<string | undefined> {
  const script = 'for folder in "$@"; do cd "$folder" 2>/dev/null || { printf %s "$folder"; exit 0; }; done';
  const ids = account.separate ? { uid: account.uid, gid: account.gid } : {};
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', ...ancestors(path)], { ...ids, cwd: '/', env: {} });
  return stdout === '' ? undefined : stdout;
}

/** Refuses a data folder that the server could not reach, and says what to do about it. The folder's name is in the cause, for this machine only. */
export async function requireReachable(path: string, account: ServerAccount): Promise<void> {
  const closed = await firstClosedFolder(path, account);
  if (closed === undefined) return;
  throw new ConsiliumError(
    infrastructureErrors.folderNotReachable,
    'A folder above the data folder is closed to the account PostgreSQL runs as. Nothing was started. Choose another data folder.',
    { cause: new Error(`Account ${account.uid} may not enter ${closed}. Allow it with: chmod o+x '${closed}'`) },
  );
}

/** Whether the account a supervised server would run as can reach a data folder there. Only root meets folders where it cannot. */
export async function canHoldDatabase(dataFolder: string, configured?: AccountIds): Promise<boolean> {
  const path = resolve(dataFolder);
  const account = await chooseAccount(join(path, 'cluster'), configured);
  for (let folder = path; ; folder = dirname(folder)) {
    if (await stat(folder).then(() => true, () => false)) return (await firstClosedFolder(folder === path ? dirname(path) : folder, account)) === undefined;
  }
}
