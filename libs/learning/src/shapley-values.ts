import { linearShap } from './linear-shap.js';
import type { ModelArtefact } from './model-artefact.js';
import { treeShap } from './trees/tree-shap.js';

/** What Shapley values add up to: the log-odds of the prediction, or the predicted probability itself (forests). */
export type ShapleyScale = 'log-odds' | 'probability';

export interface ShapleyValues {
  /** n × features, column by column. */
  readonly phi: Float64Array;
  /** The score of a patient of whom nothing is known. expected + Σ_j phi_j is a row's score. */
  readonly expected: number;
  readonly scale: ShapleyScale;
}

/**
 * Shapley values of the features of a model that has them in closed form: logistic models and linear support vector machines (features taken as independent, about `mean`), and trees
 * (along the tree, by covers; `mean` is not read). Null for any other kind. Of merged forests and boostings they explain the weighted mean, of probabilities and of log-odds.
 *
 * @param X n × features, column by column, without NaN
 * @param mean pooled means of the features over the patients that are explained
 */
export function shapleyValues(model: ModelArtefact, X: Float64Array, n: number, mean: ArrayLike<number>): ShapleyValues | null {
  switch (model.kind) {
    case 'logistic':
      return { ...linearShap(model, X, n, mean), scale: 'log-odds' };
    case 'linear-svm': {
      // The probability is Platt's: its log-odds are linear in the decision value.
      const { platt, features, mean: centre, sd } = model;
      const coefficients = model.coefficients.map((w) => platt.slope * w);
      const logistic = { kind: 'logistic' as const, features, mean: centre, sd, coefficients, intercept: platt.slope * model.intercept + platt.intercept };
      return { ...linearShap(logistic, X, n, mean), scale: 'log-odds' };
    }
    case 'trees':
      return { ...treeShap(model, X, n), scale: model.ensembles.some(({ link }) => link === 'logit') ? 'log-odds' : 'probability' };
    default:
      return null;
  }
}

/** The features that can move a model's prediction: those of a split, or with a coefficient; all of a model of another kind. Indices in the order of its features. */
export function usedFeatures(model: ModelArtefact, count: number): number[] {
  const all = Array.from({ length: count }, (_, j) => j);
  if (model.kind === 'logistic' || model.kind === 'linear-svm') return all.filter((j) => model.coefficients[j] !== 0 && model.sd[j] > 0);
  if (model.kind !== 'trees') return all;
  const used = new Set(model.ensembles.flatMap(({ trees }) => trees.flatMap(({ feature }) => [...feature])));
  return all.filter((j) => used.has(j));
}
