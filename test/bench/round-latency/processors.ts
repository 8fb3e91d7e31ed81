import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these, whatever its own clock does. */
const TICKS_A_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly milliseconds: number;
}

function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const ticks = fields[11]! + fields[12]! + fields[13]! + fields[14]!;
    return { parent: fields[1]!, milliseconds: (ticks * 1000) / TICKS_A_SECOND };
  } catch {
    return undefined;
  }
}

/** Processor time of processes so far, in milliseconds; with `children`, of the processes they started too. */
export function processorMilliseconds(pids: readonly number[], { children = false } = {}): number {
  const total = pids.reduce((sum, pid) => sum + (statOf(pid)?.milliseconds ?? 0), 0);
  if (!children) return total;
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(statOf);
  return others.reduce((sum, stat) => sum + (stat && pids.includes(stat.parent) ? stat.milliseconds : 0), total);
}

/** Peak memory of a process in mebibytes. */
export function peakMemory(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
