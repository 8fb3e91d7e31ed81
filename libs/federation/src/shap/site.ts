import { cellOf, modelFeatures, parseModel, shapleyValues } from '@consilium/learning';
import { compensatedSum } from '@consilium/numerics';
import { ConsiliumError, encodeValue, methodErrors } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { cutsOf } from '../binned-view.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, viewColumn } from '../standardised-columns.js';
import { PHI_BINS, shapCells, shapTotals, type ShapCellParameters, type ShapCells, type ShapParameters, type ShapTotals } from './exchange.js';

export const shapTotalsAtSite: SiteStep<ShapParameters, ShapTotals> = {
  step: shapTotals,
  compute(view, parameters) {
    const phi = valuesOf(view, parameters);
    const of = (make: (own: Float64Array) => Float64Array) => Float64Array.from(view.features, (_, j) => compensatedSum(make(phi.subarray(j * view.n, (j + 1) * view.n))));
    const contribution = { n: Float64Array.of(view.n), absolute: of((own) => own.map(Math.abs)), signed: of((own) => own), squares: of((own) => own.map((x) => x * x)) };
    return { contribution, basis: classBasis(view) };
  },
};

export const shapCellsAtSite: SiteStep<ShapCellParameters, ShapCells> = {
  step: shapCells,
  compute(view, { columns, cuts, widths, ...explained }) {
    if (widths.length !== columns.length || columns.some((j) => j >= view.features.length)) throw misfit('The columns do not fit the features of the view.');
    const byColumn = cutsOf(cuts, columns.length);
    const phi = valuesOf(view, explained);
    const bins = byColumn.reduce((sum, { length }) => sum + length + 1, 0);
    const counts = new Float64Array(bins * PHI_BINS);
    const signed = new Float64Array(bins);
    let first = 0;
    columns.forEach((j, c) => {
      const values = viewColumn(view, j);
      for (let i = 0; i < view.n; i++) {
        const own = phi[j * view.n + i]!;
        const bin = first + cellOf(values[i]!, byColumn[c]!);
        counts[bin * PHI_BINS + phiBin(own, widths[c]!)]!++;
        signed[bin]! += own;
      }
      first += byColumn[c]!.length + 1;
    });
    return { contribution: { counts, signed }, basis: classBasis(view) };
  },
};

/** The middle bin holds half a width on either side of 0. */
function phiBin(phi: number, width: number): number {
  const middle = (PHI_BINS - 1) / 2;
  if (!(width > 0)) return middle;
  return middle + Math.max(-middle, Math.min(middle, Math.round(phi / width)));
}

/** SHAP values of a view's rows, as long as the view is kept: two steps ask for the same. */
const kept = new WeakMap<SiteView, Map<string, Float64Array>>();
const MOST_KEPT = 4;

function valuesOf(view: SiteView, { model: value, mean }: ShapParameters): Float64Array {
  const key = createHash('sha256').update(encodeValue({ model: value, mean })).digest('hex');
  let own = kept.get(view);
  if (!own) kept.set(view, (own = new Map<string, Float64Array>()));
  const known = own.get(key);
  if (known) return known;
  const model = parseModel(value);
  const fits = model !== null && mean.length === view.features.length && modelFeatures(model).length === view.features.length && modelFeatures(model).every((name, j) => name === view.features[j]);
  const found = fits ? shapleyValues(model, view.X, view.n, mean) : null;
  if (!found) throw misfit('The message holds no model of these features that has SHAP values.');
  if (own.size === MOST_KEPT) own.delete(own.keys().next().value!);
  own.set(key, found.phi);
  return found.phi;
}

const misfit = (what: string) => new ConsiliumError(methodErrors.requestShape, `${what} Nothing was computed.`);
