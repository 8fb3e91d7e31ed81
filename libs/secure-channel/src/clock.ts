/** Milliseconds since 1970, as a person's watch says. Timers never use it. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
