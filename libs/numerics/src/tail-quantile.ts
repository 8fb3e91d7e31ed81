/** A distribution on a scale u on which its tails are log-concave, and the tail probability wanted. */
export interface TailProblem {
  /** ln of the tail probability wanted. */
  readonly logTarget: number;
  /** Whether the tail grows with u (a lower tail) or falls (an upper tail). */
  readonly growing: boolean;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  /** The tail probability at u and its slope in u, taken as positive. */
  readonly evaluate: (u: number) => { tail: number; slope: number };
}

/**
 * The u at which a tail has the wanted probability: Newton's method on the logarithm of the tail, which is concave, so that after one
 * step the iterates approach the root from one side; bisection of the bracket whenever a step leaves it or the tail underflows.
 */
export function solveTail({ logTarget, growing, from, to, start, evaluate }: TailProblem): number {
  let low = from;
  let high = to;
  let u = start;
  for (let step = 0; step < 400; step++) {
    const { tail, slope } = evaluate(u);
    const excess = Math.log(tail) - logTarget;
    if (Math.abs(excess) <= Number.EPSILON) return u;
    if (excess < 0 === growing) low = u;
    else high = u;
    const newton = u - ((growing ? excess : -excess) * tail) / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - u) <= 2 * Number.EPSILON * Math.max(1, Math.abs(u))) return next;
    u = next;
  }
  return u;
}
