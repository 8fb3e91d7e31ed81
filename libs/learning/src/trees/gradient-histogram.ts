import { log1pExp } from '@consilium/numerics';
import type { BinnedColumns } from './binned-columns.js';
import { missingBytes, residentColumns, type ResidentColumns } from './kernels/resident-columns.js';
import { kernelMemory, type KernelMemory } from './kernels/tree-kernels.js';
import type { PackedTree } from './packed-trees.js';
import { patientUniform, type PatientKeys } from './patient-draws.js';

/**
 * Gradients are whole multiples of this before they are added. A site's sums of up to 2^18 patients, and all sites' of up to 2^19, are then exact in doubles: they
 * depend neither on the order of rows nor on how patients are split over sites. It costs 3e-11 of a patient's gradient.
 */
export const GRADIENT_UNIT = 2 ** -34;

/** Units of a whole. */
const UNITS = 2 ** 34;
/** Adding and subtracting it rounds a double below 2^51 to a whole number, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/** Which patients stand in a tree's sample: those whose draw is below the fraction. */
export interface Bag {
  readonly keys: PatientKeys;
  readonly fraction: number;
  readonly tree: number;
}

export interface HistogramRequest {
  /** The tree as far as it has grown. */
  readonly tree: PackedTree;
  /** Leaves of it whose histograms are wanted. */
  readonly nodes: ArrayLike<number>;
  /** Columns of the tree's sample. */
  readonly columns: ArrayLike<number>;
  readonly bag: Bag | null;
  /** Whether patients are counted beside the sums. */
  readonly counted: boolean;
}

/** Columns that are added at once: their part of the histograms stays in the fastest memory. */
const COLUMNS_AT_ONCE = 64;

/** Training rows in the memory of the kernels, those of one node side by side. */
interface Laid {
  readonly generation: number;
  /** g and h of every row, side by side. */
  readonly gradients: number;
  readonly rows: number;
  /** The tree that they are parted by, and where each node's rows begin and end. */
  feature: Float64Array;
  number: Float64Array;
  readonly from: number[];
  readonly to: number[];
  /** The tree whose sample they are, or -1. */
  sample: number;
  /** Whether the gradients are those of the margins. */
  fresh: boolean;
}

/** The rows of one hospital (or of all) in a boosting: their margins under the trees so far, and histograms of the log-loss' gradients g = p - y, h = p(1 - p). */
export class BoostedRows {
  /** The margin of every row, training row or not. */
  readonly margins: Float64Array;
  private laid: Laid | null = null;
  /** Where each column begins in a histogram of all columns. */
  private readonly starts: Int32Array;
  /** Rows that are no training rows. */
  private readonly others: Int32Array;

  /**
   * @param rows training rows
   * @param base margin of every patient before the first tree
   */
  constructor(
    private readonly data: BinnedColumns,
    private readonly y: Uint8Array,
    private readonly rows: Int32Array,
    base: number,
  ) {
    const { n, sizes } = data;
    if (rows.length > 2 ** 18) throw new RangeError('BoostedRows: at most 2^18 rows, so that sums are exact');
    this.margins = new Float64Array(n).fill(base);
    const training = new Uint8Array(n);
    for (const row of rows) training[row] = 1;
    this.others = Int32Array.from({ length: n }, (_, row) => row).filter((row) => training[row] === 0);
    this.starts = new Int32Array(sizes.length + 1);
    sizes.forEach((size, j) => (this.starts[j + 1] = this.starts[j] + size));
  }

  /** Adds a finished tree to all margins. */
  add(tree: PackedTree): void {
    const { margins, data } = this;
    const { feature, number, left } = tree;
    const memory = kernelMemory();
    memory.prepare(missingBytes(memory, data) + 36 * data.n + 32 * feature.length + 128);
    const columns = residentColumns(memory, data);
    const laid = this.laidRows(memory);
    // Training rows stand by the nodes of the tree as it grew, unless it was pruned or drew a sample of them.
    const parted = laid.sample === -1 && isGrownFrom(tree, laid);
    memory.scoped(() => {
      const values = memory.putDoubles(margins);
      if (parted) {
        this.part(memory, columns, laid, { tree, bag: null });
        for (let node = 0; node < feature.length; node++) if (feature[node] < 0) memory.kernels.addAnswer(laid.rows + 4 * laid.from[node], laid.to[node] - laid.from[node], number[node], values);
      }
      const others = parted ? this.others : Int32Array.from({ length: data.n }, (_, row) => row);
      const nodes = [feature, number, left].map((words) => memory.putWords(words)) as [number, number, number];
      memory.kernels.addTree(columns.bins, data.n, memory.putWords(others), others.length, ...nodes, memory.putDoubles(number), values);
      margins.set(memory.doubles(values, data.n));
    });
    laid.fresh = false;
  }

  /** Node after node Σ g, Σ h and, where they are counted, patients; each sampled column after column, bin after bin. */
  histograms({ tree, nodes, columns, bag, counted }: HistogramRequest): Float64Array {
    const sampled = Int32Array.from(columns);
    const length = sampled.reduce((sum, j) => sum + this.data.sizes[j], 0);
    const planes = counted ? 3 : 2;
    const result = new Float64Array(planes * length * nodes.length);
    const memory = kernelMemory();
    const cells = this.starts[this.starts.length - 1];
    memory.prepare(missingBytes(memory, this.data) + 20 * this.data.n + 4 * this.rows.length + 20 * cells + 4 * sampled.length + 128);
    const data = residentColumns(memory, this.data);
    const laid = this.laidRows(memory);
    if (!laid.fresh) this.differentiate(memory, laid);
    memory.scoped(() => {
      this.part(memory, data, laid, { tree, bag });
      const sums = { both: memory.take(16 * cells), patients: memory.take(4 * cells), columns: memory.putWords(sampled) };
      const [both, patients] = [memory.doubles(sums.both, 2 * cells), memory.words(sums.patients, cells)];
      for (let k = 0; k < nodes.length; k++) {
        both.fill(0);
        patients.fill(0);
        const rows = { at: laid.rows + 4 * laid.from[nodes[k]], count: laid.to[nodes[k]] - laid.from[nodes[k]] };
        this.addNode(memory, data, { rows, gradients: laid.gradients, sampled, counted, sums });
        this.collect(both, patients, { sampled, counted, out: result.subarray(planes * length * k, planes * length * (k + 1)) });
      }
    });
    return result;
  }

