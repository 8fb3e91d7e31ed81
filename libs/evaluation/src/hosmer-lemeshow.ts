import { chiSquaredUpperTail } from '@consilium/numerics';

/** Patients of one group of predicted risk. Groups by public cuts add over sites. */
export interface RiskGroup {
  readonly n: number;
  readonly events: number;
  /** Σ p: the expected events. */
  readonly expected: number;
}

/** The rule that makes the groups; the statistic differs between rules, so it is always named. */
export type RiskGroupRule = 'fixed' | 'quantile' | 'rank';

export interface HosmerLemeshow {
  readonly groups: number;
  readonly statistic: number;
  /** G - 2, for the data the model was fitted on, and its p; both null with fewer than 3 groups. */
  readonly fitted: { readonly degreesOfFreedom: number; readonly p: number } | null;
  /** G, for other data. */
  readonly external: { readonly degreesOfFreedom: number; readonly p: number };
}

/**
 * Groups of predicted risk.
 *
 * - fixed: [k/G, (k+1)/G), the last closed: public cuts, so sites may sum their groups
 * - quantile: cuts at the type-7 quantiles k/G of p, right-closed, equal cuts merged (R's ResourceSelection::hoslem.test)
 * - rank: ceil(rank · G / n) in ascending order of p, ties in the order given
 *
 * A quantile whose position (n-1)k/G is a whole number *is* an observation and belongs to the group on its left. Positions are computed with
 * integers: one rounding slip there moves a patient and has changed the statistic by 8 %.
 *
 * @returns G groups for 'fixed' (empty ones too, so that sites align); only occupied groups otherwise
 */
export function riskGroups(p: ArrayLike<number>, y: ArrayLike<number>, rule: RiskGroupRule, count = 10): RiskGroup[] {
  const n = y.length;
  const place = { fixed: () => (i: number) => equalBin(p[i], count), quantile: () => quantilePlace(p, count), rank: () => rankPlace(p, n, count) }[rule]();
  const groups = Array.from({ length: count }, () => ({ n: 0, events: 0, expected: 0 }));
  for (let i = 0; i < n; i++) {
    const group = groups[place(i)];
    group.n++;
    group.events += y[i];
    group.expected += p[i];
  }
  return rule === 'fixed' ? groups : groups.filter((group) => group.n > 0);
}

/** The bin [k/K, (k+1)/K) that holds p, with k/K as the nearest double, the last bin closed. */
export function equalBin(p: number, count: number): number {
  let bin = Math.min(Math.max(Math.floor(p * count), 0), count - 1);
  if (p < bin / count) bin--;
  else if (bin + 1 < count && p >= (bin + 1) / count) bin++;
  return bin;
}

function quantilePlace(p: ArrayLike<number>, count: number): (i: number) => number {
  const sorted = Float64Array.from(p).sort();
  const inner = Array.from({ length: count - 1 }, (_, k) => {
    const position = (sorted.length - 1) * (k + 1);
    const whole = Math.floor(position / count);
    const rest = position % count;
    return rest === 0 ? sorted[whole] : sorted[whole] + (rest / count) * (sorted[whole + 1] - sorted[whole]);
  });
  const cuts = [...new Set(inner)].filter((cut) => cut > sorted[0]);
  return (i) => cuts.reduce((below, cut) => below + (cut < p[i] ? 1 : 0), 0);
}

function rankPlace(p: ArrayLike<number>, n: number, count: number): (i: number) => number {
  const place = new Int32Array(n);
  Array.from({ length: n }, (_, i) => i)
    .sort((a, b) => p[a] - p[b] || a - b)
    .forEach((i, rank) => (place[i] = Math.ceil(((rank + 1) * count) / n) - 1));
  return (i) => place[i];
}

/**
 * chi² = Σ over groups of (O - E)²/E for events and for non-events (Hosmer and Lemeshow 1980). Empty groups are left out; null with no group, or
 * where an expected count is 0. Has little power in small samples: a high p is no proof of calibration.
 */
export function hosmerLemeshow(groups: readonly RiskGroup[]): HosmerLemeshow | null {
  const occupied = groups.filter(({ n }) => n > 0);
  const G = occupied.length;
  if (G === 0 || occupied.some(({ n, expected }) => expected <= 0 || expected >= n)) return null;
  const statistic = occupied.reduce((sum, { n, events, expected }) => sum + (events - expected) ** 2 * (1 / expected + 1 / (n - expected)), 0);
  return {
    groups: G,
    statistic,
    fitted: G < 3 ? null : { degreesOfFreedom: G - 2, p: chiSquaredUpperTail(statistic, G - 2) },
    external: { degreesOfFreedom: G, p: chiSquaredUpperTail(statistic, G) },
  };
}
