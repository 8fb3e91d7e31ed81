import { methodErrors, type Value } from '@consilium/protocol';
import type { Breach } from './disclosure-gate.js';
import type { DisclosureLimits } from './disclosure.js';
import type { SiteView } from './site-view.js';
import { viewColumn } from './standardised-columns.js';
import type { Step } from './step.js';
import type { ViewSpec } from './view.js';

export interface AskedView {
  readonly step: Pick<Step, 'kind' | 'disclosure'>;
  readonly spec: ViewSpec;
  readonly parameters: Value;
  readonly view: SiteView;
  readonly limits: DisclosureLimits;
  /** The term is added under masks: the coordinator learns the sum over the sites only. */
  readonly masked: boolean;
}

/**
 * Rules of a question that do not depend on its answer.
 *
 * - Folds: with and without a fold are two sums whose difference is that fold. Where the coordinator sees the site's term, each fold here is empty or has k patients;
 *   under masks the fold is that of all sites. Figures of one site are never given without a fold.
 * - Weights: a column of predictions multiplied with columns of the table is a weighting of patients, and a weighting that falls on fewer than k of them is a question about these few. With w the distance from the
 *   median prediction, (Σw)² / Σw² patients carry it.
 */
export function viewBreach({ step, spec, parameters, view, limits, masked }: AskedView): Breach | undefined {
  const { minimumCell, minimumDifference } = limits;
  const byFold = () => spec.foldRows !== undefined || step.disclosure.byFold === true || namesFolds(parameters);
  if (minimumDifference > 1 && !masked && spec.folds && byFold() && (step.kind === 'gather' || view.asked().folds.some((count) => count > 0 && count < minimumDifference))) {
    return { code: methodErrors.smallFold, rule: 'minimum-fold', reason: step.kind === 'gather' ? 'Figures of one site are not given fold by fold' : `A fold has 1 to ${minimumDifference - 1} patients here, and the sum is not masked` };
  }
  const derived = new Set((spec.derived ?? []).map(({ name }) => name));
  const mixed = view.features.some((name) => derived.has(name)) && view.features.some((name) => !derived.has(name));
  if (!mixed || minimumCell <= 1) return undefined;
  const dominated = view.features.some((name, j) => derived.has(name) && carriedBy(viewColumn(view, j)) < minimumCell);
  return dominated ? { code: methodErrors.dominated, rule: 'dominance', reason: `A column of predictions singles out fewer than ${minimumCell} patients` } : undefined;
}

/** (Σw)² / Σw² for w = |x - median|: the number of patients that carry a weighting; Infinity where all are alike. */
export function carriedBy(x: Float64Array): number {
  const median = [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)] ?? 0;
  let sum = 0;
  let squares = 0;
  for (const value of x) {
    const w = Math.abs(value - median);
    sum += w;
    squares += w * w;
  }
  return squares === 0 ? Infinity : (sum * sum) / squares;
}

/** Whether parameters ask fold by fold, or without a fold: every step names folds by these members. */
function namesFolds(parameters: Value | undefined): boolean {
  if (typeof parameters !== 'object' || parameters === null || parameters instanceof Float64Array) return false;
  return Object.entries(parameters).some(([name, value]: [string, Value | undefined]) =>
    name === 'withoutFold' || name === 'onlyFold' ? value !== undefined : name === 'folds' && typeof value === 'number' ? value > 1 : namesFolds(value),
  );
}
