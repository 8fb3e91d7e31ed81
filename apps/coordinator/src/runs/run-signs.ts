import type { ContributionSign, SiteInfluence } from '@consilium/federation';
import type { DataSource } from 'typeorm';
import { select } from '../sql.js';

/** A sign of one kind about the same sites, over all rounds of a run. */
export interface SignOfRun {
  readonly kind: ContributionSign['kind'];
  readonly sites: readonly string[];
  readonly rounds: number;
  /** Steps whose rounds show it. */
  readonly steps: readonly string[];
  /** The largest, of signs that have one. */
  readonly figure: number | null;
}

export interface InfluenceOfSite {
  readonly site: string;
  readonly rounds: number;
  /** The middle and the largest over the rounds. */
  readonly median: number;
  readonly largest: number;
}

export interface RunSigns {
  /** Rounds whose contributions could be looked at, and those whose terms came under masks: of these only the sum was compared with what is possible. */
  readonly lookedAt: number;
  readonly masked: number;
  readonly signs: readonly SignOfRun[];
  /** Of sums, the share of each site's term; of answers, how far the sites' mean moves without each site. */
  readonly sums: readonly InfluenceOfSite[];
  readonly answers: readonly InfluenceOfSite[];
}

interface LookedAt {
  readonly step: string;
  readonly kind: 'sum' | 'gather';
  readonly masked: boolean;
  readonly signs: readonly ContributionSign[] | null;
  readonly influence: readonly SiteInfluence[] | null;
}

/** What was seen in the contributions of a run's closed rounds. */
export async function runSigns(database: DataSource, run: string): Promise<RunSigns> {
  const rounds = await select<LookedAt>(
    database,
    `SELECT step, outcome->>'kind' AS kind, coalesce((outcome->>'masked')::boolean, false) AS masked, outcome->'signs' AS signs, outcome->'influence' AS influence
     FROM round WHERE run = $1 AND state = 'closed' AND outcome->>'kind' IN ('sum', 'gather') ORDER BY opened_at, path, generation`,
    [run],
  );
  const looked = rounds.filter(({ signs }) => signs !== null);
  return {
    lookedAt: looked.length,
    masked: rounds.filter(({ masked }) => masked).length,
    signs: gathered(looked),
    sums: influences(looked.filter(({ kind }) => kind === 'sum')),
    answers: influences(looked.filter(({ kind }) => kind === 'gather')),
  };
}

function gathered(rounds: readonly LookedAt[]): SignOfRun[] {
  const found = new Map<string, { kind: SignOfRun['kind']; sites: readonly string[]; rounds: number; steps: Set<string>; figure: number | null }>();
  for (const { step, signs } of rounds) {
    for (const { kind, sites, figure } of signs!) {
      const key = JSON.stringify([kind, sites]);
      const before = found.get(key) ?? { kind, sites, rounds: 0, steps: new Set<string>(), figure: null };
      before.rounds++;
      before.steps.add(step);
      before.figure = figure === undefined ? before.figure : Math.max(before.figure ?? 0, figure);
      found.set(key, before);
    }
  }
  return [...found.values()].map((one) => ({ ...one, steps: [...one.steps] }));
}

function influences(rounds: readonly LookedAt[]): InfluenceOfSite[] {
  const bySite = new Map<string, number[]>();
  for (const { influence } of rounds) for (const one of influence ?? []) bySite.set(one.site, [...(bySite.get(one.site) ?? []), one.influence]);
  return [...bySite].sort(([a], [b]) => (a < b ? -1 : 1)).map(([site, values]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return { site, rounds: sorted.length, median: sorted[sorted.length >> 1]!, largest: sorted.at(-1)! };
  });
}
