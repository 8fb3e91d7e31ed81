import { DECISION_BINS, riskGroups } from '@consilium/evaluation';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { joinedHistogram, releasedStarts, releasedTenths } from './released-bins.js';

const K = 5;

/** Predictions of n patients and what a table counts below a score, by class. */
function patients(seed: string, n: number) {
  const random = SeededRandom.fromSeed(seed);
  const y = Uint8Array.from({ length: n }, () => (random.uniform() < 0.35 ? 1 : 0));
  const p = Float64Array.from(y, (event) => 1 / (1 + Math.exp(-(random.normal() + 2 * (event - 0.5)))));
  const histogram = { events: new Float64Array(DECISION_BINS), nonEvents: new Float64Array(DECISION_BINS) };
  p.forEach((score, i) => (y[i] === 1 ? histogram.events : histogram.nonEvents)[Math.min(DECISION_BINS - 1, Math.floor(score * DECISION_BINS))]!++);
  const between = (from: number, to: number, event: number): number => p.filter((score, i) => y[i] === event && score >= Math.min(from, to) && score < Math.max(from, to)).length;
  return { p, y, histogram, between };
}

describe('the edges that figures of one model share', () => {
  it.each([60, 150, 400])('part nobody or at least k of each class from one another, and nobody or k patients from every other cut: %d patients', (n) => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const { histogram, between } = patients(seed, n);
      const cuts = [0.3, 0.4137, 0.5, 0.777];
      const starts = releasedStarts(histogram, { minimumCell: K, otherCuts: cuts });
      const edges = [...starts.map((start) => start / DECISION_BINS), 1.01];
      for (const event of [0, 1]) {
        edges.slice(1).forEach((edge, e) => expect([0, K].some((least, zero) => (zero === 0 ? between(edges[e]!, edge, event) === least : between(edges[e]!, edge, event) >= least))).toBe(true));
      }
      for (const cut of cuts) {
        for (const edge of edges.slice(1, -1)) {
          const both = between(edge, cut, 0) + between(edge, cut, 1);
          expect(both === 0 || both >= K, `${edge} ${cut}`).toBe(true);
        }
      }
    }
  });

  it('are all hundredths without a minimum, and several where patients are many', () => {
    const { histogram } = patients('a', 400);
    expect(releasedStarts(histogram, { minimumCell: 0, otherCuts: [0.5] })).toHaveLength(DECISION_BINS);
    expect(releasedStarts(histogram, { minimumCell: K, otherCuts: [] }).length).toBeGreaterThan(15);
  });

  it('join histograms and tenths without losing anybody', () => {
    const { p, y, histogram } = patients('b', 150);
    const starts = releasedStarts(histogram, { minimumCell: K, otherCuts: [] });
    const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
    const joined = joinedHistogram(histogram, starts);
    expect(total(joined.events) + total(joined.nonEvents)).toBe(150);
    const tenths = releasedTenths(riskGroups(p, y, 'fixed'), starts);
    expect(total(tenths.map(({ n }) => n))).toBe(150);
    expect(tenths.every(({ from }) => starts.includes(Math.round(from * DECISION_BINS)))).toBe(true);
  });
});
