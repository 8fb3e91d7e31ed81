import { describe, expect, it } from 'vitest';
import { timelineLanes, type SiteAnswerTime } from './run-timeline.js';

const answer = (site: string, askedAt: number, took: number | null, more: Partial<SiteAnswerTime> = {}): SiteAnswerTime => ({
  site,
  step: 'moments/totals',
  askedAt,
  answeredAt: took === null ? null : askedAt + took,
  bytes: 100,
  refused: false,
  ...more,
});

describe('the timeline of a run', () => {
  it('keeps the order of the sites and a lane for one that never answered', () => {
    const lanes = timelineLanes([answer('B', 0, 500)], ['A', 'B'], { from: 0, to: 1000, now: 1000 });
    expect(lanes.map(({ site, rounds, medianSeconds, bytes }) => [site, rounds, medianSeconds, bytes])).toStrictEqual([
      ['A', 0, null, 0],
      ['B', 1, 0.5, 100],
    ]);
  });

  it('calls late what takes over three times the usual time of the step and over ten seconds', () => {
    const usual = [0, 100_000, 200_000].map((at) => answer('A', at, 4_000));
    const lanes = timelineLanes([...usual, answer('A', 300_000, 11_900), answer('A', 400_000, 12_100)], ['A'], { from: 0, to: 500_000, now: 500_000 });
    expect(lanes[0]!.bars.map(({ state }) => state)).toStrictEqual(['answered', 'answered', 'answered', 'answered', 'late']);
  });

  it('shows a site that is waited for up to now, and a refusal as one', () => {
    const [lane] = timelineLanes([answer('A', 0, 1000, { refused: true }), answer('A', 60_000, null)], ['A'], { from: 0, to: 100_000, now: 90_000 });
    expect(lane!.bars).toStrictEqual([
      { from: 0, to: 1000, rounds: 1, state: 'refused' },
      { from: 60_000, to: 90_000, rounds: 1, state: 'waiting' },
    ]);
  });

  it('draws 20 sites and 10,000 rounds with at most 2,000 bars, and loses no round', () => {
    const sites = Array.from({ length: 20 }, (_, i) => `site-${String(i).padStart(2, '0')}`);
    const answers = sites.flatMap((site, s) => Array.from({ length: 10_000 }, (_, round) => answer(site, round * 1000, 300 + ((round * 7 + s) % 13) * 40)));
    const before = process.cpuUsage();
    const lanes = timelineLanes(answers, sites, { from: 0, to: 10_000_000, now: 10_000_000 });
    // Time of the processor, not of a clock: the machine may be busy with other things.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
    expect(lanes.reduce((sum, { bars }) => sum + bars.length, 0)).toBeLessThanOrEqual(2_100);
    for (const { bars } of lanes) expect(bars.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(10_000);
  });
});
