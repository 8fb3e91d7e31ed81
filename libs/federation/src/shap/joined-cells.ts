import type { ShapCell, ShapDependence } from './coordinator.js';
import { PHI_BINS } from './exchange.js';

interface Counted {
  /** Bin of the value after bin, bin of the SHAP value after bin. */
  readonly counts: Float64Array;
  /** Σ phi, bin of the value after bin. */
  readonly signed: Float64Array;
}

interface Scale {
  readonly cuts: Float64Array;
  readonly width: number;
  readonly minimumCell: number;
}

/** Bins `from` to `end` - 1, joined. */
interface Group {
  readonly from: number;
  readonly end: number;
  readonly patients: number;
}

/**
 * Counts of a feature as they may be shown: neighbouring bins of its value, and then within them neighbouring bins of its SHAP value, are joined until each
 * has nobody or at least the minimum. What is left over joins the group before it.
 */
export function joinedCells({ counts, signed }: Counted, { cuts, width, minimumCell }: Scale): { readonly dependence: ShapDependence[]; readonly cells: ShapCell[] } {
  const totals = Array.from(signed, (_, b) => sum(counts.subarray(b * PHI_BINS, (b + 1) * PHI_BINS)));
  const n = sum(totals);
  let before = 0;
  const dependence: ShapDependence[] = [];
  const cells: ShapCell[] = [];
  for (const { from, end, patients } of joined(totals, minimumCell)) {
    const quantile = (before + patients / 2) / n;
    before += patients;
    const meanShap = sum(signed.subarray(from, end)) / patients;
    dependence.push({ from: from === 0 ? null : cuts[from - 1]!, below: end > cuts.length ? null : cuts[end - 1]!, quantile, patients, meanShap });
    const row = Array.from({ length: PHI_BINS }, (_, b) => totals.slice(from, end).reduce((own, _total, v) => own + counts[(from + v) * PHI_BINS + b]!, 0));
    for (const cell of joined(row, minimumCell)) cells.push({ quantile, from: edge(cell.from, width), to: edge(cell.end, width), patients: cell.patients });
  }
  return { dependence, cells };
}

/** The lower edge of a bin of the SHAP value. */
const edge = (bin: number, width: number): number => (bin - PHI_BINS / 2) * width;

/** Neighbouring bins joined until each group has at least k patients; empty bins at the start of a group stand in none. Empty where all together are fewer. */
export function joined(counts: ArrayLike<number>, k: number): Group[] {
  const groups: Group[] = [];
  let [from, patients] = [-1, 0];
  for (let b = 0; b < counts.length; b++) {
    if (from < 0 && counts[b] === 0) continue;
    if (from < 0) from = b;
    patients += counts[b]!;
    if (patients < k) continue;
    groups.push({ from, end: b + 1, patients });
    [from, patients] = [-1, 0];
  }
  const last = from < 0 ? undefined : groups.pop();
  if (last !== undefined) groups.push({ from: last.from, end: counts.length, patients: last.patients + patients });
  return groups;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, x) => total + x, 0);
