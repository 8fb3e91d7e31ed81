import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Basis } from './disclosure.js';
import type { SiteView } from './site-view.js';

/** Column j of a view's matrix, without a copy. */
export const viewColumn = (view: SiteView, j: number): Float64Array => view.X.subarray(j * view.n, (j + 1) * view.n);

/** (x - mean) / sd, and 0 everywhere where sd is 0: a constant feature carries nothing. */
export function standardise(x: Float64Array, mean: number, sd: number): Float64Array {
  const z = new Float64Array(x.length);
  if (sd > 0) for (let i = 0; i < x.length; i++) z[i] = (x[i]! - mean) / sd;
  return z;
}

interface Scaled {
  readonly mean: number;
  readonly sd: number;
  readonly z: Float64Array;
}

const scaled = new WeakMap<SiteView, Scaled[]>();

/** Column j of a view's matrix, standardised. The last scaling of a column is kept with its view: iterative methods ask for it round after round. */
export function standardisedColumn(view: SiteView, j: number, { mean, sd }: { readonly mean: number; readonly sd: number }): Float64Array {
  let known = scaled.get(view);
  if (!known) scaled.set(view, (known = []));
  const last = known[j];
  if (last?.mean === mean && last.sd === sd) return last.z;
  const z = standardise(viewColumn(view, j), mean, sd);
  known[j] = { mean, sd, z };
  return z;
}

/** The columns of a view scaled by one mean and sd a feature. */
export function standardisedColumns(view: SiteView, mean: Float64Array, sd: Float64Array): Float64Array[] {
  if (mean.length !== view.features.length || sd.length !== view.features.length) {
    throw new ConsiliumError(methodErrors.requestShape, 'The scaling does not have one mean and one sd a feature. Nothing was computed.');
  }
  return view.features.map((_, j) => standardisedColumn(view, j, { mean: mean[j]!, sd: sd[j]! }));
}

/** Row indices by fold. Refuses a view without folds, and rows of a fold beyond those announced. */
export function rowsByFold(view: SiteView, folds: number): Int32Array[] {
  if (view.fold.length !== view.n) throw new ConsiliumError(methodErrors.requestShape, 'The step needs a view with folds. Nothing was computed.');
  const rows: number[][] = Array.from({ length: folds }, () => []);
  view.fold.forEach((fold, i) => {
    const own = rows[fold];
    if (own === undefined) throw new ConsiliumError(methodErrors.foldOutside, `The fold column holds a fold beyond ${folds - 1}. Nothing was computed.`);
    own.push(i);
  });
  return rows.map((own) => Int32Array.from(own));
}

type ClassBasis = Basis & { readonly events: number; readonly nonEvents: number; readonly cells: readonly number[] };

const bases = new WeakMap<SiteView, ClassBasis>();

/** What a sum over a view's rows rests on. Each class is a count that leaves: nobody, or at least k. */
export function classBasis(view: SiteView): ClassBasis {
  let basis = bases.get(view);
  if (!basis) {
    const events = view.y.reduce((sum, y) => sum + y, 0);
    const nonEvents = view.n - events;
    bases.set(view, (basis = { patients: view.n, events, nonEvents, cells: [nonEvents, events] }));
  }
  return basis;
}

const indicators = new WeakMap<SiteView, Map<string, readonly number[]>>();

/**
 * The cells of a two-valued feature with the outcome, value by value, and those of the patients who lack it; none for a feature of more
 * values. Counted before filling and scaling: (x - mean) / sd of an indicator is an indicator still, and what fills its gaps is public.
 */
export function indicatorCells(view: SiteView, feature: string): readonly number[] {
  let known = indicators.get(view);
  if (!known) indicators.set(view, (known = new Map<string, readonly number[]>()));
  let cells = known.get(feature);
  if (!cells) known.set(feature, (cells = countCells(view, feature)));
  return cells;
}

function countCells(view: SiteView, feature: string): number[] {
  const cells = new Map<number, [number, number]>();
  const recorded = view.recorded(feature);
  for (let i = 0; i < view.n; i++) {
    const value = Number.isNaN(recorded[i]!) ? NaN : recorded[i]!;
    let cell = cells.get(value);
    if (!cell) cells.set(value, (cell = [0, 0]));
    if (cells.size > (cells.has(NaN) ? 3 : 2)) return [];
    cell[view.y[i]! as 0 | 1]++;
  }
  return [...cells.values()].flat();
}

/** Blocks one after another. */
export function concatenate(blocks: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}
