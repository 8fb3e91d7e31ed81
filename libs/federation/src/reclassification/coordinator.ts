import {
  categoryNri,
  continuousNri,
  integratedDiscriminationImprovement,
  type Improvement,
  type ReclassificationClass,
  type ReclassificationSums,
} from '@consilium/evaluation';
import { RoundRefused, type Federation } from '../federation.js';
import { notEstimable, suppressed, type Figure } from '../validation/figures.js';
import { pairs as pairsOf } from '../validation/per-site.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';
import { reclassification } from './exchange.js';

export interface ReclassificationRequest {
  readonly view: ViewSpec;
  /** Columns of probabilities, compared pairwise, the later one as the new model. */
  readonly models: readonly string[];
  /** Ascending risk thresholds between categories. */
  readonly cuts: readonly number[];
  /** The profile's minimum count: tables and counts below it are not shown. */
  readonly minimumCell?: number;
}

export interface Reclassification {
  readonly before: string;
  readonly after: string;
  readonly continuousNri: Figure<Improvement>;
  readonly categoryNri: Figure<Improvement>;
  readonly idi: Figure<Improvement>;
  /** Patients by old category (rows) and new one (columns), with and without the event. */
  readonly tables: Figure<{ readonly events: readonly (readonly number[])[]; readonly nonEvents: readonly (readonly number[])[] }>;
}

/** NRI and IDI of every pair of models over all patients, from sums, in one round; see reclassificationSums. Exact. */
export async function federatedReclassification(federation: Federation, request: ReclassificationRequest): Promise<Reclassification[]> {
  const { models, cuts, minimumCell = 0 } = request;
  const pairs = pairsOf(models).map(([a, b]) => ({ before: models[a]!, after: models[b]! }));
  if (pairs.length === 0) return [];
  const view = { ...request.view, features: [...models] };
  try {
    const { sums } = (await federation.sum(reclassification, { view, parameters: { pairs, cuts: [...cuts] } })).sums;
    const size = (cuts.length + 1) ** 2 + 5;
    return pairs.map((pair, at) => ({ ...pair, ...figuresOf({ events: classOf(sums, 2 * at * size, size), nonEvents: classOf(sums, (2 * at + 1) * size, size) }, minimumCell) }));
  } catch (error) {
    if (!(error instanceof RoundRefused)) throw error;
    const none = refusedSum(error);
    return pairs.map((pair) => ({ ...pair, continuousNri: none, categoryNri: none, idi: none, tables: none }));
  }
}

function classOf(sums: Float64Array, at: number, size: number): ReclassificationClass {
  const [n, up, down, sum, square, ...table] = sums.subarray(at, at + size);
  return { n: n!, up: up!, down: down!, sum: sum!, square: square!, table };
}

function figuresOf(sums: ReclassificationSums, k: number): Omit<Reclassification, 'before' | 'after'> {
  const { events, nonEvents } = sums;
  const small = (counts: readonly number[]) => counts.some((count) => count > 0 && count < k);
  const hidden = suppressed('minimum-cell', `A count between 1 and ${k - 1}`);
  const none = notEstimable('One outcome class is empty. Nothing can be reclassified.');
  // Who did not move is the class less those who did.
  const moved = [events, nonEvents].flatMap(({ n, up, down }) => [up, down, n - up - down]);
  const table = [...events.table, ...nonEvents.table];
  const rows = (cells: readonly number[]) => {
    const size = Math.sqrt(cells.length);
    return Array.from({ length: size }, (_, i) => cells.slice(i * size, (i + 1) * size));
  };
  return {
    continuousNri: small(moved) ? hidden : (continuousNri(sums) ?? none),
    categoryNri: small(table) ? hidden : (categoryNri(sums) ?? none),
    idi: integratedDiscriminationImprovement(sums) ?? none,
    tables: small(table) ? hidden : { events: rows(events.table), nonEvents: rows(nonEvents.table) },
  };
}
