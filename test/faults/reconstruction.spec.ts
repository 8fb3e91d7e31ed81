import { disclosureLimits, federatedCalibrationCurves, federatedShap, federatedValidation, siteFigures } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { CohortHistory, runSiteStep, siteViews, type SiteTable } from '@consilium/federation/site';
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

  it('recovers nobody from two tables of two questions either, of the same predictions or of predictions in the same order; the same table is shown again', async () => {
    const site = sites.at(-1)!;
    const stretched = { kind: 'number' as const, values: Float64Array.from(site.p, (p) => p ** 1.7) };
    const table = { ...site.table, columns: new Map([...site.table.columns, ['q', stretched]]) };
    const sorted = [...site.p].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    const histories = new Map([['A', new CohortHistory()]]);
    /** Whether the table is shown at a threshold just above the patient of this rank. */
    const shownAt = async (rank: number, model: 'p' | 'q', profile: 'open-data' | 'standard'): Promise<unknown> => {
      const threshold = (sorted[rank]! + sorted[rank + 1]!) / 2;
      const federation = inProcessFederation({ tables: new Map([['A', table]]), profile, histories });
      const [answer] = await federation.gather(siteFigures, { view: { outcome: 'y', features: [model], rows: [] }, parameters: { models: [model], thresholds: [[model === 'p' ? threshold : threshold ** 1.7]], minimumCell: k } });
      const [shown] = 'answer' in answer! ? answer.answer.models[0]!.confusion : [];
      return shown && 'suppressed' in shown ? shown.suppressed.rule : shown;
    };
    const first = await shownAt(middle, 'p', 'standard');
    expect(first).toHaveProperty('tp');
    for (const [rank, model] of [[middle + 1, 'p'], [middle - 4, 'p'], [middle + 1, 'q'], [middle - 1, 'q']] as const) {
      expect(await shownAt(rank, model, 'open-data')).toHaveProperty('tp');
      expect(await shownAt(rank, model, 'standard')).toBe('cut-difference');
    }
    expect(await shownAt(middle, 'p', 'standard')).toEqual(first);
    expect(await shownAt(middle, 'q', 'standard')).toEqual(first);
  });

  it('leaves a curve of several points at a site of usual size', () => {
    const shown = figuresOf(sites.at(-2)!, 'standard', { minimumCell: k, thresholds: [0.5] })!;
    const { bins } = shown.models[0]!;
    expect('starts' in bins && bins.starts.length).toBeGreaterThan(8);
  });
});

/**
 * The same attack on what is shown of all sites together. Every figure gives, for some numbers of patients in the order of their predictions, how many of these had the
 * outcome: between two such places all patients of one outcome are recovered.
 */
