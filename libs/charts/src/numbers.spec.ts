import { describe, expect, it } from 'vitest';
import { ago, bytes, change, count, day, duration, estimate, list, moment, number, plain, pValue, range, roughly, share, shortDigest } from './numbers.js';

describe('numbers as people read them', () => {
  it('rounds once, with the places of its kind', () => {
    expect([number(0.825, 'auc'), number(0.1464, 'brier'), number(1, 'auc')]).toStrictEqual(['0.82', '0.146', '1.00']);
  });

  it('writes minus as U+2212 and never a negative zero', () => {
    expect([number(-0.5, 'slope'), number(-0.001, 'auc'), change(-0.0004), change(0.0312)]).toStrictEqual(['−0.50', '0.00', '0.000', '+0.031']);
  });

  it('joins an interval with a dash, and with "to" where a bound is negative', () => {
    expect([range(0.81, 0.92, 'auc'), range(-0.02, 0.08, 'auc')]).toStrictEqual(['0.81–0.92', '−0.02 to 0.08']);
    expect(estimate(0.87, { low: 0.81, high: 0.92 }, 'auc')).toBe('0.87 (95% CI 0.81–0.92)');
  });

  it.each([[0.0004, '< 0.001'], [0.001, '0.001'], [0.0412, '0.041'], [0.0996, '0.10'], [0.347, '0.35']])('says p %s as %s', (p, said) => {
    expect(pValue(p)).toBe(said);
  });

  it('gives every percentage its count', () => {
    expect([share(26, 31), share(260, 310), share(0, 0)]).toStrictEqual(['26/31 (84%)', '260/310 (83.9%)', '0/0']);
  });

  it('groups thousands from ten thousand', () => {
    expect([count(9170), count(12_345), count(-1_234_567)]).toStrictEqual(['9170', '12\u202f345', '−1\u202f234\u202f567']);
  });

  it('writes sizes in thousands of bytes', () => {
    expect([bytes(0), bytes(999), bytes(1000), bytes(9840), bytes(312_400), bytes(12_000_000)]).toStrictEqual(['0\u202fB', '999\u202fB', '1.0\u202fkB', '9.8\u202fkB', '312\u202fkB', '12\u202fMB']);
  });

  it('writes durations with their two largest units, and time left as people say it', () => {
    expect([duration(0.25), duration(1.4), duration(260), duration(3600), duration(90_061)]).toStrictEqual(['250\u202fms', '1.4\u202fs', '4\u202fmin 20\u202fs', '1\u202fh', '1\u202fd 1\u202fh']);
    expect([roughly(30), roughly(700), roughly(1500), roughly(5400)]).toStrictEqual(['under a minute', 'about 12\u202fmin', 'about 25\u202fmin', 'about 1.5\u202fh']);
  });

  it('names UTC, and is relative only below an hour', () => {
    const at = Date.UTC(2026, 10, 23, 9, 41, 7);
    expect([day(at), moment(at)]).toStrictEqual(['23 Nov 2026', '23 Nov 2026, 09:41 UTC']);
    expect([ago(at, at + 40_000), ago(at, at + 120_000), ago(at, at + 7_200_000)]).toStrictEqual(['40\u202fs ago', '2\u202fmin ago', '23 Nov 2026, 09:41 UTC']);
  });

  it('keeps very small and very large numbers readable', () => {
    expect([plain(0.000123), plain(4.5678912), plain(12)]).toStrictEqual(['1.23×10⁻⁴', '4.568', '12']);
    expect([shortDigest('9f3c21abffff'), list(['A', 'B', 'C'])]).toStrictEqual(['9f3c·21ab', 'A, B and C']);
  });
});
