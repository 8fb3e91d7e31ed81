import { setTimeout as sleep } from 'node:timers/promises';

import { isTransientDatabaseError } from './transient-errors.js';

export interface Wait {
  readonly attempt: number;
  readonly delayMilliseconds: number;
  readonly error: unknown;
}

export interface RetryOptions {
  /** Ends the waiting: the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told before each wait, for the log and for showing "waiting for the database". */
  readonly onWait?: (wait: Wait) => void;
  readonly firstDelayMilliseconds?: number;
  readonly longestDelayMilliseconds?: number;
}

/** Delay before attempt n + 1: doubles from the first to the longest, then half of it at random so that waiting programs do not return at once. */
export function backOff(attempt: number, first: number, longest: number, random: () => number = Math.random): number {
  const whole = Math.min(longest, first * 2 ** Math.min(attempt, 30));
  return whole / 2 + (whole / 2) * random();
}

/**
 * Does `action`, and again with back-off for as long as the database is away. Any other failure is thrown at once.
 * `action` must be safe to do twice: a commit whose answer was lost may have taken place.
 */
export async function retryWhileDown<T>(action: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { signal, onWait, firstDelayMilliseconds = 50, longestDelayMilliseconds = 1_000 } = options;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      if (!isTransientDatabaseError(error)) throw error;
      const delayMilliseconds = backOff(attempt, firstDelayMilliseconds, longestDelayMilliseconds);
      onWait?.({ attempt, delayMilliseconds, error });
      // The timer rejects with an AbortError of its own; the reason of the signal is what the caller gave.
      await sleep(delayMilliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }
}
