import {
  type Federation, federatedCorrelation, federatedGreedyFilter, federatedLinearLasso, federatedMoments, type Moments, selectedFeatures, standardDeviation,
  tTestsOf, type TTests, type ViewSpec,
} from '@consilium/federation';
import { logarithmicGrid } from '@consilium/learning';
import { pearsonOrder, pearsonReasons } from '@consilium/statistics';
import { tooManyForLasso } from '../plan/lasso-size.js';
import type { AnalysisPlan, SelectOptions } from '../plan/plan-schema.js';
import { type AgreementTrace, agreeingFeatures, type LassoPath, lassoPaths, logisticLasso, mannWhitneyP, stepwiseFeatures, type StepwiseTrace } from './further-selection.js';
import type { Harmonisation } from './harmonise-scope.js';
import type { MissingValues } from './missing-values.js';
import { type PerturbationTrace, steadyFeatures } from './perturbed-features.js';
import { Dependent } from './dependent.js';
import { foldCount, type Rows, viewOf } from './views.js';

/** Where something is fitted: rows, without some folds, with missing values filled as these rows say. */
export interface Scope {
  readonly rows: Rows;
  readonly without: readonly number[];
  readonly missing: MissingValues;
  /** Where the plan harmonises. */
  readonly harmonisation?: Harmonisation | null;
}

export interface Selection {
  /** In the order of the candidates. */
  readonly selected: readonly string[];
  /** Training patients it was made on, and events among them. */
  readonly patients: number;
  readonly events: number;
  /** What each step kept and why, for the results. */
  readonly trace: SelectionTrace;
}

export interface SelectionRequest {
  readonly options: SelectOptions;
  /** The candidates. */
  readonly columns: readonly string[];
}

export interface SelectionTrace {
  readonly candidates: number;
  readonly droppedForMissingValues: readonly { readonly feature: string; readonly missingShare: number }[];
  readonly perturbed?: PerturbationTrace;
  readonly agreement?: AgreementTrace;
  readonly constant: readonly string[];
  readonly test: { readonly kind: string; readonly alpha: number; readonly features: readonly TestRow[]; readonly kept: number } | null;
  readonly correlation: ({ readonly rule: string; readonly threshold: number; readonly kept: number } & Uncorrelated) | null;
  readonly lasso: LassoTrace | null;
  readonly stepwise?: StepwiseTrace;
  readonly selected: readonly string[];
}

interface Uncorrelated {
  /** Those that stay, in the order of the candidates. */
  readonly features: readonly string[];
  /** Those that go, each with the one for which the rule drops it. */
  readonly dropped: readonly { readonly feature: string; readonly with: string; readonly r: number }[];
}

interface TestRow {
  readonly feature: string;
  readonly t: number | null;
  readonly df: number | null;
  readonly p: number | null;
  readonly kept: boolean;
}

interface LassoTrace {
  readonly family?: string;
  readonly mixing?: number;
  readonly scaler: string;
  readonly choose: string;
  readonly path: readonly { readonly lambda: number; readonly meanError: number; readonly standardError: number; readonly coefficients: number }[];
  readonly lambdaMin: number;
  readonly lambda1se: number;
  readonly selectedMin: readonly string[];
  readonly selected1se: readonly string[];
  readonly paths: readonly LassoPath[];
  readonly warnings: readonly string[];
}

/**
 * The plan's selection on the rows of a scope: features with too many missing values or no spread go, then the t-test, the correlation filter
 * and the LASSO at the penalty its cross-validation on these rows chooses. Four rounds for up to 512 features.
 */
export async function selectFeatures(federation: Federation, plan: AnalysisPlan, scope: Scope, { options, columns }: SelectionRequest): Promise<Selection> {
  const dropped = new Set(scope.missing.dropped.map(({ feature }) => feature));
  const complete = columns.filter((feature) => !dropped.has(feature));
  const perturbed = options.perturbed ? steadyFeatures(complete, options.perturbed) : null;
  const steady = perturbed?.kept ?? complete;
  const agreement = options.agreement ? await agreeingFeatures(federation, viewFor(plan, scope, steady), options.agreement) : null;
  const candidates = agreement?.kept ?? steady;
  const moments = await federatedMoments(federation, viewFor(plan, scope, candidates));
  const constant = candidates.filter((_, j) => !(moments.all.m2[j]! > 0));
  const tests = await testsOf(federation, viewFor(plan, scope, candidates), moments, options.test);
  const tested = candidates.filter((_, j) => moments.all.m2[j]! > 0 && (options.test === null || tests.p[j]! < options.test.alpha));
  const uncorrelated = options.correlation === null ? null : await filterCorrelated(federation, plan, { scope, features: tested, moments, p: pick(tests.p, candidates, tested) }, options.correlation);
  const filtered = uncorrelated?.features ?? tested;
  const lasso = options.lasso === null || filtered.length === 0 ? null : await chooseByLasso(federation, plan, { scope, features: filtered, moments }, options.lasso);
  const left = lasso === null ? filtered : options.lasso!.choose === 'min' ? lasso.selectedMin : lasso.selected1se;
  const stepwise = options.stepwise && left.length > 0 ? await stepwiseFeatures(federation, { view: viewFor(plan, scope, left), moments: momentsOf(moments, left).all }, options.stepwise) : null;
  const selected = stepwise?.kept ?? left;
  return {
    selected,
    patients: moments.all.n,
    events: moments.events.n,
    trace: {
      candidates: columns.length,
      droppedForMissingValues: scope.missing.dropped,
      ...(perturbed === null ? {} : { perturbed: perturbed.trace }),
      ...(agreement === null ? {} : { agreement: agreement.trace }),
      constant,
      test: options.test === null ? null : { ...options.test, features: testRows(tests, new Set(tested)), kept: tested.length },
      correlation: options.correlation === null ? null : { ...options.correlation, ...uncorrelated!, kept: filtered.length },
      lasso,
      ...(stepwise === null ? {} : { stepwise: stepwise.trace }),
      selected,
    },
  };
}

