import { describe, expect, it } from 'vitest';
import { defineLifecycle, lifecycleFaults, mayFollow, statesBefore } from './lifecycle.js';
import { roundLifecycle } from './rounds/round-lifecycle.js';
import { runLifecycle } from './runs/run-lifecycle.js';

describe('a lifecycle', () => {
  it('names a state that cannot be reached', () => {
    expect(lifecycleFaults<string>({ initial: 'open', transitions: { open: ['closed'], closed: [], lost: [] } })).toEqual([
      'the state lost cannot be reached',
    ]);
  });

  it('names a step to a state without a row, and a table without an end', () => {
    const table = { initial: 'open', transitions: { open: ['elsewhere'] } } as never;
    expect(lifecycleFaults(table)).toEqual(['the state elsewhere has no row', 'no state is an end']);
    expect(() => defineLifecycle(table)).toThrow('A lifecycle is wrong');
  });

  it('lets a round wait and go on, and never leave its end', () => {
    expect(statesBefore(roundLifecycle, 'open')).toEqual(['paused']);
    for (const end of ['closed', 'failed', 'cancelled'] as const) expect(roundLifecycle.transitions[end]).toEqual([]);
    expect(mayFollow(roundLifecycle, 'paused', 'closed')).toBe(false);
  });

  it('closes a run only while it is open', () => {
    expect(statesBefore(runLifecycle, 'closed')).toEqual(['open']);
  });
});
