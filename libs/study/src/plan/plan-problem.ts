/** A mistake in a plan: where, and what is allowed there. */
export interface PlanProblem {
  /** For example 'select.lasso.lambda.min'. */
  readonly path: string;
  /** 1-based line of the plan's text. */
  readonly line: number;
  /** One or two plain sentences, without line and path. */
  readonly sentence: string;
}

/** "Line 48, select.lasso.lambda.min: 0 is not allowed. Use a number above 0." */
export const problemSentence = (problem: PlanProblem): string =>
  `Line ${problem.line}${problem.path === '' ? '' : `, ${problem.path}`}: ${problem.sentence}`;
