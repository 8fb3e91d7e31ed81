import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Basis } from '../disclosure.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { columnSquares, columnTotals, valuesOfClass } from './column-sums.js';
import { splitSquare } from './group-moments.js';
import { momentSquares, momentTotals, type MomentSquares, type MomentTotals, type SquareParameters } from './exchange.js';

export const momentTotalsAtSite: SiteStep<null, MomentTotals> = {
  step: momentTotals,
  compute(view) {
    const p = view.features.length;
    const totals = new Float64Array(2 * p);
    const magnitudes = new Float64Array(p);
    eachColumn(view, (values, j, outcome) => {
      const sums = columnTotals(values);
      totals[outcome * p + j] = sums.total;
      magnitudes[j]! += sums.magnitude;
    });
    const basis = basisOf(view);
    return { contribution: { n: Float64Array.from(basis.cells!), totals, magnitudes }, basis };
  },
};

export const momentSquaresAtSite: SiteStep<SquareParameters, MomentSquares> = {
  step: momentSquares,
  compute(view, { means, units }) {
    const p = view.features.length;
    if (means.length !== 2 * p || units.length !== p) throw new ConsiliumError(methodErrors.requestShape);
    const deviations = new Float64Array(2 * p);
    const squares = new Float64Array(2 * p);
    const fineSquares = new Float64Array(2 * p);
    eachColumn(view, (values, j, outcome) => {
      const at = outcome * p + j;
      const sums = columnSquares(values, means[at]!, units[j]!);
      deviations[at] = sums.deviation;
      const { square, fine } = splitSquare(sums.square);
      squares[at] = square;
      fineSquares[at] = fine;
    });
    return { contribution: { deviations, squares, fineSquares }, basis: basisOf(view) };
  },
};

function eachColumn(view: SiteView, visit: (values: Float64Array, j: number, outcome: 0 | 1) => void): void {
  const room = new Float64Array(view.n);
  for (let j = 0; j < view.features.length; j++) {
    const column = view.X.subarray(j * view.n, (j + 1) * view.n);
    for (const outcome of [0, 1] as const) visit(valuesOfClass(column, view.y, outcome, room), j, outcome);
  }
}

function basisOf({ n, y }: SiteView): Basis {
  const events = y.reduce((sum, outcome) => sum + outcome, 0);
  return { patients: n, events, nonEvents: n - events, cells: [n - events, events] };
}
