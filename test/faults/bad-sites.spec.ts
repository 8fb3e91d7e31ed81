import { momentSquares, momentTotals, siteCounts, siteSummary, type ContributionSign, type RoundCall, type SiteInfluence } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { findSiteStep, type SiteStep, type SiteTable } from '@consilium/federation/site';
import type { Value } from '@consilium/protocol';
import { executePlan, parsePlan } from '@consilium/study';
import { parseTable } from '@consilium/tables';
import { describe, expect, it } from 'vitest';

const sites = ['A', 'B', 'C', 'D'];

/** Patients whose outcome follows from x, the more the larger; another draw at every site. */
function csvOf(site: string): string {
  let state = site.charCodeAt(0) * 7919;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const rows = Array.from({ length: 80 + 10 * sites.indexOf(site) }, (_, i) => {
    const y = i % 2;
    return [`${site}${i}`, y, (y * 1.2 + uniform() + uniform() + uniform() - 1.5).toFixed(4), (50 + 30 * (uniform() - 0.5)).toFixed(3), (uniform() * 2).toFixed(4), (uniform() * 3).toFixed(4)].join();
  });
  return ['id,y,x,age,u,v', ...rows].join('\n');
}
const tables: ReadonlyMap<string, SiteTable> = new Map(sites.map((site) => [site, parseTable(csvOf(site)).table]));
const features = ['x', 'age', 'u', 'v'];

/** Site D computes what the test says. */
type Badly = (contribution: Value, parameters: Value) => Value;

function findStep(badly: Badly | undefined): ((name: string, version: number) => SiteStep | undefined) | undefined {
  if (!badly) return undefined;
  return (name, version) => {
    const half = findSiteStep(name, version);
    return (
      half && {
        step: half.step,
        compute(view, parameters, noise) {
          const result = half.compute(view, parameters, noise);
          return view.pseudonyms[0]?.startsWith('D') ? { ...result, contribution: badly(result.contribution, parameters) } : result;
        },
      }
    );
  };
}

interface Seen {
  readonly signs: readonly ContributionSign[];
  readonly influence: readonly SiteInfluence[];
}

interface World {
  readonly badly?: Badly;
  readonly over?: ReadonlyMap<string, SiteTable>;
  readonly secureAggregation?: boolean;
}

function open({ badly, over = tables, secureAggregation = false }: World = {}) {
  const seen: (Seen & { readonly step: string })[] = [];
  const find = findStep(badly);
  const onSigns = ({ step }: RoundCall, found: Seen) => void seen.push({ step: step.name, ...found });
  return { seen, federation: inProcessFederation({ tables: over, profile: 'open-data', secureAggregation, onSigns, ...(find ? { findStep: find } : {}) }) };
}

const view = { outcome: 'y', features, rows: [] };
const total = (world?: World) => {
  const { federation, seen } = open(world);
  return federation.sum(momentTotals, { view, parameters: null }).then(() => seen[0], (error: unknown) => ({ error: error as Error }));
};
const kinds = (seen: unknown): string[] => (seen as Seen).signs.map(({ kind, sites: of }) => `${kind} ${of.join(' ')}`);
const scaled = (factor: number): Badly => (contribution) => Object.fromEntries(Object.entries(contribution as Record<string, Float64Array>).map(([name, block]) => [name, name === 'n' ? block : block.map((x) => x * factor)]));

