import { describe, expect, it } from 'vitest';
import { median, quantile } from './bench.js';
import { digits, figureTable, meets } from './table.js';

describe('the table of a bench', () => {
  it('shows three digits that matter', () => {
    expect([0.0123456, 1.2345, 12.345, 123.45, 1234.5, 0].map(digits)).toEqual(['0.0123', '1.23', '12.3', '123', '1235', '0.000000']);
    expect(digits(NaN)).toBe('none');
  });

  it('says of each target whether it is met, in both directions', () => {
    expect(meets({ name: 'round', value: 15, unit: 'ms', target: 15 })).toBe(true);
    expect(meets({ name: 'round', value: 15.1, unit: 'ms', target: 15 })).toBe(false);
    expect(meets({ name: 'seal', value: 900, unit: 'MB/s', target: 1000, atLeast: true })).toBe(false);
    expect(meets({ name: 'round', value: NaN, unit: 'ms', target: 15 })).toBe(false);
  });

  it('names a bench once and aligns its figures', () => {
    const lines = figureTable([
      { bench: 'rounds', name: 'median', value: 9.5, unit: 'ms', target: 15, peers: 'other 10 ms' },
      { bench: 'rounds', name: 'slowest', value: 120, unit: 'ms' },
    ]).split('\n');
    expect(lines[2]).toMatch(/^rounds +median +9\.50 ms +≤ 15\.0 ms +met +other 10 ms$/);
    expect(lines[3]).toMatch(/^ +slowest +120 ms$/);
    expect(lines[3]!.indexOf('120')).toBe(lines[2]!.indexOf('9.50') + 1);
  });
});

describe('a quantile', () => {
  it('is a value of the sample', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95)).toBe(10);
    expect(median([])).toBeNaN();
  });
});
