/** Cross products grow with the square: beyond this a fold's would fill gibibytes at the coordinator. */
export const MOST_LASSO_FEATURES = 3_000;

/** Why so many features are refused; null where they are not. */
export function tooManyForLasso(features: number, folds: number): string | null {
  if (features <= MOST_LASSO_FEATURES) return null;
  const gibibytes = (((folds + 1) * features * (features + 1)) / 2) * (8 / 2 ** 30);
  return `${features} features would enter the LASSO; their cross products in ${folds} folds take ${gibibytes.toFixed(1)} GiB. It takes up to ${MOST_LASSO_FEATURES}. Select harder before it.`;
}
