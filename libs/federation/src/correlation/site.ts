import { crossProduct, packSymmetric, symmetricCrossProduct } from '@consilium/numerics';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { crossProducts, type CrossProducts, type ProductParameters } from './exchange.js';

export const crossProductsAtSite: SiteStep<ProductParameters, CrossProducts> = {
  step: crossProducts,
  compute(view, { left, right, within: wanted, mean, sd }) {
    const { n, y } = view;
    const columns = [...left, ...right];
    const fits = mean.length === columns.length && sd.length === columns.length && columns.every((column) => column < view.features.length);
    if (!fits) throw new ConsiliumError(methodErrors.requestShape);
    const Z = standardised(view, columns, { mean, sd });
    const leftZ = Z.subarray(0, left.length * n);
    const rightZ = Z.subarray(left.length * n);
    const within = wanted ? packSymmetric(symmetricCrossProduct(leftZ, n, left.length), left.length) : new Float64Array(0);
    const between = crossProduct({ left: leftZ, leftColumns: left.length, right: rightZ, rightColumns: right.length, rows: n });
    const events = y.reduce((sum, outcome) => sum + outcome, 0);
    const cells = [n - events, events];
    return { contribution: { n: Float64Array.from(cells), within, between }, basis: { patients: n, events, nonEvents: n - events, cells } };
  },
};

function standardised({ n, X }: SiteView, columns: readonly number[], { mean, sd }: { mean: Float64Array; sd: Float64Array }): Float64Array {
  const Z = new Float64Array(n * columns.length);
  columns.forEach((column, k) => {
    if (sd[k] === 0) return;
    for (let i = 0; i < n; i++) Z[k * n + i] = (X[column * n + i]! - mean[k]!) / sd[k]!;
  });
  return Z;
}
