/**
 * Matrix products on typed arrays. Data matrices X are column by column (feature j is `X.subarray(j * rows, (j + 1) * rows)`), as a site
 * view holds them; square results and general matrices are row by row.
 *
 * The kernels work on four by two columns at a time, in strips of rows that stay in the first-level cache; the eight running sums hide
 * the latency of the additions. The order of the additions depends on the number of rows only, so a result is reproducible.
 */

/** Rows of a strip: 6 columns of it are 24 kB. */
const stripRows = 512;

/**
 * X'X, or X'WX with row weights w: element (j, k) is Σ_i w_i X_ij X_ik, a full symmetric matrix of `columns`², row by row.
 *
 * @param X rows × columns numbers, column by column
 * @param weights one number a row (all 1 when absent)
 * @example symmetricCrossProduct(Float64Array.of(1, 2, 3, 4), 2, 2) // [5, 11, 11, 25]
 */
export function symmetricCrossProduct(X: Float64Array, rows: number, columns: number, weights?: Float64Array): Float64Array {
  requireShape(X, rows, columns);
  const left = weights === undefined ? X : weightedColumns(X, rows, columns, weights);
  const result = new Float64Array(columns * columns);
  accumulate(result, { left, leftColumns: columns, right: X, rightColumns: columns, rows, lowerOnly: true });
  for (let j = 0; j < columns; j++) for (let k = 0; k < j; k++) result[k * columns + j] = result[j * columns + k];
  return result;
}

/**
 * X'Z of two matrices over the same rows, both column by column: element (j, k) is Σ_i X_ij Z_ik, `leftColumns` × `rightColumns`
 * numbers row by row.
 */
export function crossProduct(shape: {
  readonly left: Float64Array;
  readonly leftColumns: number;
  readonly right: Float64Array;
  readonly rightColumns: number;
  readonly rows: number;
}): Float64Array {
  requireShape(shape.left, shape.rows, shape.leftColumns);
  requireShape(shape.right, shape.rows, shape.rightColumns);
  const result = new Float64Array(shape.leftColumns * shape.rightColumns);
  accumulate(result, { ...shape, lowerOnly: false });
  return result;
}

/** X'v: one number a column. */
export function transposedProduct(X: Float64Array, rows: number, columns: number, v: Float64Array): Float64Array {
  requireShape(v, rows, 1);
  return crossProduct({ left: X, leftColumns: columns, right: v, rightColumns: 1, rows });
}

/** X b: one number a row. Columns whose coefficient is 0 are passed over. */
export function columnCombination(X: Float64Array, rows: number, columns: number, b: Float64Array): Float64Array {
  requireShape(X, rows, columns);
  requireShape(b, columns, 1);
  const result = new Float64Array(rows);
  for (let j = 0; j < columns; j++) {
    const coefficient = b[j];
    if (coefficient === 0) continue;
    const from = j * rows;
    for (let i = 0; i < rows; i++) result[i] += coefficient * X[from + i];
  }
  return result;
}

/** A B of two matrices row by row: (rows × inner)(inner × columns). */
export function matrixMultiply(factors: {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}): Float64Array {
  const { left, right, rows, inner, columns } = factors;
  requireShape(left, rows, inner);
  requireShape(right, inner, columns);
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const to = i * columns;
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const at = i * inner + k;
      const a0 = left[at];
      const a1 = left[at + 1];
      const a2 = left[at + 2];
      const a3 = left[at + 3];
      const from = k * columns;
      for (let j = 0; j < columns; j++) {
        const first = a0 * right[from + j] + a1 * right[from + columns + j];
        result[to + j] += first + (a2 * right[from + 2 * columns + j] + a3 * right[from + 3 * columns + j]);
      }
    }
    for (; k < inner; k++) {
      const a = left[i * inner + k];
      for (let j = 0; j < columns; j++) result[to + j] += a * right[k * columns + j];
    }
  }
  return result;
}

/** A v for a matrix row by row (rows × columns). */
export function matrixVector(A: Float64Array, rows: number, columns: number, v: Float64Array): Float64Array {
  requireShape(A, rows, columns);
  requireShape(v, columns, 1);
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += A[i * columns + j] * v[j];
    result[i] = sum;
  }
  return result;
}

