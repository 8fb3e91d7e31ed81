import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export type ProcessState = 'absent' | 'zombie' | 'running';

const run = promisify(execFile);

/** Fields of /proc/PID/stat from the third on; the second, the program's name, may itself hold spaces and brackets. */
async function statFields(pid: number): Promise<readonly string[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

async function listed(pid: number, column: string): Promise<string> {
  return run('ps', ['-o', `${column}=`, '-p', String(pid)]).then(({ stdout }) => stdout.trim(), () => '');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie answers signals like the living: where the first process reaps no children it stays for ever, and PostgreSQL would wait for it. */
export async function processState(pid: number): Promise<ProcessState> {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return 'absent';
  const state = process.platform === 'linux' ? (await statFields(pid))?.[0] : (await listed(pid, 'stat')).charAt(0);
  if (!state) return exists(pid) && process.platform !== 'linux' ? 'running' : 'absent';
  return state === 'Z' || state === 'X' ? 'zombie' : 'running';
}

/** Tells a process from a later one with the same number: when it started, and on Linux in which boot. */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if ((await processState(pid)) !== 'running') return undefined;
  if (process.platform !== 'linux') return (await listed(pid, 'lstart')) || undefined;
  const [boot, fields] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => ''), statFields(pid)]);
  return fields ? `${boot.trim()} ${fields[19] ?? ''}` : undefined;
}

/** Whether a running process is a PostgreSQL process of this data folder: its servers all work in it. */
export async function worksIn(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') return (await listed(pid, 'command')).includes(cluster);
  const [folder, name] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    readFile(`/proc/${pid}/comm`, 'latin1').catch(() => ''),
  ]);
  return folder === cluster && name.startsWith('postgres');
}

/** Server processes that outlived their postmaster. Empty where the system keeps no /proc: PostgreSQL then checks by its shared memory. */
export async function processesIn(cluster: string): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const mine = await Promise.all(pids.map(async (pid) => ((await worksIn(pid, cluster)) ? pid : 0)));
  return mine.filter((pid) => pid !== 0);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether the process is gone (or only a zombie) within the time. */
export async function goneWithin(pid: number, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; ; ) {
    if ((await processState(pid)) !== 'running') return true;
    if (Date.now() >= end) return false;
    await sleep(25);
  }
}