describe('fault 36: poisoned contributions', () => {
  it('that are not finite, or of another shape, never enter a sum: the site and the rule are named', async () => {
    for (const [badly, rule] of [[scaled(NaN), 'E624'], [scaled(Infinity), 'E624'], [scaled(1e60), 'E602']] as const) expect(await total({ badly })).toMatchObject({ error: { refusals: [{ site: 'D', refusal: { code: rule } }] } });
    const shorter: Badly = (contribution) => ({ ...(contribution as object), totals: new Float64Array(1) });
    for (const secureAggregation of [false, true]) {
      const other = await total({ badly: shorter, secureAggregation });
      expect(String((other as { error: Error }).error)).toMatch(/another shape|does not have the shape|moments\/totals/);
    }
  });

  it('that a hundredfold is added to are seen: honest hospitals of different size are not, and each has its share', async () => {
    const honest = (await total())!;
    expect(kinds(honest)).toEqual([]);
    expect((honest as Seen).influence.map(({ site }) => site)).toEqual(sites);
    expect((honest as Seen).influence.reduce((sum, { influence }) => sum + influence, 0)).toBeCloseTo(1, 12);
    const poisoned = (await total({ badly: scaled(100) }))!;
    expect(kinds(poisoned)).toEqual(['far D']);
    expect((poisoned as Seen).influence.find(({ site }) => site === 'D')!.influence).toBeGreaterThan(0.9);
    // With the sign turned, sums of magnitudes are negative: impossible, and refused whole.
    expect(await total({ badly: scaled(-12) })).toMatchObject({ error: { code: 'E615' } });
  });

  it('under masks cannot be looked at, and only what is impossible in the sum is refused', async () => {
    const { federation, seen } = open({ badly: scaled(100), secureAggregation: true });
    await federation.sum(momentTotals, { view, parameters: null });
    expect(seen).toEqual([]);
    const negative: Badly = (contribution) => ({ ...(contribution as object), n: (contribution as { n: Float64Array }).n.map(() => -500) });
    await expect(open({ badly: negative, secureAggregation: true }).federation.sum(momentTotals, { view, parameters: null })).rejects.toMatchObject({ code: 'E615' });
  });

  it('by outcomes that were turned round show in the figures: the site is unlike all others, and the pooled AUC is better without it', async () => {
    const parsed = parsePlan(JSON.stringify({ consilium: 1, title: 'Influence', version: 1, study: 's', sites, seed: 's', disclosure: 'open-data', outcome: { column: 'y', type: 'binary' }, models: [{ name: 'm', inputs: [{ columns: ['x', 'age'] }] }] }));
    if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
    const flipped = new Map(sites.map((site) => [site, site === 'D' ? parseTable(csvOf(site).replace(/^(D\d+),([01])/gm, (_, id: string, y: string) => `${id},${1 - Number(y)}`)).table : tables.get(site)!]));
    const influence = async (over: ReadonlyMap<string, SiteTable>) => {
      const { stages } = await executePlan(open({ over }).federation, parsed.plan);
      const rows = stages['evaluate'] as { rows: { training: { headline: { auc: number }[]; influence: { sites: { site: string; without: number; change: number; residual: number }[] }[] } } };
      const { headline, influence: found } = rows.rows.training;
      for (const one of found[0]!.sites) expect(headline[0]!.auc - one.without).toBeCloseTo(one.change, 12);
      return new Map(found[0]!.sites.map((one) => [one.site, one]));
    };
    const [honest, poisoned] = [await influence(tables), await influence(flipped)];
    for (const { residual } of honest.values()) expect(Math.abs(residual)).toBeLessThan(3);
    expect(poisoned.get('D')!.residual).toBeLessThan(-3);
    for (const site of ['A', 'B', 'C']) expect(poisoned.get('D')!.without).toBeGreaterThan(poisoned.get(site)!.without);
  });
});

describe('fault 37: a site that computes nothing', () => {
  it('and sends back what it was sent, zeros, or what another site sends, is seen', async () => {
    const echo: Badly = (contribution, parameters) => {
      const sent = (parameters as { means?: Float64Array } | null)?.means;
      return sent ? Object.fromEntries(Object.entries(contribution as Record<string, Float64Array>).map(([name, block]) => [name, block.length === sent.length ? sent : block])) : contribution;
    };
    const parameters = { means: Float64Array.of(0.61, 50.2, 1.03, 1.49, 0.6, 49.9, 1.01, 1.51), units: Float64Array.of(1, 1, 1, 1) };
    const squares = async (badly?: Badly) => {
      const { federation, seen } = open(badly ? { badly } : {});
      await federation.sum(momentSquares, { view, parameters });
      return kinds(seen[0]);
    };
    expect(await squares()).toEqual([]);
    expect(await squares(echo)).toContain('echo D');
    expect(kinds(await total({ badly: scaled(0) }))).toEqual(['empty D']);
    expect(kinds(await total({ badly: (contribution) => Object.fromEntries(Object.entries(contribution as Record<string, Float64Array>).map(([name, block]) => [name, block.map(() => 0)])) }))).toEqual(['empty D']);
  });
});

describe('fault 38: one hospital under two names', () => {
  it('is seen by its sums and by its answers, also where it has scaled them; hospitals alike are not', async () => {
    const twice = new Map([...tables].map(([site, own]) => [site, site === 'D' ? renamed(tables.get('A')!) : own]));
    expect(kinds(await total({ over: twice }))).toEqual(['same A D']);
    const answers = async (over: ReadonlyMap<string, SiteTable>) => {
      const { federation, seen } = open({ over });
      await federation.gather(siteSummary, { view, parameters: null });
      await federation.gather(siteCounts, { view, parameters: { columns: features } });
      return seen.flatMap(kinds);
    };
    expect(await answers(tables)).toEqual([]);
    expect(await answers(twice)).toContain('same A D');
  });
});

/** The same patients under pseudonyms that begin with D. */
const renamed = ({ pseudonyms, columns }: SiteTable): SiteTable => ({ pseudonyms: pseudonyms.map((name) => `D${name.slice(1)}`), columns });
