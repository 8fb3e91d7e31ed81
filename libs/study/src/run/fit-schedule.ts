import { inputsOf, type PlanModel } from '../plan/model-kinds.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { foldCount } from './views.js';

/** One model to be fitted: on all training rows, or on those outside some folds. */
export interface Fit {
  readonly model: PlanModel;
  /** Folds left out, ascending. */
  readonly without: readonly number[];
}

/** Everything a training fits, in the fewest rounds: what stands in one list is independent and is fitted at once. */
export interface FitSchedule {
  /** Sets of folds without which features are selected; the first is none. */
  readonly selections: readonly (readonly number[])[];
  /** Earlier lists hold what later ones read. */
  readonly levels: readonly (readonly Fit[])[];
}

/** Names a set of left-out folds. */
export const foldsKey = (without: readonly number[]): string => without.join(',');

export const withFold = (without: readonly number[], fold: number): number[] => [...without, fold].sort((a, b) => a - b);

/** Folds that are not left out. */
export const remainingFolds = (plan: AnalysisPlan, without: readonly number[]): number[] => Array.from({ length: foldCount(plan) }, (_, k) => k).filter((k) => !without.includes(k));

/**
 * What has to be fitted so that the named models exist on all rows and, where `crossFitted`, also without each fold. A model that reads a
 * cross-fitted prediction needs the earlier model without each remaining fold; with two left-out folds the pair {j, k} serves both orders.
 */
export function fitSchedule(plan: AnalysisPlan, models: readonly string[], crossFitted: boolean): FitSchedule {
  const byName = new Map(plan.models.map((model) => [model.name, model]));
  const needed = new Map<string, Map<string, readonly number[]>>();
  const need = (name: string, without: readonly number[]): void => {
    const sets = needed.get(name) ?? new Map<string, readonly number[]>();
    needed.set(name, sets);
    if (sets.has(foldsKey(without))) return;
    sets.set(foldsKey(without), without);
    for (const { prediction, fitting } of predictionsOf(byName.get(name)!)) {
      need(prediction, without);
      if (fitting === 'cross-fitted') for (const fold of remainingFolds(plan, without)) need(prediction, withFold(without, fold));
    }
  };
  for (const name of models) {
    need(name, []);
    if (crossFitted) for (const fold of remainingFolds(plan, [])) need(name, [fold]);
  }
  return { selections: selectionSets(plan, needed), levels: levelsOf(plan, needed) };
}

type Needed = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

function selectionSets(plan: AnalysisPlan, needed: Needed): (readonly number[])[] {
  const sets = new Map<string, readonly number[]>();
  for (const model of plan.models) {
    if (inputsOf(model).includes('selected')) for (const [key, without] of needed.get(model.name) ?? []) sets.set(key, without);
  }
  return [...sets.values()].sort((a, b) => a.length - b.length || (foldsKey(a) < foldsKey(b) ? -1 : 1));
}

function levelsOf(plan: AnalysisPlan, needed: Needed): Fit[][] {
  const depth = new Map<string, number>();
  const levels: Fit[][] = [];
  for (const model of plan.models) {
    const level = Math.max(0, ...predictionsOf(model).map(({ prediction }) => depth.get(prediction)! + 1));
    depth.set(model.name, level);
    for (const without of needed.get(model.name)?.values() ?? []) (levels[level] ??= []).push({ model, without });
  }
  return levels.filter((fits) => fits.length > 0);
}

/** The earlier models a model reads. A late fusion is not fitted: it takes its models as they are. */
export const predictionsOf = (model: PlanModel): { prediction: string; fitting: 'cross-fitted' | 'in-sample' }[] =>
  inputsOf(model).flatMap((input) => (typeof input === 'object' && 'prediction' in input ? [{ prediction: input.prediction, fitting: 'fitting' in input ? input.fitting : 'in-sample' }] : []));
