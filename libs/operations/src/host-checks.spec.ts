import { tmpdir } from 'node:os';

import { describe, expect, it } from 'vitest';

import { checkHealth } from './health.js';
import { clockSkewMilliseconds, diskCheck, judgeClock, judgeDisk } from './host-checks.js';

describe('the disk', () => {
  it('is judged by its free space', () => {
    expect(judgeDisk(6e9)).toEqual({ state: 'ok', sentence: '6.0 GB of disk space are free.' });
    expect(judgeDisk(4.9e9)).toMatchObject({ state: 'warning', remedy: 'Free disk space until at least 5.0 GB are left.' });
    expect(judgeDisk(0.9e9)).toMatchObject({ state: 'failing' });
  });

  it('is read from the system, and a folder that is not there fails', async () => {
    const { findings } = await checkHealth([diskCheck(tmpdir(), { warnBelowBytes: 0, failBelowBytes: 0 }), diskCheck('/no/such/folder')]);
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'failing']);
  });
});

describe('the clock', () => {
  it('counts as right for whatever the round trip and whole seconds explain', () => {
    expect(clockSkewMilliseconds({ sentAt: 10_000, receivedAt: 12_000, remoteAt: 11_000 })).toBe(0);
    expect(clockSkewMilliseconds({ sentAt: 10_500, receivedAt: 10_600, remoteAt: 10_000, resolutionMilliseconds: 1000 })).toBe(0);
  });

  it('is ahead or behind by what nothing explains', () => {
    expect(clockSkewMilliseconds({ sentAt: 100_000, receivedAt: 100_100, remoteAt: 40_000 })).toBe(60_000);
    expect(clockSkewMilliseconds({ sentAt: 100_000, receivedAt: 100_100, remoteAt: 160_000 })).toBe(-59_900);
  });

  it.each([
    [30_000, 'ok', /agrees/],
    [31_000, 'warning', /31 s ahead/],
    [-299_000, 'warning', /299 s behind/],
    [-301_000, 'failing', /301 s behind/],
  ])('%d ms off is %s', (skew, state, sentence) => expect(judgeClock(skew)).toMatchObject({ state, sentence: expect.stringMatching(sentence) }));
});

describe('a health report', () => {
  it('is as bad as its worst finding, and a check that throws or hangs fails without telling what it held', async () => {
    const report = await checkHealth(
      [
        { name: 'good', check: () => ({ state: 'ok', sentence: 'fine' }) },
        { name: 'throws', check: () => { throw Object.assign(new Error('/home/patient-7'), { code: 'ENOENT' }); } },
        { name: 'hangs', check: () => new Promise(() => undefined) },
      ],
      30,
    );
    expect(report.state).toBe('failing');
    expect(report.findings.map(({ name, state, sentence }) => ({ name, state, sentence }))).toEqual([
      { name: 'good', state: 'ok', sentence: 'fine' },
      { name: 'throws', state: 'failing', sentence: 'The check failed (ENOENT).' },
      { name: 'hangs', state: 'failing', sentence: 'There was no answer within 30 ms.' },
    ]);
    expect((await checkHealth([])).state).toBe('ok');
  });
});
