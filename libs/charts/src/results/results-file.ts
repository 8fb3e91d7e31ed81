/**
 * What figures read of results.json (docs/reference-results.md). A figure there is a value, `{suppressed: {rule, reason}}`, or
 * `{notEstimable: sentence}`; stages and parts that a plan does not ask for are absent.
 */
export type Result<T> = T | { readonly suppressed: { readonly rule: string; readonly reason: string } } | { readonly notEstimable: string };

/** Any result, whatever it holds. */
export type AnyResult = object | string | number | boolean | null | undefined;

export const isValue = <T>(result: Result<T> | null | undefined): result is T =>
  result !== null && result !== undefined && !(typeof result === 'object' && ('suppressed' in result || 'notEstimable' in result));

/** Why there is no value; null where there is one. */
export function whyNot(result: AnyResult): { readonly reason: string; readonly suppressed: boolean } | null {
  if (result === null || result === undefined) return { reason: 'Not in this run', suppressed: false };
  if (typeof result !== 'object') return null;
  if ('suppressed' in result) return { reason: readable(result as never), suppressed: true };
  if ('notEstimable' in result) return { reason: String(result.notEstimable), suppressed: false };
  return null;
}

/** The rule in words that fit into a bar. The whole reason stays in the data. */
function readable({ suppressed: { rule, reason } }: { readonly suppressed: { readonly rule: string; readonly reason: string } }): string {
  const short: Readonly<Record<string, string>> = {
    'minimum-patients': 'Fewer patients than the minimum',
    'minimum-class': 'Too few patients in one outcome class',
    'minimum-per-class': 'Too few patients in one outcome class',
    'minimum-cell': 'A count below the minimum',
    'minimum-bin': 'A bin with fewer patients than the minimum',
    'minimum-leaf': 'A leaf with fewer patients than the minimum',
    'minimum-fold': 'A fold with fewer patients than the minimum',
    'cohort-difference': 'Differs from an earlier cohort by too few patients',
    dominance: 'Predictions single out too few patients',
  };
  return short[rule] ?? reason;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface EstimateWithError {
  readonly estimate: number;
  readonly standardError: number;
}

export interface ConfusionResult {
  readonly counts: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
}

export interface ModelResult {
  readonly model: string;
  readonly auc: Result<{ readonly auc: number; readonly interval: Interval | null; readonly standardError: Result<number>; readonly caution: string | null }>;
  readonly calibration: Result<{ readonly brier: number; readonly observedOverExpected: number; readonly logObservedOverExpected: EstimateWithError }>;
  readonly recalibration: Result<{ readonly inTheLarge: EstimateWithError; readonly intercept: EstimateWithError; readonly slope: EstimateWithError }>;
  readonly hosmerLemeshow: Result<{ readonly statistic: number; readonly groups: number; readonly external: { readonly p: number; readonly degreesOfFreedom: number } | null; readonly fitted: { readonly p: number; readonly degreesOfFreedom: number } | null }>;
  readonly confusion: readonly { readonly threshold: number; readonly figures: Result<ConfusionResult> }[];
  readonly decisionCurve: Result<readonly { readonly threshold: number; readonly netBenefit: number; readonly treatAll: number; readonly truePositives?: number; readonly falsePositives?: number }[]>;
  readonly roc: Result<readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[]>;
  readonly calibrationBins: Result<readonly { readonly from: number; readonly n: number; readonly observed: number; readonly expected: number }[]>;
}

export interface SiteResult {
  readonly site: string;
  readonly patients?: Result<number>;
  readonly classes: Result<{ readonly events: number; readonly nonEvents: number }>;
  readonly models: readonly ModelResult[];
}

export interface PooledMeasure {
  readonly hartungKnapp: {
    readonly estimate: number;
    readonly confidence: Interval;
    readonly prediction: Interval | null;
    readonly tau2: number;
    readonly i2: number;
    readonly k: number;
    readonly weights: readonly number[];
    readonly p: number;
  };
  readonly included: readonly string[];
  readonly excluded: readonly { readonly site: string; readonly reason: string }[];
}

export interface MetaResult {
  readonly model: string;
  readonly logitAuc: Result<PooledMeasure>;
  readonly logObservedOverExpected: Result<PooledMeasure>;
  readonly calibrationSlope: Result<PooledMeasure>;
  /** Absent from runs of earlier versions, as net benefit is. */
  readonly calibrationInTheLarge?: Result<PooledMeasure>;
  readonly netBenefit?: readonly { readonly threshold: number; readonly pooled: Result<PooledMeasure> }[];
}

export type HeadlineResult =
  | {
      readonly model: string;
      readonly sites: number;
      readonly auc: number;
      readonly confidence: readonly [number, number];
      readonly prediction: readonly [number, number] | null;
      readonly tau2: number;
      readonly i2: number;
      readonly excluded: readonly { readonly site: string; readonly reason: string }[];
    }
  | { readonly model: string; readonly notEstimable: string };

/** Of one model: the pooled AUC without each site, and the deleted residual; null of fewer than three sites. */
export interface InfluenceResult {
  readonly model: string;
  readonly sites: readonly { readonly site: string; readonly without: number; readonly change: number; readonly residual: number }[] | null;
}

export interface RowsResult {
  readonly apparent?: boolean;
  readonly influence?: readonly InfluenceResult[];
  readonly headline: readonly HeadlineResult[];
  readonly sites: readonly SiteResult[];
  readonly pooled?: { readonly patients: Result<number>; readonly events: Result<number>; readonly models: readonly ModelResult[] };
  readonly metaAnalysis?: readonly MetaResult[];
  readonly comparisons?: readonly { readonly models: readonly [string, string]; readonly difference: Result<PooledMeasure> }[];
}

export interface EvaluateResult {
  readonly thresholds: readonly { readonly model: string; readonly thresholds: readonly { readonly kind: string; readonly value: Result<number> }[] }[];
  readonly modelsWithoutResult: readonly { readonly model: string; readonly suppressed?: { readonly reason: string } }[];
  readonly rows: Readonly<Record<string, Result<RowsResult>>>;
  readonly leaveOneSiteOut: Result<Omit<RowsResult, 'pooled'> & { readonly rows: string }> | null;
}

export interface CohortResult {
  readonly patients: Result<number>;
  readonly events: Result<number>;
  readonly sites: readonly ({ readonly site: string } & Partial<{ readonly patients: Result<number>; readonly events: Result<number>; readonly nonEvents: Result<number>; readonly missing: Readonly<Record<string, Result<number>>>; readonly suppressed: { readonly rule: string; readonly reason: string } }>)[];
  readonly numbers: readonly ({ readonly column: string } & Partial<{ readonly all: Group; readonly events: Group; readonly nonEvents: Group; readonly studentT: number | null; readonly p: number | null; readonly chiSquared: { readonly p: number }; readonly fisherP: number; readonly ranks: Result<RanksResult>; readonly suppressed: { readonly rule: string; readonly reason: string } }>)[];
  readonly categories: readonly ({ readonly column: string } & Readonly<Record<string, unknown>>)[];
}

/** Quartiles and Mann-Whitney test of a number, from bins of patients. */
export interface RanksResult {
  readonly bins: number;
  readonly quartiles: Readonly<Record<'all' | 'events' | 'nonEvents', readonly (number | null)[]>>;
  readonly mannWhitney: { readonly p: number; readonly pLow: number; readonly pHigh: number } | null;
}

interface ReadingFigure {
  readonly patients?: number;
  readonly suppressed?: { readonly rule: string; readonly reason: string };
}

interface IntraclassResult {
  readonly icc: number;
  readonly confidence: Interval;
}

/** How well readers agree on training patients. */
export interface ReaderAgreementResult {
  readonly weights: string;
  readonly categories: readonly (ReadingFigure & { readonly first: string; readonly second: string; readonly kappa?: number | null; readonly standardError?: number | null; readonly observed?: number | null; readonly expected?: number | null })[];
  readonly measurements: readonly (ReadingFigure & { readonly name: string; readonly columns: readonly string[]; readonly absolute?: IntraclassResult | null; readonly consistency?: IntraclassResult | null })[];
  readonly overlap: readonly (ReadingFigure & { readonly column: string; readonly mean?: number | null; readonly sd?: number | null })[];
}

/** Who the patients of one vendor's scanners are. */
export interface VendorResult extends Pick<CohortResult, 'patients' | 'events' | 'numbers' | 'categories'> {
  readonly level: string;
}

interface Group {
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
}

export interface DescribeResult {
  readonly cohort: Readonly<Record<string, Result<CohortResult>>>;
  readonly sequences?: Readonly<Record<string, Result<readonly SequenceCounts[]>>>;
  /** Patients by vendor of the scanner, where the plan names its column. */
  readonly vendors?: Readonly<Record<string, readonly Result<VendorResult>[] | null>>;
  readonly agreement?: Result<ReaderAgreementResult>;
  readonly univariate: Result<readonly unknown[]>;
  readonly sampleSize: Readonly<Record<string, unknown>>;
  readonly validationSize: Readonly<Record<string, unknown>>;
}

export interface SelectResult {
  readonly candidates?: number;
  readonly droppedForMissingValues?: readonly unknown[];
  readonly constant?: readonly string[];
  readonly test?: { readonly kind: string; readonly alpha: number; readonly kept: number } | null;
  readonly correlation?: { readonly rule: string; readonly threshold: number; readonly kept: number } | null;
  readonly lasso?: {
    readonly choose: string;
    readonly path: readonly { readonly lambda: number; readonly meanError: number; readonly standardError: number; readonly coefficients: number | readonly number[] }[];
    readonly lambdaMin: number;
    readonly lambda1se: number;
    /** Coefficients of standardised features, one for each penalty, of those that any penalty keeps. */
    readonly paths?: readonly { readonly feature: string; readonly values: readonly number[] }[];
  } | null;
  readonly stepwise?: { readonly kept: number };
  readonly agreement?: { readonly atLeast: number; readonly kept: number };
  readonly perturbed?: { readonly atLeast: number; readonly kept: number };
  /** How often each feature is selected without a fold. */
  readonly stability?: { readonly folds: number; readonly features: readonly { readonly feature: string; readonly share: number }[] };
  readonly selected: readonly string[] | null;
}

export interface PipelineCandidate {
  readonly kind: string;
  readonly auc: Result<number> | null;
  readonly standardError: number | null;
}

export interface PipelineSequence {
  readonly sequence: string;
  readonly model: string;
  readonly kept: boolean;
  readonly reason: string;
  readonly chosen: string | null;
  readonly candidates: readonly PipelineCandidate[];
  readonly selection: Result<SelectResult>;
}

/** The seed study's pipeline: what it chose, and its models on training patients. */
export interface PipelineResult {
  readonly sequences: readonly PipelineSequence[];
  readonly signature: { readonly model: string; readonly chosen: string | null; readonly candidates: readonly PipelineCandidate[]; readonly selection: Result<SelectResult> };
  readonly clinical: Result<{ readonly variables: readonly { readonly column: string; readonly kept: boolean; readonly reason: string }[]; readonly columns: readonly string[] }> | null;
  readonly models: readonly TrainedModel[];
  readonly figures: {
    readonly patients: Result<number>;
    readonly models: readonly { readonly model: string; readonly apparent: number | null; readonly crossValidated: Result<{ readonly auc: number | null; readonly standardError: number | null }> }[];
  };
  readonly volume: Result<{ readonly column: string; readonly features: readonly { readonly feature: string; readonly r: number }[] }> | null;
  readonly repeats: { readonly count: number; readonly models: readonly { readonly model: string; readonly mean: number | null; readonly sd: number | null; readonly minimum: number | null; readonly maximum: number | null }[] };
  readonly permutation: { readonly count: number; readonly models: readonly { readonly model: string; readonly p: number | null; readonly mean?: number | null }[] } | null;
  /** How often each feature is selected without a fold, over all repeats: shares of the signatures, and of the selections of its sequence. */
  readonly stability?: readonly { readonly feature: string; readonly selected: boolean; readonly inSignature: number | null; readonly inSequence: number | null }[];
  /** How well the features of the Rad-Signature tell which hospital a patient is of. */
  readonly siteDiscrimination?: Result<SiteDiscriminationResult> | null;
}

export interface SiteDiscriminationResult {
  readonly sites: readonly { readonly site: string; readonly auc: Result<{ readonly auc: number; readonly low: number; readonly high: number }> }[];
  readonly mean: number | null;
  readonly crossValidated: boolean;
}

/** Patients who have a sequence, by site and class, and by vendor where the plan names its column. */
export interface SequenceCounts {
  readonly sequence: string;
  readonly suppressed?: { readonly rule: string; readonly reason: string };
  readonly sites?: readonly ({ readonly site: string } & Partial<{ readonly patients: Result<number>; readonly events: Result<number>; readonly nonEvents: Result<number>; readonly suppressed: { readonly rule: string; readonly reason: string } }>)[];
  readonly vendors?: Result<{ readonly column: string; readonly levels: readonly { readonly level: string; readonly events: number; readonly nonEvents: number }[] }> | null;
}

/** Means and standard deviations of each site, a number a figure. */
export interface SiteMomentsResult {
  readonly features: readonly string[];
  readonly sites: readonly ({ readonly site: string } & Partial<{ readonly patients: number; readonly mean: readonly number[]; readonly sd: readonly number[]; readonly suppressed: { readonly rule: string; readonly reason: string } }>)[];
  readonly varianceExplainedBySite: readonly (number | null)[];
}

/** Where the intensities of training images lay before and after they were brought to a scale. */
export interface IntensityResult {
  readonly sequence: string;
  readonly intensity: string;
  readonly figures: readonly string[];
  readonly before: Result<SiteMomentsResult>;
  readonly after: Result<SiteMomentsResult>;
}

export interface ExtractResult {
  readonly engine: string;
  readonly intensities?: readonly IntensityResult[];
  readonly warnings: readonly string[];
  readonly sequences: readonly {
    readonly sequence: string;
    readonly settings: string;
    readonly features: number;
    readonly sites: readonly { readonly site: string; readonly patients: Result<number>; readonly extracted: Result<number>; readonly refused: Readonly<Record<string, Result<number>>>; readonly fewGreyLevels: Result<number>; readonly levelsCounted: Result<number> }[];
  }[];
}

export interface TrainedModel {
  readonly name: string;
  readonly kind?: string;
  readonly n?: number;
  readonly events?: number;
  readonly coefficients?: readonly { readonly name: string; readonly estimate: number; readonly standardError?: number; readonly p?: number; readonly oddsRatio?: number; readonly oddsRatioLow?: number; readonly oddsRatioHigh?: number }[];
  /** Of the coefficients in their order; null of a penalised model and of a large one. */
  readonly covariance?: readonly (readonly number[])[] | null;
  readonly artefact?: { readonly sha256: string; readonly model: unknown };
  readonly suppressed?: { readonly rule: string; readonly reason: string };
}

/** results.json. Stages are read as they are; what is not known here is left alone. */
export interface ResultsFile {
  readonly format: 1;
  readonly plan: { readonly title: string; readonly version: number; readonly study: string; readonly digest: string };
  readonly disclosure: string;
  readonly sites: readonly string[];
  readonly warnings: readonly string[];
  readonly stages: {
    readonly extract?: Result<ExtractResult>;
    readonly describe?: Result<DescribeResult>;
    readonly harmonise?: Result<Readonly<Record<string, unknown>>>;
    readonly pipeline?: Result<PipelineResult>;
    readonly select?: Result<SelectResult>;
    readonly train?: Result<{ readonly models: readonly TrainedModel[] }>;
    readonly evaluate?: Result<EvaluateResult>;
    readonly explain?: Result<Readonly<Record<string, unknown>>>;
  };
}
