import { defineLifecycle } from '../lifecycle.js';

export type RoundState = 'open' | 'paused' | 'closed' | 'failed' | 'cancelled';

/** A closed round has an outcome: an aggregate, or the refusals that stand in its place. */
export const roundLifecycle = defineLifecycle<RoundState>({
  initial: 'open',
  transitions: { open: ['paused', 'closed', 'failed', 'cancelled'], paused: ['open', 'failed', 'cancelled'], closed: [], failed: [], cancelled: [] },
});
