/** A model among those of a stepwise selection: its terms, in the order they came, and its deviance. */
export interface StepwiseModel {
  readonly terms: readonly string[];
  readonly deviance: number;
  /** deviance + k (parameters). */
  readonly criterion: number;
}

export interface StepwiseChange {
  readonly kind: 'drop' | 'add';
  readonly term: string;
  readonly terms: readonly string[];
}

export interface StepwiseOptions {
  readonly direction: 'backward' | 'forward' | 'both';
  /** All terms that may be in the model, in their order. */
  readonly scope: readonly string[];
}

/** The one-term changes of a model as R's `step` lists them: drops in the model's order, then additions in the scope's. */
export function stepwiseChanges(terms: readonly string[], { direction, scope }: StepwiseOptions): StepwiseChange[] {
  const drops = direction === 'forward' ? [] : terms.map((term): StepwiseChange => ({ kind: 'drop', term, terms: terms.filter((one) => one !== term) }));
  const additions = direction === 'backward' ? [] : scope.filter((term) => !terms.includes(term)).map((term): StepwiseChange => ({ kind: 'add', term, terms: [...terms, term] }));
  return [...drops, ...additions];
}

/** Smaller improvements than this are none, as in R. */
const IMPROVEMENT = 1e-7;

/**
 * The change that R's `step` makes: the smallest criterion, of equal ones the first in the list, and only where it is below the present
 * model's. Null where the selection ends. A change without a criterion (NaN, no optimum) is not made.
 */
export function chooseChange(present: number, criteria: readonly number[]): number | null {
  let best: number | null = null;
  criteria.forEach((criterion, at) => {
    if (criterion < (best === null ? present : criteria[best])) best = at;
  });
  return best === null || criteria[best] >= present - IMPROVEMENT ? null : best;
}