type Tests = Omit<TTests, 'kind'>;

/** The tests of all candidates; those of ranks have neither t nor degrees of freedom. */
async function testsOf(federation: Federation, view: ViewSpec, moments: Moments, options: SelectOptions['test']): Promise<Tests> {
  if (options?.kind !== 'mann-whitney') return tTestsOf(moments, options?.kind ?? 'student');
  const none = new Float64Array(view.features.length).fill(NaN);
  return { features: view.features, t: none, df: none, p: await mannWhitneyP(federation, view, moments) };
}

const viewFor = (plan: AnalysisPlan, { rows, without, missing, harmonisation }: Scope, features: readonly string[]) =>
  viewOf(plan, { rows: rows.conditions, without, features, fill: missing.fill, harmonise: harmonisation?.spec });

const pick = (values: Float64Array, from: readonly string[], wanted: readonly string[]): Float64Array => {
  const place = new Map(from.map((name, j) => [name, j]));
  return Float64Array.from(wanted, (name) => values[place.get(name)!]!);
};

interface FilterRequest {
  readonly scope: Scope;
  readonly features: readonly string[];
  readonly moments: Moments;
  /** p-values of the features. */
  readonly p: Float64Array;
}

/** Features that survive the correlation filter, in the order of the candidates, and why the others do not. */
async function filterCorrelated(
  federation: Federation,
  plan: AnalysisPlan,
  { scope, features, moments, p }: FilterRequest,
  options: NonNullable<SelectOptions['correlation']>,
): Promise<Uncorrelated> {
  if (features.length < 2) return { features, dropped: [] };
  const view = viewFor(plan, scope, features);
  const { rule, threshold } = options;
  const own = momentsOf(moments, features);
  const { kept, dropped } =
    rule === 'A' || rule === 'B'
      ? await federatedGreedyFilter(federation, view, own, { order: pearsonOrder(rule, p, features.length), threshold })
      : byPairs({ rule, threshold, p, correlation: await federatedCorrelation(federation, view, own) }, features.length);
  const ascending = <T>(items: readonly T[], place: (item: T) => number) => [...items].sort((a, b) => place(a) - place(b));
  return {
    features: ascending(kept, (j) => j).map((j) => features[j]!),
    dropped: ascending(dropped, ({ feature }) => feature).map((one) => ({ feature: features[one.feature]!, with: features[one.with]!, r: one.r })),
  };
}

/** The rules that need every pair. */
function byPairs({ rule, threshold, p, correlation }: { rule: 'C' | 'D'; threshold: number; p: Float64Array; correlation: Float64Array }, count: number) {
  const reasons = pearsonReasons({ rule, correlation, pValues: p, count, threshold });
  return {
    kept: reasons.flatMap((by, j) => (by < 0 ? [j] : [])),
    dropped: reasons.flatMap((by, j) => (by < 0 ? [] : [{ feature: j, with: by, r: correlation[j * count + by]! }])),
  };
}

/** The moments of some of the features. */
function momentsOf(moments: Moments, features: readonly string[]): Moments {
  const group = ({ n, mean, m2 }: Moments['all']) => ({ n, mean: pick(mean, moments.features, features), m2: pick(m2, moments.features, features) });
  return { ...moments, features, all: group(moments.all), events: group(moments.events), nonEvents: group(moments.nonEvents) };
}

interface LassoRequest {
  readonly scope: Scope;
  readonly features: readonly string[];
  readonly moments: Moments;
}

type LassoOptions = NonNullable<SelectOptions['lasso']>;

async function chooseByLasso(federation: Federation, plan: AnalysisPlan, { scope, features, moments }: LassoRequest, options: LassoOptions): Promise<LassoTrace> {
  requireFewEnough(plan, features.length);
  const all = momentsOf(moments, features).all;
  const folds = plan.folds !== null && 'column' in plan.folds ? { folds: plan.folds.count } : {};
  if (options.family === 'logistic') return logisticLasso(federation, { view: viewFor(plan, scope, features), moments: all, folds }, options);
  const result = await federatedLinearLasso(federation, {
    view: viewFor(plan, scope, features),
    scaling: { mean: all.mean, sd: standardDeviation(all, 0) },
    alphas: logarithmicGrid(options.lambda.min, options.lambda.max, options.lambda.count),
    scaler: options.scaler,
    ...folds,
  });
  return {
    scaler: options.scaler,
    choose: options.choose,
    path: result.alphas.map((lambda, i) => ({ lambda, meanError: result.meanMse[i]!, standardError: result.standardError[i]!, coefficients: result.path[i]!.selected.length })),
    lambdaMin: result.minimum.alpha,
    lambda1se: result.oneStandardError.alpha,
    selectedMin: selectedFeatures(result, result.minimum),
    selected1se: selectedFeatures(result, result.oneStandardError),
    paths: lassoPaths(features, result.path),
    warnings: result.warnings,
  };
}

function requireFewEnough(plan: AnalysisPlan, features: number): void {
  const sentence = tooManyForLasso(features, foldCount(plan));
  if (sentence !== null) throw new Dependent('lasso-features', sentence);
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

const testRows = (tests: Tests, kept: ReadonlySet<string>): TestRow[] =>
  tests.features.map((feature, j) => ({ feature, t: finite(tests.t[j]!), df: finite(tests.df[j]!), p: finite(tests.p[j]!), kept: kept.has(feature) }));
