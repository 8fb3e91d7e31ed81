import { packedLength } from '../linear-sums.js';

/**
 * The linear SVM with squared hinge loss (LIBLINEAR's L2-regularised L2-loss SVM, scikit-learn's LinearSVC):
 *
 *   minimise  ½ w'w + C Σ max(0, 1 - s_i f_i)²,   f_i = b + w'x_i,   s_i = 1 for an event, -1 otherwise
 *
 * with the intercept b free, or penalised with ½ b² as LIBLINEAR does (intercept_scaling 1).
 */
/** The loss of a row with margin m = s f; `squared` is max(0, 1 - m)². */
export interface HingeLoss {
  /**
   * Width d of the smoothed hinge (Chapelle 2007): 0 for m ≥ 1, (1 - m)²/(2d) down to m = 1 - d, then 1 - m - d/2. Close to the hinge of scikit-learn's SVC for small d.
   * Absent for the squared hinge.
   */
  readonly smoothing?: number;
}

export interface SvmObjective {
  readonly C: number;
  readonly penalisedIntercept: boolean;
}

/** What the rows say of the loss at one (b, w); all of it adds over rows, hence over sites. */
export interface HingeStatistics {
  /** Σ max(0, 1 - s f)². */
  readonly loss: number;
  /** Its gradient, -2 Σ s max(0, 1 - s f) (1, x): p + 1 numbers. */
  readonly gradient: Float64Array;
  /** Its Hessian, 2 Σ (1, x)(1, x)' over rows with s f < 1, upper triangle row by row; empty where it was not asked. */
  readonly hessian: Float64Array;
}

/** Decision values b + w'x of n rows; X is n × p, column by column, beta = (b, w). */
export function decisionValues(X: Float64Array, n: number, beta: Float64Array): Float64Array {
  const f = new Float64Array(n).fill(beta[0]);
  for (let j = 1; j < beta.length; j++) {
    const from = (j - 1) * n;
    const w = beta[j];
    if (w !== 0) for (let i = 0; i < n; i++) f[i] += w * X[from + i];
  }
  return f;
}

export interface HingeRows extends HingeLoss {
  /** n × p, column by column. */
  readonly X: Float64Array;
  readonly y: ArrayLike<number>;
  /** 1 for rows that count. */
  readonly used: Uint8Array;
}

/** The statistics of some rows. */
export function hingeStatistics(rows: HingeRows, beta: Float64Array, curvature: boolean): HingeStatistics {
  const { X, y, used, smoothing } = rows;
  const n = y.length;
  const k = beta.length;
  const f = decisionValues(X, n, beta);
  const gradient = new Float64Array(k);
  const violators: number[] = [];
  const counted: number[] = [];
  const slack = new Float64Array(n);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const s = y[i] === 1 ? 1 : -1;
    const r = used[i] === 1 ? 1 - s * f[i] : 0;
    if (!(r > 0)) continue;
    if (smoothing === undefined || r < smoothing) violators.push(i);
    counted.push(i);
    loss += smoothing === undefined ? r * r : r < smoothing ? (r * r) / (2 * smoothing) : r - smoothing / 2;
    slack[i] = -s * (smoothing === undefined ? 2 * r : Math.min(1, r / smoothing));
    gradient[0] += slack[i];
  }
  for (let j = 1; j < k; j++) {
    const from = (j - 1) * n;
    let sum = 0;
    for (const i of counted) sum += slack[i] * X[from + i];
    gradient[j] = sum;
  }
  return { loss, gradient, hessian: curvature ? violatorProducts(X, n, { violators, k }, smoothing === undefined ? 2 : 1 / smoothing) : new Float64Array(0) };
}

function violatorProducts(X: Float64Array, n: number, { violators, k }: { readonly violators: readonly number[]; readonly k: number }, factor: number): Float64Array {
  const packed = new Float64Array(packedLength(k));
  packed[0] = factor * violators.length;
  const columns = Array.from({ length: k - 1 }, (_, j) => Float64Array.from(violators, (i) => X[j * n + i]));
  let at = 1;
  for (const column of columns) packed[at++] = factor * column.reduce((sum, x) => sum + x, 0);
  columns.forEach((left, j) => {
    for (let m = j; m < columns.length; m++) {
      const right = columns[m];
      let sum = 0;
      for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
      packed[at++] = factor * sum;
    }
  });
  return packed;
}

/** Objective and gradient of the whole problem from the statistics of all rows. */
export function svmObjective({ C, penalisedIntercept }: SvmObjective, beta: Float64Array, { loss, gradient }: HingeStatistics): { objective: number; gradient: Float64Array } {
  const penalised = (j: number): number => (j > 0 || penalisedIntercept ? beta[j] : 0);
  let half = 0;
  for (let j = 0; j < beta.length; j++) half += (penalised(j) * beta[j]) / 2;
  return { objective: half + C * loss, gradient: gradient.map((g, j) => penalised(j) + C * g) };
}
