import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptBodies } from './kept-bodies.js';
import { RateLimit } from './rate-limit.js';
import { Slots } from './slots.js';

const part = (length: number, received = 1) => ({ bytes: Buffer.alloc(length), received });

describe('kept parts of bodies', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are given once, and only to the sender, digest and length they belong to', () => {
    const kept = new KeptBodies(1000, 100);
    const body = part(50, 20);
    kept.keep('utrecht', 'd1', body);
    expect(kept.take('leiden', 'd1', 50)).toBeUndefined();
    expect(kept.take('utrecht', 'd2', 50)).toBeUndefined();
    expect(kept.take('utrecht', 'd1', 51)).toBeUndefined();
    expect(kept.take('utrecht', 'd1', 50)).toMatchObject(body);
    expect(kept.take('utrecht', 'd1', 50)).toBeUndefined();
  });

  it('are forgotten after their time', () => {
    const kept = new KeptBodies(1000, 100);
    kept.keep('utrecht', 'd1', part(50));
    vi.advanceTimersByTime(999);
    kept.keep('leiden', 'd2', part(50));
    vi.advanceTimersByTime(1);
    expect(kept.take('utrecht', 'd1', 50)).toBeUndefined();
    expect(kept.take('leiden', 'd2', 50)).toBeDefined();
  });

  it('use no more memory than allowed: the oldest goes first, and one too large is not kept at all', () => {
    const kept = new KeptBodies(1000, 100);
    for (const digest of ['d1', 'd2', 'd3']) kept.keep('utrecht', digest, part(40));
    kept.keep('utrecht', 'd4', part(101));
    expect(['d1', 'd2', 'd3'].map((digest) => kept.take('utrecht', digest, 40) !== undefined)).toStrictEqual([false, true, true]);
    expect(kept.take('utrecht', 'd4', 101)).toBeUndefined();
  });
});

describe('places', () => {
  it('go to those who wait in their order, not to those who left, and are given back once', () => {
    const slots = new Slots(1);
    const taken: string[] = [];
    const releases: (() => void)[] = [];
    const ask = (name: string) => slots.take((release) => void (taken.push(name), releases.push(release)));
    ask('first');
    const leave = ask('second');
    ask('third');
    ask('fourth');
    leave();
    releases[0]!();
    releases[0]!();
    expect(taken).toStrictEqual(['first', 'third']);
    releases[1]!();
    expect(taken).toStrictEqual(['first', 'third', 'fourth']);
  });
});

describe('a rate limit', () => {
  it('allows a burst, then the rate, and never saves up more than the burst', () => {
    const limit = new RateLimit(10, 3, 0);
    expect([0, 0, 0, 0].map((now) => limit.allows(now))).toStrictEqual([true, true, true, false]);
    expect([100, 100].map((now) => limit.allows(now))).toStrictEqual([true, false]);
    expect([60_000, 60_000, 60_000, 60_000].map((now) => limit.allows(now))).toStrictEqual([true, true, true, false]);
  });
});