/** The upper triangle of a symmetric matrix of order n, row by row: n (n + 1) / 2 numbers, as a site sends it. */
export function packSymmetric(A: Float64Array, n: number): Float64Array {
  requireShape(A, n, n);
  const packed = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) packed[at++] = A[i * n + j];
  return packed;
}

/** The full symmetric matrix of order n from its packed upper triangle. */
export function unpackSymmetric(packed: Float64Array, n: number): Float64Array {
  requireShape(packed, (n * (n + 1)) / 2, 1);
  const A = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      A[i * n + j] = packed[at];
      A[j * n + i] = packed[at++];
    }
  }
  return A;
}

interface Accumulation {
  readonly left: Float64Array;
  readonly leftColumns: number;
  readonly right: Float64Array;
  readonly rightColumns: number;
  readonly rows: number;
  /** Blocks strictly above the diagonal are left out. */
  readonly lowerOnly: boolean;
}

function accumulate(result: Float64Array, work: Accumulation): void {
  const { leftColumns, rightColumns, rows, lowerOnly } = work;
  for (let from = 0; from < rows; from += stripRows) {
    const to = Math.min(from + stripRows, rows);
    for (let j = 0; j < leftColumns; j += 4) {
      const last = lowerOnly ? Math.min(j + 4, rightColumns) : rightColumns;
      for (let k = 0; k < last; k += 2) {
        if (j + 4 <= leftColumns && k + 2 <= rightColumns) addBlock(result, work, { j, k, from, to });
        else addEdge(result, work, { j, k, from, to });
      }
    }
  }
}

interface Block {
  readonly j: number;
  readonly k: number;
  readonly from: number;
  readonly to: number;
}

/** Four columns of `left` by two of `right`, rows `from` to `to`. */
function addBlock(result: Float64Array, { left, right, rightColumns, rows }: Accumulation, { j, k, from, to }: Block): void {
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  const a = j * rows;
  const b = k * rows;
  for (let i = from; i < to; i++) {
    const r0 = right[b + i];
    const r1 = right[b + rows + i];
    const l0 = left[a + i];
    s00 += l0 * r0;
    s01 += l0 * r1;
    const l1 = left[a + rows + i];
    s10 += l1 * r0;
    s11 += l1 * r1;
    const l2 = left[a + 2 * rows + i];
    s20 += l2 * r0;
    s21 += l2 * r1;
    const l3 = left[a + 3 * rows + i];
    s30 += l3 * r0;
    s31 += l3 * r1;
  }
  const at = j * rightColumns + k;
  result[at] += s00;
  result[at + 1] += s01;
  result[at + rightColumns] += s10;
  result[at + rightColumns + 1] += s11;
  result[at + 2 * rightColumns] += s20;
  result[at + 2 * rightColumns + 1] += s21;
  result[at + 3 * rightColumns] += s30;
  result[at + 3 * rightColumns + 1] += s31;
}

/** What is left of a block at the right or lower edge, one pair of columns at a time. */
function addEdge(result: Float64Array, { left, leftColumns, right, rightColumns, rows }: Accumulation, { j, k, from, to }: Block): void {
  for (let jj = j; jj < Math.min(j + 4, leftColumns); jj++) {
    for (let kk = k; kk < Math.min(k + 2, rightColumns); kk++) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += left[jj * rows + i] * right[kk * rows + i];
      result[jj * rightColumns + kk] += sum;
    }
  }
}

function weightedColumns(X: Float64Array, rows: number, columns: number, weights: Float64Array): Float64Array {
  requireShape(weights, rows, 1);
  const weighted = new Float64Array(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) for (let i = 0; i < rows; i++, at++) weighted[at] = weights[i] * X[at];
  return weighted;
}

function requireShape(values: Float64Array, rows: number, columns: number): void {
  if (values.length !== rows * columns) throw new RangeError(`Expected ${rows} × ${columns} numbers, got ${values.length}.`);
}
