import { type Figure, isSuppressed } from './run-results.js';

/** What a figure rests on has no result; caught where the figure is made. */
export class Dependent extends Error {
  override readonly name = 'Dependent';

  constructor(
    readonly rule: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** The figure; where there is none, what rests on it has none either, and says of what. */
export function required<T>(figure: Figure<T>, name?: string): T {
  if (!isSuppressed(figure)) return figure;
  const { rule, reason } = figure.suppressed;
  throw new Dependent(rule, name === undefined ? reason : `It rests on the model ${name}, which has no result: ${reason}`);
}
