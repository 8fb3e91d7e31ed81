import { compareAuc, decisionCurve, DECISION_BINS, rocPoints, type MergedHistogram } from '@consilium/evaluation';
import type { SiteAnswer } from '../federation.js';
import type { SiteFigures, SiteModelFigures } from './exchange.js';
import { isValue, mapFigure, notEstimable, suppressed, type Figure } from './figures.js';
import { aucFigure, calibrationFigure, confusionFigure, hosmerLemeshowFigure, recalibrationCaution, type Classes } from './model-figures.js';
import type { AucFigure, ModelComparison, ModelFigures, ScoreBin, SiteValidation } from './results.js';

export interface ValidationShape {
  readonly models: readonly string[];
  readonly thresholds: readonly (readonly number[])[];
  readonly minimumCell: number;
  /** Cuts of figures beside the validation, of the same predictions: risk categories. */
  readonly otherCuts?: readonly number[];
}

/** A site's answer with every figure worked out; a refusal suppresses them all, each with its reason. */
export function siteValidation(answer: SiteAnswer<SiteFigures>, shape: ValidationShape): SiteValidation {
  const figures = 'answer' in answer ? answer.answer : refusedFigures(answer.refusal.rule, answer.refusal.sentence, shape);
  const classes = isValue(figures.classes) ? figures.classes : null;
  return {
    site: answer.site,
    patients: figures.patients,
    classes: figures.classes,
    models: shape.models.map((model, m) => modelFigures(model, figures.models[m]!, { classes, shape, thresholds: shape.thresholds[m] ?? [] })),
    comparisons: comparisonsOf(figures, shape.models),
  };
}

function refusedFigures(rule: string, reason: string, { models, thresholds }: ValidationShape): SiteFigures {
  const none = suppressed(rule, reason);
  const model = (m: number): SiteModelFigures => ({
    auc: none,
    aucVariance: none,
    sums: none,
    recalibration: none,
    groups: none,
    bins: none,
    confusion: (thresholds[m] ?? []).map(() => none),
  });
  return { patients: none, classes: none, covariance: none, models: models.map((_, m) => model(m)) };
}

interface ModelContext {
  readonly classes: Classes | null;
  readonly shape: ValidationShape;
  readonly thresholds: readonly number[];
}

function modelFigures(model: string, figures: SiteModelFigures, { classes, shape, thresholds }: ModelContext): ModelFigures<AucFigure> {
  const bins = figures.bins;
  return {
    model,
    auc: mapFigure(figures.auc, (auc) => aucFigure(auc, figures.aucVariance, classes)),
    calibration: calibrationFigure(figures.sums),
    recalibration: figures.recalibration,
    recalibrationCaution: isValue(figures.recalibration) ? recalibrationCaution(classes) : null,
    hosmerLemeshow: hosmerLemeshowFigure(figures.groups, shape.minimumCell),
    confusion: figures.confusion.map((counts, t) => ({ threshold: thresholds[t]!, figures: confusionFigure(counts) })),
    decisionCurve: mapFigure(bins, (value) => decisionCurve(value, value.starts.map((start) => start / DECISION_BINS))),
    roc: mapFigure(bins, (value) => rocPoints(value) ?? notEstimable('One outcome class is empty. There is no ROC curve.')),
    histogram: mapFigure(bins, scoreBins),
    calibrationBins: mapFigure(bins, ({ starts, events, nonEvents, expected }) =>
      starts
        .map((start, b) => ({ from: start / DECISION_BINS, n: events[b]! + nonEvents[b]!, observed: events[b]!, expected: expected[b]! }))
        .filter(({ n }) => n > 0),
    ),
  };
}

/** Bins with somebody in them. */
export const scoreBins = ({ starts, events, nonEvents }: MergedHistogram): ScoreBin[] =>
  starts.map((start, b) => ({ from: start / DECISION_BINS, events: events[b]!, nonEvents: nonEvents[b]! })).filter((bin) => bin.events + bin.nonEvents > 0);

function comparisonsOf({ covariance, models: figures }: SiteFigures, models: readonly string[]): ModelComparison[] {
  return pairs(models).map(([a, b]) => ({
    models: [models[a]!, models[b]!],
    difference: mapFigure(covariance, (values) =>
      mapFigure(areas(figures), (auc) => compareAuc({ auc, covariance: values }, a, b) ?? notEstimable(noDifference(auc[a]!, auc[b]!))),
    ),
  }));
}

/** Why two AUCs have no test: the same order, or (AUC 0, 1, or of equal predictions) no pair that differs from the others. */
const noDifference = (one: number, other: number): string =>
  one === other ? 'The models order events and non-events alike.' : 'Within either model all pairs of an event and a non-event are ordered alike. Their difference has no standard error.';

function areas(figures: readonly SiteModelFigures[]): Figure<Float64Array> {
  const missing = figures.map(({ auc }) => auc).find((auc) => typeof auc !== 'number');
  return missing === undefined ? Float64Array.from(figures, ({ auc }) => auc as number) : missing;
}

/** All pairs of indices, the first below the second. */
export const pairs = (items: readonly unknown[]): (readonly [number, number])[] =>
  items.flatMap((_, a) => items.slice(a + 1).map((__, at) => [a, a + 1 + at] as const));
