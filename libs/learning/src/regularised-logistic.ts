import { choleskyFactor, choleskySolve, log1pExp, sigmoid } from '@consilium/numerics';

export interface RegularisedLogisticFit {
  readonly theta: Float64Array;
  /** Of the objective at theta; the distance to the optimum is at most this over λ. */
  readonly gradientNorm: number;
  readonly iterations: number;
}

export interface RegularisedLogisticProblem {
  /** n × d, column by column. */
  readonly X: Float64Array;
  /** 0 or 1. */
  readonly y: Uint8Array;
  /** λ > 0. */
  readonly lambda: number;
  /** Gradient norm at which to stop. */
  readonly tolerance: number;
}

const LARGEST_ITERATIONS = 200;
const SMALLEST_STEP = 2 ** -40;

/**
 * argmin over θ of (1/n) Σ log(1 + exp(-s_i θ'x_i)) + (λ/2) |θ|², s_i = ±1 for y_i = 1, 0: every coefficient is penalised, an intercept too where X has a column of it. Newton's method with
 * backtracking; the objective is λ-strongly convex, so |θ - θ*| ≤ gradientNorm / λ, and the optimum exists also where one class is empty. n = 0 gives θ = 0.
 *
 * With |x_i| ≤ 1, replacing one row moves θ* by at most 2 / (nλ): Chaudhuri, Monteleoni, Sarwate 2011, "Differentially private empirical risk minimization", corollary 8.
 * scikit-learn's LogisticRegression(C) leaves the intercept free and has 1/2 |w|² + C Σ: λ = 1/(nC).
 */
export function regularisedLogistic({ X, y, lambda, tolerance }: RegularisedLogisticProblem): RegularisedLogisticFit {
  const n = y.length;
  const d = n === 0 ? 0 : X.length / n;
  let theta: Float64Array = new Float64Array(d);
  if (n === 0) return { theta, gradientNorm: 0, iterations: 0 };
  let iterations = 0;
  for (; ; iterations++) {
    const { gradient, hessian } = derivatives({ X, y, lambda }, theta);
    const gradientNorm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    if (gradientNorm <= tolerance || iterations === LARGEST_ITERATIONS) return { theta, gradientNorm, iterations };
    const factor = choleskyFactor(hessian, d, 0);
    const direction = factor ? choleskySolve(factor, d, gradient) : gradient;
    const next = descend({ X, y, lambda }, { theta, direction, slope: gradient.reduce((sum, g, j) => sum + g * direction[j], 0) });
    if (!next) return { theta, gradientNorm, iterations };
    theta = next;
  }
}

type Objective = Pick<RegularisedLogisticProblem, 'X' | 'y' | 'lambda'>;

/** A step that lowers the objective enough, or undefined where rounding leaves none. */
function descend(objective: Objective, { theta, direction, slope }: { theta: Float64Array; direction: Float64Array; slope: number }): Float64Array | undefined {
  const before = valueAt(objective, theta);
  for (let step = 1; step >= SMALLEST_STEP; step /= 2) {
    const next = theta.map((t, j) => t - step * direction[j]);
    // Near the optimum the decrease is below rounding: a step that raises nothing is good enough there.
    if (valueAt(objective, next) <= before - 1e-4 * step * slope + 4 * Number.EPSILON * Math.abs(before)) return next;
  }
  return undefined;
}

function predictorsAt({ X, y }: Objective, theta: Float64Array): Float64Array {
  const n = y.length;
  const eta = new Float64Array(n);
  for (let j = 0; j < theta.length; j++) for (let i = 0; i < n; i++) eta[i] += theta[j] * X[j * n + i];
  return eta;
}

function valueAt(objective: Objective, theta: Float64Array): number {
  const { y, lambda } = objective;
  const eta = predictorsAt(objective, theta);
  let loss = 0;
  for (let i = 0; i < y.length; i++) loss += log1pExp(y[i] === 1 ? -eta[i] : eta[i]);
  return loss / y.length + (lambda / 2) * theta.reduce((sum, t) => sum + t * t, 0);
}

function derivatives(objective: Objective, theta: Float64Array): { gradient: Float64Array; hessian: Float64Array } {
  const { X, y, lambda } = objective;
  const [n, d] = [y.length, theta.length];
  const eta = predictorsAt(objective, theta);
  const residual = new Float64Array(n);
  const weight = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const p = sigmoid(eta[i]);
    residual[i] = p - y[i];
    weight[i] = p * (1 - p);
  }
  const gradient = theta.map((t) => lambda * t);
  const hessian = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    for (let i = 0; i < n; i++) gradient[j] += (residual[i] * X[j * n + i]) / n;
    for (let k = 0; k <= j; k++) {
      let sum = j === k ? lambda : 0;
      for (let i = 0; i < n; i++) sum += (weight[i] * X[j * n + i] * X[k * n + i]) / n;
      hessian[j * d + k] = sum;
      hessian[k * d + j] = sum;
    }
  }
  return { gradient, hessian };
}
