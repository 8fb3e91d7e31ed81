import { normalTwoSidedP } from '@consilium/numerics';

/** Sums over patients of one class, comparing a new probability with an old one. All add over sites. */
export interface ReclassificationClass {
  readonly n: number;
  /** Patients whose probability rose, and fell. */
  readonly up: number;
  readonly down: number;
  /** Σ (new - old) and Σ (new - old)². */
  readonly sum: number;
  readonly square: number;
  /** Patients by old category (rows) and new category (columns), row after row. */
  readonly table: readonly number[];
}

export interface ReclassificationSums {
  readonly events: ReclassificationClass;
  readonly nonEvents: ReclassificationClass;
}

/** The category of a probability: the number of ascending cuts at or below it. */
export const riskCategory = (p: number, cuts: readonly number[]): number => cuts.filter((cut) => cut <= p).length;

/** @param cuts ascending risk thresholds; c of them make c + 1 categories */
export function reclassificationSums(before: ArrayLike<number>, after: ArrayLike<number>, y: ArrayLike<number>, cuts: readonly number[]): ReclassificationSums {
  const size = cuts.length + 1;
  const empty = () => ({ n: 0, up: 0, down: 0, sum: 0, square: 0, table: new Array<number>(size * size).fill(0) });
  const sums = { events: empty(), nonEvents: empty() };
  for (let i = 0; i < y.length; i++) {
    const own = y[i] === 1 ? sums.events : sums.nonEvents;
    const change = after[i] - before[i];
    own.n++;
    if (change > 0) own.up++;
    if (change < 0) own.down++;
    own.sum += change;
    own.square += change * change;
    own.table[riskCategory(before[i], cuts) * size + riskCategory(after[i], cuts)]++;
  }
  return sums;
}

export interface Improvement {
  readonly estimate: number;
  readonly events: number;
  readonly nonEvents: number;
  readonly standardError: number | null;
  readonly z: number | null;
  readonly p: number | null;
}

/**
 * Net reclassification with and without categories and the integrated discrimination improvement (Pencina et al. 2008, 2011), new against old:
 *
 *   NRI = (share up - share down among events) + (share down - share up among non-events);
 *         variance Σ over classes of [up + down - (up - down)²]/n, up and down as shares
 *   IDI = mean change among events - mean change among non-events; variance Σ over classes of s²/n, s² with ddof 1
 *
 * The continuous form counts any change, the category form changes of category. R's Hmisc::improveProb gives the same. A positive NRI of a model
 * that is not calibrated means little; read it beside net benefit. Null without a patient in each class.
 */
export function continuousNri({ events, nonEvents }: ReclassificationSums): Improvement | null {
  return netReclassification({ n: events.n, up: events.up, down: events.down }, { n: nonEvents.n, up: nonEvents.up, down: nonEvents.down });
}

export function categoryNri({ events, nonEvents }: ReclassificationSums): Improvement | null {
  return netReclassification({ n: events.n, ...moves(events.table) }, { n: nonEvents.n, ...moves(nonEvents.table) });
}

/** Patients above and below the diagonal of a table of old and new categories. */
function moves(table: readonly number[]): { up: number; down: number } {
  const size = Math.sqrt(table.length);
  let [up, down] = [0, 0];
  table.forEach((count, at) => {
    const change = (at % size) - Math.floor(at / size);
    if (change > 0) up += count;
    if (change < 0) down += count;
  });
  return { up, down };
}

interface Moves {
  readonly n: number;
  readonly up: number;
  readonly down: number;
}

function netReclassification(events: Moves, nonEvents: Moves): Improvement | null {
  if (events.n === 0 || nonEvents.n === 0) return null;
  const net = ({ n, up, down }: Moves) => (up - down) / n;
  const variance = (one: Moves) => ((one.up + one.down) / one.n - net(one) ** 2) / one.n;
  return improvement(net(events), -net(nonEvents), variance(events) + variance(nonEvents));
}

export function integratedDiscriminationImprovement({ events, nonEvents }: ReclassificationSums): Improvement | null {
  if (events.n === 0 || nonEvents.n === 0) return null;
  const mean = ({ n, sum }: ReclassificationClass) => sum / n;
  const variance = ({ n, sum, square }: ReclassificationClass) => (square - (sum * sum) / n) / (n - 1) / n;
  return improvement(mean(events), -mean(nonEvents), events.n > 1 && nonEvents.n > 1 ? variance(events) + variance(nonEvents) : 0);
}

function improvement(events: number, nonEvents: number, variance: number): Improvement {
  const estimate = events + nonEvents;
  if (!(variance > 0)) return { estimate, events, nonEvents, standardError: null, z: null, p: null };
  const standardError = Math.sqrt(variance);
  return { estimate, events, nonEvents, standardError, z: estimate / standardError, p: normalTwoSidedP(estimate / standardError) };
}
