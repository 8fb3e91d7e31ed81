import { log1pExp, sigmoid } from '@consilium/numerics';
import { routeRows, rowsOfNodes, type BinnedColumns, type RowsOfNodes } from './binned-columns.js';
import type { PackedTree } from './packed-trees.js';
import { patientUniform, type PatientKeys } from './patient-draws.js';

/**
 * Gradients are whole multiples of this before they are added. A site's sums of up to 2^18 patients, and all sites' of up to 2^19, are then exact in doubles: they
 * depend neither on the order of rows nor on how patients are split over sites. It costs 3e-11 of a patient's gradient.
 */
export const GRADIENT_UNIT = 2 ** -34;

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

/** The rows of one hospital (or of all) in a boosting: their margins under the trees so far, and histograms of the log-loss' gradients g = p - y, h = p(1 - p). */
export class BoostedRows {
  /** The margin of every row, training row or not. */
  readonly margins: Float64Array;
  private readonly gradient: Float64Array;
  private readonly curvature: Float64Array;
  private readonly nodes: Int32Array;
  private readonly everyRow: Int32Array;
  /** Row after row: where each column's bin lies in a histogram of all columns. Neighbouring rows often share bins; row by row no addition waits for the one before. */
  private readonly places: Uint16Array | Uint32Array;
  /** Where each column begins in it. */
  private readonly starts: Int32Array;
  private fresh = false;

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
    this.gradient = new Float64Array(n);
    this.curvature = new Float64Array(n);
    this.nodes = new Int32Array(n);
    this.everyRow = Int32Array.from({ length: n }, (_, i) => i);
    this.starts = new Int32Array(sizes.length + 1);
    sizes.forEach((size, j) => (this.starts[j + 1] = this.starts[j] + size));
    this.places = placesOf(data, this.starts);
  }

  /** Adds a finished tree to all margins. */
  add({ feature, number, left }: PackedTree): void {
    routeRows(this.data, { feature, bin: number, left }, this.everyRow, this.nodes);
    for (let i = 0; i < this.margins.length; i++) this.margins[i] += number[this.nodes[i]];
    this.fresh = false;
  }

  /** Node after node Σ g, Σ h and, where they are counted, patients; each sampled column after column, bin after bin. */
  histograms({ tree, nodes, columns, bag, counted }: HistogramRequest): Float64Array {
    this.differentiate();
    const rows = bag ? this.rows.filter((row) => patientUniform(bag.keys, row, bag.tree) < bag.fraction) : this.rows;
    const { order, starts } = this.rowsIn(tree, nodes, rows);
    const sampled = Int32Array.from(columns);
    const length = sampled.reduce((sum, j) => sum + this.data.sizes[j], 0);
    const planes = counted ? 3 : 2;
    const result = new Float64Array(planes * length * nodes.length);
    const all = this.starts[this.starts.length - 1];
    const sums = { g: new Float64Array(all), h: new Float64Array(all), patients: new Float64Array(counted ? all : 0) };
    for (let k = 0; k < nodes.length; k++) {
      this.addNode(order.subarray(starts[k], starts[k + 1]), sampled, sums);
      for (const [plane, block] of [sums.g, sums.h, sums.patients].slice(0, planes).entries()) this.collect(block, sampled, result.subarray((planes * k + plane) * length), plane < 2 ? GRADIENT_UNIT : 1);
    }
    return result;
  }

  /** Σ log-loss of some rows under the trees so far. */
  logLoss(rows: Int32Array): number {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += log1pExp(this.y[rows[i]] === 1 ? -this.margins[rows[i]] : this.margins[rows[i]]);
    return sum;
  }

  private rowsIn(tree: PackedTree, nodes: ArrayLike<number>, rows: Int32Array): RowsOfNodes {
    if (tree.feature.length === 1 && nodes.length === 1) return { order: rows, starts: Int32Array.of(0, rows.length) };
    const positions = this.nodes.subarray(0, rows.length);
    routeRows(this.data, { feature: tree.feature, bin: tree.number, left: tree.left }, rows, positions);
    return rowsOfNodes(rows, positions, nodes, tree.feature.length);
  }

  private differentiate(): void {
    if (this.fresh) return;
    const { rows, margins, y, gradient, curvature } = this;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const p = sigmoid(margins[row]);
      gradient[row] = Math.round((p - y[row]) / GRADIENT_UNIT);
      curvature[row] = Math.round((p * (1 - p)) / GRADIENT_UNIT);
    }
    this.fresh = true;
  }

  /** The sampled columns of a block of all columns, in units of one patient; the block is zero again after it. */
  private collect(block: Float64Array, columns: Int32Array, out: Float64Array, unit: number): void {
    let at = 0;
    for (const j of columns) for (let k = this.starts[j]; k < this.starts[j + 1]; k++) out[at++] = block[k] * unit;
    block.fill(0);
  }

  private addNode(rows: Int32Array, columns: Int32Array, sums: { g: Float64Array; h: Float64Array; patients: Float64Array }): void {
    const p = this.data.sizes.length;
    for (let from = 0; from < columns.length; from += COLUMNS_AT_ONCE) {
      const some = columns.subarray(from, from + COLUMNS_AT_ONCE);
      if (some.length === some[some.length - 1] - some[0] + 1) this.addRange(rows, { first: some[0], end: some[0] + some.length }, sums);
      else addColumns({ rows, columns: some, places: this.places, p, gradient: this.gradient, curvature: this.curvature }, sums);
      if (sums.patients.length > 0) countColumns({ rows, columns: some, places: this.places, p }, sums.patients);
    }
  }

  /** Neighbouring columns, two at a time. */
  private addRange(rows: Int32Array, { first, end }: { first: number; end: number }, { g: sumG, h: sumH }: { g: Float64Array; h: Float64Array }): void {
    const { places, gradient, curvature } = this;
    const p = this.data.sizes.length;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const g = gradient[row];
      const h = curvature[row];
      const last = row * p + end;
      let k = row * p + first;
      for (; k + 1 < last; k += 2) {
        const one = places[k];
        const two = places[k + 1];
        sumG[one] += g;
        sumH[one] += h;
        sumG[two] += g;
        sumH[two] += h;
      }
      if (k < last) {
        sumG[places[k]] += g;
        sumH[places[k]] += h;
      }
    }
  }
}

function placesOf({ n, bins, sizes }: BinnedColumns, starts: Int32Array): Uint16Array | Uint32Array {
  const p = sizes.length;
  const places = starts[p] <= 2 ** 16 ? new Uint16Array(n * p) : new Uint32Array(n * p);
  for (let j = 0; j < p; j++) for (let i = 0; i < n; i++) places[i * p + j] = starts[j] + bins[j * n + i];
  return places;
}

interface SampledRows {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly places: Uint16Array | Uint32Array;
  readonly p: number;
}

function addColumns({ rows, columns, places, p, gradient, curvature }: SampledRows & { gradient: Float64Array; curvature: Float64Array }, { g: sumG, h: sumH }: { g: Float64Array; h: Float64Array }): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const g = gradient[row];
    const h = curvature[row];
    for (let c = 0; c < columns.length; c++) {
      const place = places[row * p + columns[c]];
      sumG[place] += g;
      sumH[place] += h;
    }
  }
}

function countColumns({ rows, columns, places, p }: SampledRows, patients: Float64Array): void {
  for (let i = 0; i < rows.length; i++) for (let c = 0; c < columns.length; c++) patients[places[rows[i] * p + columns[c]]]++;
}
