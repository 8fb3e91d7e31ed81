import { spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';

const succeeds = (command: string, words: readonly string[]): boolean => spawnSync(command, words, { stdio: 'ignore' }).status === 0;

const limitFiles = (bytes: number | 'unlimited'): boolean => succeeds('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);

/** Whether the system can be told to take no more bytes from this process (Linux). */
export const canRefuseWrites = process.platform === 'linux' && limitFiles('unlimited');

/** The system refuses every byte that this process writes to a file, as a full disk does, until the returned function is called. */
export function refuseWrites(): () => void {
  if (!limitFiles(0)) throw new Error('The system would not limit the size of files.');
  return () => void limitFiles('unlimited');
}

export interface SmallDisk {
  readonly folder: string;
  readOnly(): void;
  remove(): Promise<void>;
}

/** A file system of its own of so many kibibytes, in memory; undefined where this account may not mount one. */
export async function smallDisk(folder: string, kibibytes: number): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  if (process.platform !== 'linux' || !succeeds('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k,mode=0755`, 'tmpfs', folder])) {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  return {
    folder,
    readOnly: () => {
      if (!succeeds('mount', ['-o', 'remount,ro', folder])) throw new Error('The small disk could not be made read-only.');
    },
    remove: async () => {
      if (!succeeds('umount', [folder])) succeeds('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
