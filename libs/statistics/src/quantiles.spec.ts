import { describe, expect, it } from 'vitest';
import { binnedQuantile } from './quantiles.js';

describe('a quantile of counts in bins', () => {
  it('lies within its bin as if the values were spread evenly, and at the edge where so many are below it', () => {
    expect(binnedQuantile([0, 4, 4, 0], [0, 1, 2], 0.75)).toBe(1.5);
    expect(binnedQuantile([0, 4, 0, 4, 0], [0, 1, 3, 5], 0.5)).toBe(1);
    expect(binnedQuantile([1, 2, 1], [10, 20], 0.5)).toBe(15);
  });
  it('is not known in a bin with one end, and of nobody', () => {
    expect([binnedQuantile([3, 1, 0], [0, 1], 0.5), binnedQuantile([0, 1, 3], [0, 1], 0.5), binnedQuantile([0, 0, 0], [0, 1], 0.5)]).toEqual([NaN, NaN, NaN]);
  });
});