  /** Σ log-loss of some rows under the trees so far. */
  logLoss(rows: Int32Array): number {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += log1pExp(this.y[rows[i]] === 1 ? -this.margins[rows[i]] : this.margins[rows[i]]);
    return sum;
  }

  private laidRows(memory: KernelMemory): Laid {
    if (this.laid?.generation === memory.generation) return this.laid;
    const gradients = memory.take(16 * this.data.n);
    const rows = memory.take(4 * this.data.n);
    return (this.laid = { generation: memory.generation, gradients, rows, feature: new Float64Array(0), number: new Float64Array(0), from: [], to: [], sample: -1, fresh: false });
  }

  private differentiate(memory: KernelMemory, laid: Laid): void {
    const { rows, margins, y } = this;
    const gradients = memory.doubles(laid.gradients, 2 * this.data.n);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      // p = 1 / (1 + e) or e / (1 + e), and p (1 - p) = e / (1 + e)², without a branch that is often guessed wrong.
      const margin = margins[row];
      const e = Math.exp(-Math.abs(margin));
      const inverse = 1 / (1 + e);
      gradients[2 * row] = ((margin >= 0 ? inverse : e * inverse) - y[row]) * UNITS + ROUNDER - ROUNDER;
      gradients[2 * row + 1] = e * inverse * inverse * UNITS + ROUNDER - ROUNDER;
    }
    laid.fresh = true;
  }

  /** Parts the rows of nodes that have been divided since the last time; where the tree is another one, from its root. */
  private part(memory: KernelMemory, { bins }: ResidentColumns, laid: Laid, { tree, bag }: Pick<HistogramRequest, 'tree' | 'bag'>): void {
    const sample = bag?.tree ?? -1;
    if (laid.sample !== sample || !isGrownFrom(tree, laid)) {
      const rows = bag ? this.rows.filter((row) => patientUniform(bag.keys, row, bag.tree) < bag.fraction) : this.rows;
      memory.words(laid.rows, rows.length).set(rows);
      laid.sample = sample;
      laid.feature = Float64Array.of(-1);
      laid.number = new Float64Array(1);
      laid.from.splice(0, Infinity, 0);
      laid.to.splice(0, Infinity, rows.length);
    }
    const scratch = memory.take(4 * this.rows.length);
    for (let node = 0; node < tree.feature.length; node++) {
      const [feature, left] = [tree.feature[node], tree.left[node]];
      if (feature < 0 || laid.feature[node] >= 0) continue;
      const [from, to] = [laid.from[node], laid.to[node]];
      const middle = from + memory.kernels.partition(laid.rows + 4 * from, to - from, bins + feature * this.data.n, tree.number[node], scratch);
      [laid.from[left], laid.to[left], laid.from[left + 1], laid.to[left + 1]] = [from, middle, middle, to];
    }
    laid.feature = tree.feature.slice();
    laid.number = tree.number.slice();
  }

  private addNode({ kernels }: KernelMemory, { places, wide }: ResidentColumns, { rows, gradients, sampled, counted, sums }: NodeSums): void {
    const p = this.data.sizes.length;
    for (let from = 0; from < sampled.length; from += COLUMNS_AT_ONCE) {
      const m = Math.min(COLUMNS_AT_ONCE, sampled.length - from);
      const first = sampled[from];
      const columns = sums.columns + 4 * from;
      if (sampled[from + m - 1] - first === m - 1) kernels.addRange(wide, rows.at, rows.count, places, p, first, first + m, gradients, sums.both);
      else kernels.addColumns(wide, rows.at, rows.count, places, p, columns, m, gradients, sums.both);
      if (counted) kernels.countColumns(wide, rows.at, rows.count, places, p, columns, m, sums.patients);
    }
  }

  /** The sampled columns of sums over all columns, in units of one patient. */
  private collect(both: Float64Array, patients: Int32Array, { sampled, counted, out }: { sampled: Int32Array; counted: boolean; out: Float64Array }): void {
    const length = out.length / (counted ? 3 : 2);
    let at = 0;
    for (const j of sampled) {
      for (let k = this.starts[j]; k < this.starts[j + 1]; k++, at++) {
        out[at] = both[2 * k] * GRADIENT_UNIT;
        out[length + at] = both[2 * k + 1] * GRADIENT_UNIT;
        if (counted) out[2 * length + at] = patients[k];
      }
    }
  }
}

interface NodeSums {
  readonly rows: { readonly at: number; readonly count: number };
  readonly gradients: number;
  readonly sampled: Int32Array;
  readonly counted: boolean;
  /** Places of the sums and of the sampled columns' numbers. */
  readonly sums: { readonly both: number; readonly patients: number; readonly columns: number };
}

/** Whether a tree has every division of an earlier one, so that its rows need only be parted further. */
function isGrownFrom(tree: PackedTree, { feature, number }: Pick<Laid, 'feature' | 'number'>): boolean {
  if (feature.length === 0 || tree.feature.length < feature.length) return false;
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] >= 0 && (tree.feature[node] !== feature[node] || tree.number[node] !== number[node])) return false;
  }
  return true;
}
