import { binColumns, type BinnedColumns, type PatientKeys } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { createHmac } from 'node:crypto';
import type { SiteView } from './site-view.js';

/** What a site keeps of a view while trees grow on it, for as long as the view itself is kept. Losing it costs time and changes nothing. */
interface Kept {
  readonly binned: { readonly cuts: CutSet; readonly data: BinnedColumns }[];
  readonly keys: Map<string, PatientKeys>;
}

const kept = new WeakMap<SiteView, Kept>();

/** Binnings of one view: the training sets of a cross-validation, and a few more. */
const MOST_BINNINGS = 64;

function keptOf(view: SiteView): Kept {
  let own = kept.get(view);
  if (!own) kept.set(view, (own = { binned: [], keys: new Map() }));
  return own;
}

/** The view's columns as bin numbers under these cuts. */
export function binnedView(view: SiteView, cuts: CutSet): BinnedColumns {
  const { binned } = keptOf(view);
  const known = binned.find((one) => sameCuts(one.cuts, cuts));
  if (known) return known.data;
  const data = binColumns(view.X, view.n, cutsOf(cuts, view.features.length));
  if (binned.length === MOST_BINNINGS) binned.shift();
  binned.push({ cuts: { sizes: cuts.sizes.slice(), cuts: cuts.cuts.slice() }, data });
  return data;
}

/** Cut points as they travel: how many each feature has, and all of them, feature after feature. */
export type CutSet = {
  readonly sizes: Float64Array;
  readonly cuts: Float64Array;
};

export const cutSet = (cuts: readonly Float64Array[]): CutSet => ({ sizes: Float64Array.from(cuts, ({ length }) => length), cuts: Float64Array.from(cuts.flatMap((own) => [...own])) });

/** Feature by feature. Refuses what does not fit. */
export function cutsOf({ sizes, cuts }: CutSet, p: number): Float64Array[] {
  let at = 0;
  const byFeature = Array.from(sizes, (size) => cuts.subarray(at, (at += size)));
  const fits = sizes.length === p && at === cuts.length && sizes.every((size) => Number.isInteger(size) && size >= 0 && size <= 255);
  if (!fits || byFeature.some((own) => own.some((cut, i) => i > 0 && cut <= own[i - 1]!))) {
    throw new ConsiliumError(methodErrors.requestShape, 'The cut points do not fit the features of the view. Nothing was computed.');
  }
  return byFeature;
}

export const sameCuts = (a: CutSet, b: CutSet): boolean => sameNumbers(a.sizes, b.sizes) && sameNumbers(a.cuts, b.cuts);

export function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A key for each row, the first 64 bits of HMAC-SHA256(seed, pseudonym): what a patient's draws are made of. */
export function patientKeys(view: SiteView, seed: string): PatientKeys {
  const { keys } = keptOf(view);
  let own = keys.get(seed);
  if (!own) {
    const digests = view.pseudonyms.map((pseudonym) => createHmac('sha256', seed).update(pseudonym, 'utf8').digest());
    own = { high: Uint32Array.from(digests, (digest) => digest.readUInt32BE(0)), low: Uint32Array.from(digests, (digest) => digest.readUInt32BE(4)) };
    keys.set(seed, own);
  }
  return own;
}

/** The rows outside a fold, or all; and those of the fold. */
export function rowsOutside(view: SiteView, withoutFold: number | undefined): { readonly training: Int32Array; readonly heldOut: Int32Array } {
  const all = Int32Array.from({ length: view.n }, (_, i) => i);
  if (withoutFold === undefined) return { training: all, heldOut: new Int32Array(0) };
  if (view.fold.length !== view.n) throw new ConsiliumError(methodErrors.requestShape, 'The step needs a view with folds. Nothing was computed.');
  return { training: all.filter((i) => view.fold[i] !== withoutFold), heldOut: all.filter((i) => view.fold[i] === withoutFold) };
}
