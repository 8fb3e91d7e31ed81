import type {
  AucComparison,
  CalibrationFigures,
  ConfusionCounts,
  ConfusionFigures,
  HosmerLemeshow,
  Interval,
  NetBenefit,
  RiskGroup,
  RocPoint,
} from '@consilium/evaluation';
import type { CalibrationFit } from '@consilium/learning';
import type { MetaAnalysis } from '@consilium/statistics';
import type { Figure } from './figures.js';

/** An AUC of exact scores. */
export interface AucFigure {
  readonly auc: number;
  /** DeLong. */
  readonly standardError: Figure<number>;
  /** On the logit scale; null for an AUC of 0 or 1, or without a standard error. */
  readonly interval: Interval | null;
  /** On the scale of the AUC, cut at 0 and 1. */
  readonly waldInterval: Interval | null;
  /** Why the figure bears little weight; null where it does. */
  readonly caution: string | null;
}

/** An AUC known up to the order of scores within rank bins; the exact one lies between low and high. */
export interface PooledAucFigure extends AucFigure {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

export interface ConfusionFigure extends ConfusionFigures {
  readonly counts: ConfusionCounts;
}

/** Patients of a group of predicted risk, for the calibration plot. */
export interface CalibrationBin {
  readonly from: number;
  readonly n: number;
  readonly observed: number;
  readonly expected: number;
}

/** Patients of a bin of the probability. */
export interface ScoreBin {
  readonly from: number;
  readonly events: number;
  readonly nonEvents: number;
}

/** Everything said of one model on some patients. */
export interface ModelFigures<Auc> {
  readonly model: string;
  readonly auc: Figure<Auc>;
  readonly calibration: Figure<CalibrationFigures>;
  readonly recalibration: Figure<CalibrationFit>;
  readonly recalibrationCaution: string | null;
  readonly hosmerLemeshow: Figure<HosmerLemeshow & { readonly rule: 'fixed'; readonly riskGroups: readonly RiskGroup[] }>;
  readonly confusion: readonly { readonly threshold: number; readonly figures: Figure<ConfusionFigure> }[];
  readonly decisionCurve: Figure<readonly NetBenefit[]>;
  readonly roc: Figure<readonly RocPoint[]>;
  readonly calibrationBins: Figure<readonly CalibrationBin[]>;
  /** Patients by class in bins of the probability, each from `from` to the next one's, joined until they hold the minimum count. */
  readonly histogram: Figure<readonly ScoreBin[]>;
}

export interface ModelComparison {
  readonly models: readonly [string, string];
  readonly difference: Figure<AucComparison>;
}

export interface SiteValidation {
  readonly site: string;
  readonly patients: Figure<number>;
  readonly classes: Figure<{ readonly events: number; readonly nonEvents: number }>;
  readonly models: readonly ModelFigures<AucFigure>[];
  readonly comparisons: readonly ModelComparison[];
}

export interface PooledValidation {
  readonly patients: Figure<number>;
  readonly events: Figure<number>;
  readonly models: readonly (ModelFigures<PooledAucFigure> & { readonly stratifiedAuc: Figure<number> })[];
}

/** A random-effects pool of sites' figures. */
export interface Pooling {
  /** REML with Hartung-Knapp intervals, as metafor; the headline. */
  readonly hartungKnapp: MetaAnalysis;
  /** The same with max(1, q), never narrower than Wald. */
  readonly modifiedHartungKnapp: MetaAnalysis;
  readonly included: readonly string[];
  readonly excluded: readonly { readonly site: string; readonly reason: string }[];
}

export interface ModelMetaAnalysis {
  readonly model: string;
  /** On the logit scale; `auc` is it on the scale of the AUC. */
  readonly logitAuc: Figure<Pooling>;
  readonly auc: Figure<{ readonly estimate: number; readonly confidence: Interval; readonly prediction: Interval | null }>;
  readonly logObservedOverExpected: Figure<Pooling>;
  readonly calibrationSlope: Figure<Pooling>;
  /** Intercept of the recalibration whose slope is 1. */
  readonly calibrationInTheLarge: Figure<Pooling>;
  /** At each threshold of the model, over the sites that show their counts there. */
  readonly netBenefit: readonly { readonly threshold: number; readonly pooled: Figure<Pooling> }[];
}

export interface ValidationResult {
  readonly sites: readonly SiteValidation[];
  readonly pooled: PooledValidation;
  readonly metaAnalysis: readonly ModelMetaAnalysis[];
  /** Differences of AUC, pooled over sites from their covariances. */
  readonly comparisons: readonly { readonly models: readonly [string, string]; readonly difference: Figure<Pooling> }[];
}
