/**
 * Deriche's recursive approximation of a Gaussian and its second derivative, with the coefficients, boundary treatment and order of operations of
 * ITK's RecursiveGaussianImageFilter.
 * Reference: R. Deriche, "Recursively Implementing The Gaussian and Its Derivatives", INRIA report 1893 (1993); G. Farnebäck, C.-F. Westin, "Improving
 * Deriche-style Recursive Gaussian Filters", J. Math. Imaging Vis. 26 (2006).
 */

// Parameters of the two damped cosines: frequency W, decay L; amplitudes A (cosine) and B (sine) for the derivative orders 0 and 2.
const [W1, L1, W2, L2] = [0.6681, -1.3932, 2.0787, -1.3732];
const SMOOTH = { a1: 1.353, b1: 1.8151, a2: -0.3531, b2: 0.0902 };
const SECOND = { a1: -1.3563, b1: 5.2318, a2: 0.3446, b2: -2.2355 };

export interface RecursiveFilter {
  /** Causal numerator N0..N3, denominator D1..D4, anticausal numerator M1..M4, and boundary terms of both passes. */
  readonly n: Float64Array;
  readonly d: Float64Array;
  readonly m: Float64Array;
  readonly bn: Float64Array;
  readonly bm: Float64Array;
}

type Amplitudes = typeof SMOOTH;

function numerator(sigma: number, { a1, b1, a2, b2 }: Amplitudes): [number, number, number, number] {
  const [sin1, cos1, exp1] = [Math.sin(W1 / sigma), Math.cos(W1 / sigma), Math.exp(L1 / sigma)];
  const [sin2, cos2, exp2] = [Math.sin(W2 / sigma), Math.cos(W2 / sigma), Math.exp(L2 / sigma)];
  const n1 = exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2) + exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1);
  const n2 = ((a1 + a2) * cos2 * cos1 - (b1 * cos2 * sin1 + b2 * cos1 * sin2)) * 2 * exp1 * exp2 + a2 * exp1 * exp1 + a1 * exp2 * exp2;
  const n3 = exp2 * exp1 * exp1 * (b2 * sin2 - a2 * cos2) + exp1 * exp2 * exp2 * (b1 * sin1 - a1 * cos1);
  return [a1 + a2, n1, n2, n3];
}

function denominator(sigma: number): [number, number, number, number] {
  const [cos1, exp1, cos2, exp2] = [Math.cos(W1 / sigma), Math.exp(L1 / sigma), Math.cos(W2 / sigma), Math.exp(L2 / sigma)];
  return [
    -2 * (exp2 * cos2 + exp1 * cos1),
    4 * cos2 * cos1 * exp1 * exp2 + exp1 * exp1 + exp2 * exp2,
    -2 * cos1 * exp1 * exp2 * exp2 - 2 * cos2 * exp2 * exp1 * exp1,
    exp1 * exp1 * exp2 * exp2,
  ];
}

/** Zeroth, first and second moment of a numerator: Σ n, Σ k n, Σ k² n. */
const momentsOf = (n: readonly number[]) => ({ s: n[0] + n[1] + n[2] + n[3], d: n[1] + 2 * n[2] + 3 * n[3], e: n[1] + 4 * n[2] + 9 * n[3] });

/**
 * The filter of one axis.
 *
 * @param sigma standard deviation in millimetres
 * @param spacing of the axis, millimetres
 * @param order 0 smooths, 2 is the second derivative per voxel² (divide by spacing² for millimetres), both times sigma^order ("normalised across scale")
 */
export function recursiveGaussian(sigma: number, spacing: number, order: 0 | 2): RecursiveFilter {
  const scaled = sigma / spacing;
  const d = denominator(scaled);
  const sd = 1 + d[0] + d[1] + d[2] + d[3];
  let n = numerator(scaled, SMOOTH);
  if (order === 0) {
    const alpha = (2 * momentsOf(n).s) / sd - n[0];
    n = n.map((x) => x * (1 / alpha)) as typeof n;
  } else {
    const dd = d[0] + 2 * d[1] + 3 * d[2] + 4 * d[3];
    const ed = d[0] + 4 * d[1] + 9 * d[2] + 16 * d[3];
    const second = numerator(scaled, SECOND);
    const beta = -(2 * momentsOf(second).s - sd * second[0]) / (2 * momentsOf(n).s - sd * n[0]);
    n = n.map((x, i) => second[i] + beta * x) as typeof n;
    const { s: sn, d: dn, e: en } = momentsOf(n);
    const alpha = (en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn) / (sd * sd * sd);
    n = n.map((x) => x * ((sigma * sigma) / alpha)) as typeof n;
  }
  const m = [n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]];
  const sn = n[0] + n[1] + n[2] + n[3];
  const sm = m[0] + m[1] + m[2] + m[3];
  return { n: Float64Array.from(n), d: Float64Array.from(d), m: Float64Array.from(m), bn: Float64Array.from(d, (x) => (x * sn) / sd), bm: Float64Array.from(d, (x) => (x * sm) / sd) };
}
