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

/** When cases may be measured. */
export interface MeasuringTimes {
  /** At any time when absent. */
  readonly hours?: (() => WorkingHours | null) | undefined;
  /** Whether people let it rest. */
  readonly resting?: (() => boolean) | undefined;
  readonly now?: () => number;
}

const SECOND = 1000;

/**
 * Resolves at once within the hours and while nobody lets it rest, else when both hold; looks anew each minute, and at a rest each second, since people change them. Says once that it waits.
 * Rejects with the signal's reason.
 */
export async function untilWithin({ hours, resting, now = Date.now }: MeasuringTimes, signal: AbortSignal, onWait: () => void = () => undefined): Promise<void> {
  for (let waited = false; ; waited = true) {
    const current = hours?.() ?? null;
    const rests = resting?.() ?? false;
    if (!rests && (current === null || isWithin(current, new Date(now())))) return;
    if (!waited) onWait();
    await pause(rests ? SECOND : MINUTE - (now() % MINUTE) + 1, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
