import { setTimeout as pause } from 'node:timers/promises';

/** Of the day, by the clock of the machine: HH:MM. Over midnight where the end is before the beginning. */
export interface WorkingHours {
  readonly from: string;
  readonly to: string;
}

const MINUTE = 60_000;

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Whether a moment lies within the hours. The same beginning and end: always. */
export function isWithin({ from, to }: WorkingHours, at: Date): boolean {
  const [begin, end, now] = [minutesOf(from), minutesOf(to), at.getHours() * 60 + at.getMinutes()];
  if (begin === end) return true;
  return begin < end ? now >= begin && now < end : now >= begin || now < end;
}

/** Resolves at once within the hours, else when they begin; looks at the hours anew each minute, since people change them. Rejects with the signal's reason. */
export async function untilWithin(hours: () => WorkingHours | null, signal: AbortSignal, now: () => number = Date.now): Promise<void> {
  for (let current = hours(); current !== null && !isWithin(current, new Date(now())); current = hours()) {
    await pause(MINUTE - (now() % MINUTE) + 1, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
