import { defineLifecycle } from '../lifecycle.js';

export type RunState = 'open' | 'paused' | 'closed' | 'failed' | 'cancelled';

/** Waiting is a state, not an error: a paused run goes on where it was. */
export const runLifecycle = defineLifecycle<RunState>({
  initial: 'open',
  transitions: { open: ['paused', 'closed', 'failed', 'cancelled'], paused: ['open', 'cancelled'], closed: [], failed: [], cancelled: [] },
});
