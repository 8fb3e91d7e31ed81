import { pearsonFilter, pearsonOrder, type PearsonRule } from '@consilium/statistics';
import type { Federation } from '../federation.js';
import type { Moments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { crossProducts } from './exchange.js';

/** Columns of one block: the products of two blocks are two megabytes. */
export const BLOCK_SIZE = 512;
/** Block pairs that travel in one batch: thirty-two megabytes. */
const PAIRS_A_BATCH = 16;

interface Scaling {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

interface Pair {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly within: boolean;
}

/** Correlations of the left columns with one another (packed upper triangle) and with the right ones (row by row). */
interface Correlations {
  readonly within: Float64Array;
  readonly between: Float64Array;
}

/**
 * The Pearson correlation matrix over all sites of the features at `columns` (all of the view's when absent), row by row:
 * r_jk = (1/n) Σ z_j z_k with z by the global mean and sd (ddof 0). Constant features correlate 0 with all others and with themselves.
 * One round for up to 16 pairs of blocks of 512 features.
 */
export async function federatedCorrelation(federation: Federation, view: ViewSpec, moments: Moments, columns?: readonly number[]): Promise<Float64Array> {
  const chosen = columns ?? view.features.map((_, j) => j);
  const order = chosen.length;
  const scaling = { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) };
  const matrix = new Float64Array(order * order);
  const blocks = chunks(Array.from(chosen.keys()), BLOCK_SIZE);
  const pairs = blocks.flatMap((left, a) => blocks.slice(a).map((right, b): Pair => (b === 0 ? { left, right: [], within: true } : { left, right, within: false })));
  for (const batch of chunks(pairs, PAIRS_A_BATCH)) {
    await federation.inParallel(
      batch.map((pair) => async (branch) => {
        const asked = { ...pair, left: pair.left.map((k) => chosen[k]!), right: pair.right.map((k) => chosen[k]!) };
        place(matrix, order, pair, await correlate(branch, view, scaling, asked));
      }),
    );
  }
  chosen.forEach((column, j) => (matrix[j * order + j] = scaling.sd[column] === 0 ? 0 : 1));
  return matrix;
}

/** A feature that goes, and the one that stays and for which it goes: places in the view's features, and their correlation. */
export interface DroppedFeature {
  readonly feature: number;
  readonly with: number;
  readonly r: number;
}

export interface GreedySelection {
  readonly kept: number[];
  readonly dropped: readonly DroppedFeature[];
}

export interface GreedyFilter {
  /** Places in the view's features, strongest claim first: a feature is compared only with those before it. */
  readonly order: readonly number[];
  /** A feature is dropped where |r| with a kept one is above it. */
  readonly threshold: number;
}

/**
 * The greedy filter in a given order: keep a feature unless |r| > threshold with one already kept. Blocks of 512 features in that order are
 * correlated only with themselves and the features kept so far, one round a block, so nothing of a dropped feature is asked twice.
 *
 * @returns places of the kept features, in the given order, and of every other the first kept one that says the same
 */
export async function federatedGreedyFilter(federation: Federation, view: ViewSpec, moments: Moments, { order, threshold }: GreedyFilter): Promise<GreedySelection> {
  const scaling = { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) };
  const kept: number[] = [];
  const dropped: DroppedFeature[] = [];
  for (const left of chunks(order, BLOCK_SIZE)) {
    const earlier = kept.length === 0 ? [[]] : chunks([...kept], BLOCK_SIZE);
    const answers = await federation.inParallel(
      earlier.map((right, index) => async (branch) => ({
        width: right.length,
        ...(await correlate(branch, view, scaling, { left, right, within: index === 0 })),
      })),
    );
    const keptBefore = kept.length;
    const keptHere: number[] = [];
    left.forEach((feature, j) => {
      const earlierOnes = answers.flatMap(({ width, between }) => Array.from(between.subarray(j * width, (j + 1) * width)));
      const rs = [...earlierOnes.slice(0, keptBefore), ...keptHere.map((k) => answers[0]!.within[packed(k, j, left.length)]!)];
      const clash = rs.findIndex((r) => Math.abs(r) > threshold);
      if (clash >= 0) {
        dropped.push({ feature, with: kept[clash]!, r: rs[clash]! });
        return;
      }
      keptHere.push(j);
      kept.push(feature);
    });
  }
  return { kept, dropped };
}

export interface PearsonFilterOptions {
  readonly rule: PearsonRule;
  /** One a feature; rules B and C prefer the smaller. NaN counts as larger than any number. */
  readonly pValues: ArrayLike<number>;
  /** Places in the view's features to choose from; all of them when absent. */
  readonly candidates?: readonly number[];
  /** A pair is redundant where |r| is strictly above it. */
  readonly threshold: number;
}

/**
 * The features a Pearson rule keeps (METHODS: A column order, B ascending p, C pair scan, D pandas' upper triangle), as ascending places in
 * the view's features. Exact: the kept set is that of the pooled data. A and B ask block by block, C and D need every pair.
 */
export async function federatedPearsonFilter(federation: Federation, view: ViewSpec, moments: Moments, options: PearsonFilterOptions): Promise<number[]> {
  const { rule, threshold } = options;
  const candidates = options.candidates ?? view.features.map((_, j) => j);
  const pValues = candidates.map((j) => options.pValues[j]!);
  if (candidates.length === 0) return [];
  if (rule === 'A' || rule === 'B') {
    const order = pearsonOrder(rule, pValues, candidates.length).map((k) => candidates[k]!);
    return (await federatedGreedyFilter(federation, view, moments, { order, threshold })).kept.sort((a, b) => a - b);
  }
  const correlation = await federatedCorrelation(federation, view, moments, candidates);
  return pearsonFilter({ rule, correlation, pValues, count: candidates.length, threshold }).map((k) => candidates[k]!);
}

async function correlate(federation: Federation, view: ViewSpec, scaling: Scaling, pair: Pair): Promise<Correlations> {
  const columns = [...pair.left, ...pair.right];
  const mean = Float64Array.from(columns, (j) => scaling.mean[j]!);
  const sd = Float64Array.from(columns, (j) => scaling.sd[j]!);
  const { sums } = await federation.sum(crossProducts, { view, parameters: { ...pair, mean, sd } });
  const n = sums.n[0]! + sums.n[1]!;
  const correlation = (product: number) => Math.max(-1, Math.min(1, product / n));
  return { within: sums.within.map(correlation), between: sums.between.map(correlation) };
}

function place(matrix: Float64Array, p: number, { left, right, within: diagonal }: Pair, { within, between }: Correlations): void {
  left.forEach((row, a) => {
    right.forEach((column, b) => {
      matrix[row * p + column] = matrix[column * p + row] = between[a * right.length + b]!;
    });
    if (!diagonal) return;
    for (let b = a; b < left.length; b++) matrix[row * p + left[b]!] = matrix[left[b]! * p + row] = within[packed(a, b, left.length)]!;
  });
}

/** Where (row, column), row ≤ column, stands in a packed upper triangle of that order. */
const packed = (row: number, column: number, order: number) => row * order - (row * (row - 1)) / 2 + (column - row);

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
