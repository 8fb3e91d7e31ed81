import {
  type Federation, federatedIntraclassCorrelations, federatedLogisticLasso, federatedMannWhitney, federatedStepwise, type Moments, selectedAt, standardDeviation,
  type StepwiseStep, type ViewSpec,
} from '@consilium/federation';
import { logarithmicGrid } from '@consilium/learning';
import type { SelectOptions } from '../plan/plan-schema.js';

export interface AgreementTrace {
  readonly kind: string;
  readonly atLeast: number;
  readonly features: readonly { readonly feature: string; readonly patients: number; readonly icc: number | null; readonly kept: boolean }[];
  readonly kept: number;
}

/** Features whose repeated readings agree: intraclass correlation at or above the limit, over the training patients who have all readings. Features that were read once stay. */
export async function agreeingFeatures(
  federation: Federation,
  view: ViewSpec,
  options: NonNullable<SelectOptions['agreement']>,
): Promise<{ kept: readonly string[]; trace: AgreementTrace }> {
  const items = view.features.flatMap((name) => {
    const columns = readingsOf(name, options);
    return columns.length === 0 ? [] : [{ name, columns: [name, ...columns] }];
  });
  const answers = await federatedIntraclassCorrelations(federation, view, items);
  const features = answers.map(({ name, patients, absolute, consistency }) => {
    const icc = (options.kind === 'absolute' ? absolute : consistency)?.icc ?? null;
    return { feature: name, patients, icc, kept: icc !== null && icc >= options.atLeast };
  });
  const disagree = new Set(features.filter((one) => !one.kept).map(({ feature }) => feature));
  const kept = view.features.filter((name) => !disagree.has(name));
  return { kept, trace: { kind: options.kind, atLeast: options.atLeast, features, kept: kept.length } };
}

/** The columns of a feature's further readings. */
function readingsOf(feature: string, { suffixes = [], sequences = [] }: NonNullable<SelectOptions['agreement']>): string[] {
  const own = sequences.find(({ sequence }) => feature.startsWith(`${sequence}:`) || feature.startsWith(`${sequence}_`));
  return own === undefined ? suffixes.map((suffix) => `${feature}${suffix}`) : own.again.map((name) => `${name}${feature.slice(own.sequence.length)}`);
}

/** p of the Mann-Whitney test of each feature; NaN where there is none. */
export async function mannWhitneyP(federation: Federation, view: ViewSpec, moments: Moments): Promise<Float64Array> {
  const rows = await federatedMannWhitney(federation, { view, moments });
  return Float64Array.from(rows, ({ p }) => p);
}

type LassoOptions = NonNullable<SelectOptions['lasso']>;

/** The logistic LASSO or elastic net, told as the linear one is; errors are deviances. */
export async function logisticLasso(
  federation: Federation,
  columns: { readonly view: ViewSpec; readonly moments: Moments['all']; readonly folds: { readonly folds?: number } },
  options: LassoOptions,
) {
  const result = await federatedLogisticLasso(federation, {
    view: columns.view,
    scaling: { mean: columns.moments.mean, sd: standardDeviation(columns.moments, 0) },
    lambdas: logarithmicGrid(options.lambda.min, options.lambda.max, options.lambda.count),
    mixing: options.mixing ?? 1,
    ...columns.folds,
  });
  return {
    family: 'logistic',
    mixing: result.mixing,
    scaler: 'per-fold',
    choose: options.choose,
    path: result.lambdas.map((lambda, i) => ({ lambda, meanError: result.deviance[i]!, standardError: result.standardError[i]!, coefficients: result.path[i]!.selected.length })),
    lambdaMin: result.lambdas[result.minimum]!,
    lambda1se: result.lambdas[result.oneStandardError]!,
    selectedMin: selectedAt(result, result.minimum),
    selected1se: selectedAt(result, result.oneStandardError),
    paths: lassoPaths(result.features, result.path),
    warnings: result.warnings,
  };
}

/** Coefficients of a standardised feature, one for each penalty of the grid. */
export interface LassoPath {
  readonly feature: string;
  readonly values: readonly number[];
}

/** The paths of the features that any penalty keeps, those with the largest coefficients first where they are more than a figure can draw. */
export function lassoPaths(features: readonly string[], path: readonly { readonly selected: readonly number[]; readonly coefficients: ArrayLike<number> }[]): LassoPath[] {
  const values = features.map(() => path.map(() => 0));
  path.forEach(({ selected, coefficients }, i) => selected.forEach((j, at) => (values[j]![i] = coefficients[at]!)));
  const largest = values.map((own) => Math.max(0, ...own.map(Math.abs)));
  const drawn = features.map((_, j) => j).filter((j) => largest[j]! > 0).sort((a, b) => largest[b]! - largest[a]!).slice(0, MOST_PATHS);
  return drawn.sort((a, b) => a - b).map((j) => ({ feature: features[j]!, values: values[j]! }));
}

/** More lines than these hide each other. */
const MOST_PATHS = 200;

export interface StepwiseTrace {
  readonly direction: string;
  readonly criterion: string;
  readonly steps: readonly StepwiseStep[];
  readonly kept: number;
}

/** Stepwise regression among the features that are left; those it keeps in the order of the candidates. */
export async function stepwiseFeatures(
  federation: Federation,
  { view, moments }: { readonly view: ViewSpec; readonly moments: Moments['all'] },
  options: NonNullable<SelectOptions['stepwise']>,
): Promise<{ kept: readonly string[]; trace: StepwiseTrace }> {
  const { steps, selected } = await federatedStepwise(federation, { view, scaling: { mean: moments.mean, sd: standardDeviation(moments, 0) }, ...options });
  return { kept: view.features.filter((feature) => selected.includes(feature)), trace: { ...options, steps, kept: selected.length } };
}
