import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';

import type { HealthCheck, HealthFinding } from './health.js';

const gigabyte = 1e9;
const inGigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;

export interface DiskLimits {
  readonly warnBelowBytes?: number;
  readonly failBelowBytes?: number;
}

/** Bytes an ordinary account can still write in a folder's file system. */
export async function freeDiskBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Judges free disk space; 5 GB and 1 GB by default. */
export function judgeDisk(freeBytes: number, { warnBelowBytes = 5 * gigabyte, failBelowBytes = gigabyte }: DiskLimits = {}): HealthFinding {
  const sentence = `${inGigabytes(freeBytes)} of disk space are free.`;
  if (freeBytes >= warnBelowBytes) return { state: 'ok', sentence };
  const remedy = `Free disk space until at least ${inGigabytes(warnBelowBytes)} are left.`;
  return { state: freeBytes < failBelowBytes ? 'failing' : 'warning', sentence, remedy };
}

/** Free space where a program keeps its data, and whether it may write there. */
export function diskCheck(folder: string, limits: DiskLimits = {}): HealthCheck {
  return {
    name: 'disk',
    async check() {
      if (!(await access(folder, constants.W_OK).then(() => true, () => false))) {
        const remedy = 'Give the account of this program write permission on its data folder.';
        return { state: 'failing', sentence: 'The data folder cannot be written.', remedy };
      }
      return judgeDisk(await freeDiskBytes(folder), limits);
    },
  };
}

export interface ClockReading {
  /** Local time before the question was sent and after the answer came. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The other clock's time in its answer. */
  readonly remoteAt: number;
  /** How coarse the other clock's figure is: a Date header of HTTP counts whole seconds. */
  readonly resolutionMilliseconds?: number;
}

/** By how much the local clock is ahead (positive) or behind: as near as the round trip and the other clock's resolution allow, else zero. */
export function clockSkewMilliseconds({ sentAt, receivedAt, remoteAt, resolutionMilliseconds = 0 }: ClockReading): number {
  const latest = sentAt - (remoteAt + resolutionMilliseconds);
  const earliest = receivedAt - remoteAt;
  // The other clock was read somewhere between both; only what no moment in between explains is skew.
  if (latest > 0) return latest;
  return earliest < 0 ? earliest : 0;
}

/** Judges a clock against another's: a warning beyond 30 s, failing beyond 5 minutes, when the secure channel refuses the connection. */
export function judgeClock(skewMilliseconds: number): HealthFinding {
  const seconds = Math.round(Math.abs(skewMilliseconds) / 1000);
  if (seconds <= 30) return { state: 'ok', sentence: 'The clock agrees with the other side.' };
  const sentence = `The clock of this machine is ${seconds} s ${skewMilliseconds > 0 ? 'ahead' : 'behind'}.`;
  return { state: seconds > 300 ? 'failing' : 'warning', sentence, remedy: 'Turn on time synchronisation (NTP) on this machine.' };
}
