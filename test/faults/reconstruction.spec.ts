import { disclosureLimits, siteFigures } from '@consilium/federation';
import { runSiteStep, siteViews, type SiteTable } from '@consilium/federation/site';
import { encodeRequest } from '@consilium/federation';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';

/**
 * The attack of Matthews and Harel (2013): whoever knows every patient's prediction reads the outcomes from a published curve, since each step of it is one patient. Here the
 * attacker holds all figures of a site at once, and so the counts of both classes between all their edges. An interval all of whose patients have one outcome gives it away.
 */

const k = disclosureLimits.standard.minimumCell;

interface Simulated {
  readonly table: SiteTable;
  readonly p: readonly number[];
}

function simulate(seed: string, n: number, separation: number): Simulated {
  const random = SeededRandom.fromSeed(seed);
  const y = Float64Array.from({ length: n }, () => (random.uniform() < 0.4 ? 1 : 0));
  const p = Float64Array.from(y, (event) => 1 / (1 + Math.exp(-(random.normal() + separation * (event - 0.5)))));
  return { p: [...p], table: { pseudonyms: Array.from({ length: n }, (_, i) => String(i).padStart(4, '0')), columns: new Map([['y', { kind: 'number' as const, values: y }], ['p', { kind: 'number' as const, values: p }]]) } };
}

type Shown = Exclude<Awaited<ReturnType<typeof figuresOf>>, undefined>;

function figuresOf({ table }: Simulated, profile: 'open-data' | 'standard', asked: { minimumCell: number; thresholds: readonly number[] }) {
  const request = encodeRequest(siteFigures, { view: { outcome: 'y', features: ['p'], rows: [] }, parameters: { models: ['p'], thresholds: [[...asked.thresholds]], minimumCell: asked.minimumCell } });
  const outcome = runSiteStep({ step: siteFigures.name, version: 1, request, views: siteViews(table, { get: () => undefined }), limits: disclosureLimits[profile] });
  return outcome.kind === 'contribution' ? siteFigures.contribution.parse(outcome.value) : undefined;
}

/** Edges at which the released figures give the cumulative counts of a class. */
function edgesOf(shown: Shown, thresholds: readonly number[]): number[] {
  const { bins, groups, confusion } = shown.models[0]!;
  const edges = [0, 1];
  if ('starts' in bins) edges.push(...bins.starts.map((start) => start / 100));
  if (Array.isArray(groups)) edges.push(...Array.from({ length: 9 }, (_, g) => (g + 1) / 10));
  confusion.forEach((table, t) => 'tp' in table && edges.push(thresholds[t]!));
  return [...new Set(edges)].sort((a, b) => a - b);
}

/** Outcomes that follow for patients in sets of fewer than 2k: the patients of an interval of one class. */
function recovered(site: Simulated, shown: Shown | undefined, thresholds: readonly number[]): number {
  if (!shown) return 0;
  const y = site.table.columns.get('y')!;
  const edges = edgesOf(shown, thresholds);
  let count = 0;
  edges.slice(0, -1).forEach((from, e) => {
    const last = e === edges.length - 2;
    const rows = site.p.flatMap((p, i) => (p >= from && (p < edges[e + 1]! || last) ? [i] : []));
    const events = rows.filter((i) => y.kind === 'number' && y.values[i] === 1).length;
    if (rows.length > 0 && rows.length < k && (events === 0 || events === rows.length)) count += rows.length;
  });
  return count;
}

const sizes = [31, 45, 73, 104, 200];
const thresholds = [0.31, 0.35, 0.5, 0.52, 0.77];

describe('fault 33: the reconstruction of outcomes from released curves', () => {
  const sites = sizes.flatMap((n) => [0.5, 2, 4].map((separation) => simulate(`reconstruction ${n} ${separation}`, n, separation)));

  it('succeeds without minimum counts, so that the attack is one', () => {
    const found = sites.map((site) => recovered(site, figuresOf(site, 'open-data', { minimumCell: 0, thresholds }), thresholds));
    expect(found.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200);
  });

  it.each([['as a plan asks', k], ['by a coordinator that asks for bins of any size', 0]])('recovers nobody under standard, %s', (_, minimumCell) => {
    const found = sites.map((site) => recovered(site, figuresOf(site, 'standard', { minimumCell, thresholds }), thresholds));
    expect(found).toEqual(sites.map(() => 0));
  });

  it('recovers nobody from two tables whose thresholds are close together', () => {
    for (const site of sites) {
      const sorted = [...site.p].sort((a, b) => a - b);
      const middle = Math.floor(sorted.length / 2);
      const close = [sorted[middle]!, sorted[middle + 1]!];
      expect(recovered(site, figuresOf(site, 'standard', { minimumCell: k, thresholds: close }), close)).toBe(0);
    }
  });

  it('leaves a curve of several points at a site of usual size', () => {
    const shown = figuresOf(sites.at(-2)!, 'standard', { minimumCell: k, thresholds: [0.5] })!;
    const { bins } = shown.models[0]!;
    expect('starts' in bins && bins.starts.length).toBeGreaterThan(8);
  });
});
