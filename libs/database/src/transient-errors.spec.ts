import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { retryWhileDown } from './retry-while-down.js';
import { isTransientDatabaseError } from './transient-errors.js';

const failure = (fields: object, message = 'x') => Object.assign(new Error(message), fields);
const away = () => failure({ code: '57P01' });

describe('a transient database failure', () => {
  it.each([
    ['57P01'], ['57P02'], ['57P03'], ['57P05'], ['08000'], ['08006'], ['08P01'], ['53300'], ['53100'], ['40001'], ['40P01'],
    ['ECONNREFUSED'], ['ECONNRESET'], ['EPIPE'],
  ])('is one with code %s', (code) => expect(isTransientDatabaseError(failure({ code }))).toBe(true));

  it.each([['23505'], ['42P01'], ['28P01'], ['3D000'], ['57014'], ['57P04'], ['53400'], ['0A000'], ['ENOENT'], ['EACCES']])('is not one with code %s', (code) =>
    expect(isTransientDatabaseError(failure({ code }))).toBe(false));

  it('is found inside what the libraries wrap around it', () => {
    expect(isTransientDatabaseError(new QueryFailedError('SELECT 1', [], away()))).toBe(true);
    expect(isTransientDatabaseError(new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'EHOSTUNREACH' })]))).toBe(true);
    expect(isTransientDatabaseError(new Error('x', { cause: new Error('y', { cause: away() }) }))).toBe(true);
    expect(isTransientDatabaseError(failure({ code: 'ENOENT', syscall: 'connect' }))).toBe(true);
    expect(isTransientDatabaseError(new Error('Connection terminated unexpectedly'))).toBe(true);
  });

  it('is not what is no error, nor a chain that leads into itself', () => {
    const self = new Error('x');
    self.cause = self;
    for (const value of [self, undefined, null, '57P01', new QueryFailedError('INSERT', [], failure({ code: '23505' }))]) {
      expect(isTransientDatabaseError(value)).toBe(false);
    }
  });
});

describe('waiting while the database is down', () => {
  const quick = { firstDelayMilliseconds: 1, longestDelayMilliseconds: 8 };

  it('tries until it answers, telling of each wait', async () => {
    let calls = 0;
    const delays: number[] = [];
    const action = async () => {
      if ((calls += 1) <= 6) throw away();
      return calls;
    };
    expect(await retryWhileDown(action, { ...quick, onWait: ({ delayMilliseconds }) => delays.push(delayMilliseconds) })).toBe(7);
    expect(delays).toHaveLength(6);
    delays.forEach((delay, attempt) => {
      const whole = Math.min(8, 2 ** attempt);
      expect(delay).toBeGreaterThanOrEqual(whole / 2);
      expect(delay).toBeLessThanOrEqual(whole);
    });
  });

  it('throws what does not pass by itself at once', async () => {
    let calls = 0;
    const refused = failure({ code: '23505' });
    await expect(retryWhileDown(async () => { calls += 1; throw refused; }, quick)).rejects.toBe(refused);
    expect(calls).toBe(1);
  });

  it('ends with the reason of its signal, also in the middle of a wait', async () => {
    const stop = new AbortController();
    const reason = new Error('the coordinator stops');
    const waiting = retryWhileDown(async () => { throw away(); }, {
      firstDelayMilliseconds: 60_000,
      longestDelayMilliseconds: 60_000,
      signal: stop.signal,
      onWait: () => setImmediate(() => stop.abort(reason)),
    });
    await expect(waiting).rejects.toBe(reason);
  });
});