describe('fault 33: the reconstruction from figures over all sites', () => {
  const cohorts = [0.5, 2, 4].map((separation) => new Map(['A', 'B', 'C'].map((site, i) => [site, simulate(`pooled ${separation} ${site}`, [45, 73, 104][i]!, separation)])));
  const cuts = [0.3, 0.5];

  async function placesShown(cohort: ReadonlyMap<string, Simulated>, profile: 'open-data' | 'standard', minimumCell: number): Promise<number[]> {
    const federation = inProcessFederation({ tables: new Map([...cohort].map(([site, { table }]) => [site, table])), profile });
    const view = { outcome: 'y', features: [], rows: [] };
    const { pooled } = await federatedValidation(federation, { view, models: ['p'], thresholds: { p: cuts }, minimumCell });
    const [curve] = await federatedCalibrationCurves(federation, { view, models: ['p'], minimumCell, otherCuts: { p: cuts } });
    const n = pooled.patients as number;
    const events = pooled.events as number;
    const { histogram, decisionCurve, roc, calibrationBins, hosmerLemeshow, confusion } = pooled.models[0]!;
    const listed = <T>(figure: unknown): readonly T[] => (Array.isArray(figure) ? (figure as T[]) : []);
    const running = (counts: readonly number[]): number[] => counts.map((_, at) => counts.slice(0, at + 1).reduce((sum, count) => sum + count, 0));
    const groups = 'riskGroups' in hosmerLemeshow ? hosmerLemeshow.riskGroups : [];
    return [
      ...running(listed<{ events: number; nonEvents: number }>(histogram).map((bin) => bin.events + bin.nonEvents)),
      ...listed<{ truePositives: number; falsePositives: number }>(decisionCurve).map((point) => n - point.truePositives - point.falsePositives),
      ...listed<{ truePositiveRate: number; falsePositiveRate: number }>(roc).map((point) => Math.round(n - point.truePositiveRate * events - point.falsePositiveRate * (n - events))),
      ...running(listed<{ n: number }>(calibrationBins).map((bin) => bin.n)),
      ...running(groups.map((group) => group.n)),
      ...running(listed<{ n: number }>(curve!.groups).map((group) => group.n)),
      ...confusion.flatMap(({ figures }) => ('counts' in figures ? [figures.counts.fn + figures.counts.tn] : [])),
    ];
  }

  function recoveredBetween(cohort: ReadonlyMap<string, Simulated>, places: readonly number[]): number {
    const patients = [...cohort.values()].flatMap(({ p, table }) => p.map((score, i) => ({ score, y: (table.columns.get('y') as { values: Float64Array }).values[i]! })));
    const outcomes = patients.sort((a, b) => a.score - b.score).map(({ y }) => y);
    const sorted = [...new Set([0, ...places, outcomes.length])].sort((a, b) => a - b);
    return sorted.slice(1).reduce((count, end, at) => {
      const between = outcomes.slice(sorted[at], end);
      return between.length < k && new Set(between).size === 1 ? count + between.length : count;
    }, 0);
  }

  it('succeeds without a minimum count, and recovers nobody under standard, curves, groups and tables held together', async () => {
    for (const cohort of cohorts) {
      expect(recoveredBetween(cohort, await placesShown(cohort, 'open-data', 0))).toBeGreaterThan(50);
      const places = await placesShown(cohort, 'standard', k);
      expect(new Set(places).size).toBeGreaterThan(5);
      expect(recoveredBetween(cohort, places)).toBe(0);
    }
  });

  it('recovers nobody from two tables of all sites whose thresholds are close together: of two with one patient of each of two sites between them the second is suppressed', async () => {
    const scores = (away: number) => [...Array.from({ length: 30 }, (_, i) => 0.1 + 0.01 * i), 0.5 + away, ...Array.from({ length: 30 }, (_, i) => 0.6 + 0.01 * i)];
    const tables = new Map([['A', 0.004], ['B', 0.003], ['C', -0.2]].map(([site, away]) => {
      const p = scores(away as number);
      return [site as string, { pseudonyms: p.map((_, i) => String(i).padStart(3, '0')), columns: new Map([['y', { kind: 'number' as const, values: Float64Array.from(p, (_, i) => i % 2) }], ['p', { kind: 'number' as const, values: Float64Array.from(p) }]]) }];
    }));
    const tablesShown = async (profile: 'open-data' | 'standard', minimumCell: number) => {
      const { pooled } = await federatedValidation(inProcessFederation({ tables, profile }), { view: { outcome: 'y', features: [], rows: [] }, models: ['p'], thresholds: { p: [0.5, 0.51] }, minimumCell });
      return pooled.models[0]!.confusion.map(({ figures }) => ('counts' in figures ? figures.counts.fn + figures.counts.tn : 'suppressed' in figures ? figures.suppressed.rule : ''));
    };
    expect(await tablesShown('open-data', 0)).toEqual([91, 93]);
    expect(await tablesShown('standard', k)).toEqual([91, 'cut-difference']);
  });

  it('places nobody by a feature value and its SHAP value', async () => {
    const model = { kind: 'logistic', features: ['x'], mean: [0], sd: [1], coefficients: [1.3], intercept: -0.2 } as never;
    const alone = async (profile: 'open-data' | 'standard', minimumCell: number): Promise<number> => {
      let found = 0;
      for (const cohort of cohorts) {
        const tables = new Map([...cohort].map(([site, { p, table }]) => [site, { ...table, columns: new Map([...table.columns, ['x', { kind: 'number' as const, values: Float64Array.from(p, (score) => Math.log(score / (1 - score))) }]]) }]));
        const summary = await federatedShap(inProcessFederation({ tables, profile }), { view: { outcome: 'y', features: [], rows: [] }, model, minimumCell });
        if (!('shapes' in summary)) throw new Error(JSON.stringify(summary));
        const counts = summary.shapes.flatMap(({ cells, dependence }) => [...cells, ...dependence].map(({ patients }) => patients));
        expect(counts.length).toBeGreaterThan(10);
        found += counts.filter((count) => count > 0 && count < k).reduce((sum, count) => sum + count, 0);
      }
      return found;
    };
    expect(await alone('open-data', 0)).toBeGreaterThan(10);
    expect(await alone('standard', k)).toBe(0);
  });
});
