export interface RootOptions {
  /** Absolute tolerance of the root (default 0: to the last bits of the root). */
  readonly tolerance?: number;
  /** Evaluations allowed (default 200). */
  readonly evaluations?: number;
}

/**
 * A root of f between a and b, where f(a) and f(b) have opposite signs: Brent's method (inverse quadratic interpolation and the
 * secant rule, bisection when they do not pay). Source: Brent 1973, Algorithms for Minimization without Derivatives, chapter 4.
 * Returns the endpoint when f is 0 there. A root at 0 has no last bits to stop at: give a tolerance when 0 is possible.
 * Throws a `RangeError` when the signs are equal, f is NaN, or the evaluations run out.
 *
 * @example findRoot((x) => x * x - 2, 0, 2) // 1.4142135623730951
 */
export function findRoot(f: (x: number) => number, a: number, b: number, options: RootOptions = {}): number {
  const { tolerance = 0, evaluations = 200 } = options;
  const state = bracket(f, a, b);
  for (let used = 2; used <= evaluations; used++) {
    if (sameSign(state.fBest, state.fOther)) restart(state);
    if (Math.abs(state.fOther) < Math.abs(state.fBest)) exchange(state);
    const within = 2 * Number.EPSILON * Math.abs(state.best) + tolerance / 2;
    const half = (state.other - state.best) / 2;
    if (Math.abs(half) <= within || state.fBest === 0) return state.best;
    chooseStep(state, half, within);
    state.previous = state.best;
    state.fPrevious = state.fBest;
    state.best += Math.abs(state.step) > within ? state.step : Math.sign(half) * within;
    state.fBest = f(state.best);
    if (Number.isNaN(state.fBest)) throw new RangeError('The function is not a number inside the bracket.');
  }
  throw new RangeError('The root was not found within the evaluations allowed.');
}

/** best: the latest, smallest residual; other: the opposite sign; previous: the point before best. */
interface BrentState {
  best: number;
  fBest: number;
  other: number;
  fOther: number;
  previous: number;
  fPrevious: number;
  step: number;
  stepBefore: number;
}

function bracket(f: (x: number) => number, a: number, b: number): BrentState {
  const fA = f(a);
  const fB = f(b);
  if (!(fA * fB <= 0)) throw new RangeError('A root needs function values of opposite sign at the two ends.');
  return { best: b, fBest: fB, other: a, fOther: fA, previous: a, fPrevious: fA, step: b - a, stepBefore: b - a };
}

function sameSign(a: number, b: number): boolean {
  return (a > 0 && b > 0) || (a < 0 && b < 0);
}

function restart(state: BrentState): void {
  state.other = state.previous;
  state.fOther = state.fPrevious;
  state.step = state.best - state.previous;
  state.stepBefore = state.step;
}

function exchange(state: BrentState): void {
  state.previous = state.best;
  state.fPrevious = state.fBest;
  [state.best, state.other] = [state.other, state.best];
  [state.fBest, state.fOther] = [state.fOther, state.fBest];
  state.other = state.previous;
  state.fOther = state.fPrevious;
}

function chooseStep(state: BrentState, half: number, within: number): void {
  const bisect = (): void => {
    state.step = half;
    state.stepBefore = half;
  };
  if (Math.abs(state.stepBefore) < within || Math.abs(state.fPrevious) <= Math.abs(state.fBest)) return bisect();
  let [p, q] = interpolation(state, half);
  if (p > 0) q = -q;
  else p = -p;
  if (2 * p >= Math.min(3 * half * q - Math.abs(within * q), Math.abs(state.stepBefore * q))) return bisect();
  state.stepBefore = state.step;
  state.step = p / q;
}

/** The secant step (two points) or the inverse quadratic one (three), as a fraction p / q. */
function interpolation({ best, fBest, other, fOther, previous, fPrevious }: BrentState, half: number): [number, number] {
  const s = fBest / fPrevious;
  if (previous === other) return [2 * half * s, 1 - s];
  const r = fPrevious / fOther;
  const t = fBest / fOther;
  return [s * (2 * half * r * (r - t) - (best - previous) * (t - 1)), (r - 1) * (t - 1) * (s - 1)];
}
