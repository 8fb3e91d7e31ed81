import { isValue, type RunContext } from '@consilium/charts';
import { Comparison, near, shown, type Check } from './check.js';
import { allPlaces, validations } from './places.js';

/** Intervals, curves and what is pooled of them. */
export function estimateChecks(context: RunContext): Check[] {
  return [intervals(context), pooled(context), curves(context), netBenefit(context), calibration(context), differences(context)];
}

interface Bounded {
  readonly low: number;
  readonly high: number;
}

function intervals(context: RunContext): Check {
  const check = new Comparison('intervals', 'Every interval holds its estimate');
  const inside = (where: string, name: string, value: unknown, interval: unknown): void => {
    const bounds = interval as Bounded | null | undefined;
    if (typeof value !== 'number' || typeof bounds?.low !== 'number' || typeof bounds.high !== 'number') return;
    check.holds(bounds.low <= value + 1e-9 && value <= bounds.high + 1e-9, () => `${where}: ${name} ${shown(value)} lies outside its interval ${shown(bounds.low)} to ${shown(bounds.high)}.`);
  };
  for (const { where, figures } of allPlaces(context)) {
    if (isValue(figures.auc)) inside(where, 'AUC', figures.auc.auc, figures.auc.interval);
    for (const { threshold, figures: matrix } of figures.confusion) {
      if (!isValue(matrix)) continue;
      for (const [name, share] of Object.entries(matrix as unknown as Record<string, { estimate?: number; wilson?: Bounded; exact?: Bounded } | null>)) {
        if (share === null || typeof share !== 'object') continue;
        for (const interval of [share.wilson, share.exact]) inside(`${where}, threshold ${shown(threshold)}`, name, share.estimate, interval);
      }
    }
  }
  return check.result();
}

function pooled(context: RunContext): Check {
  const check = new Comparison('pooled-estimate', 'A pooled AUC lies between those of its hospitals and inside both its intervals, the prediction interval the wider one');
  for (const { name, rows } of validations(context)) {
    for (const headline of rows.headline) {
      if ('notEstimable' in headline) continue;
      const { model, auc, confidence, prediction, excluded } = headline;
      const where = `${name}, ${model}`;
      const own = rows.sites.filter(({ site }) => !excluded.some((one) => one.site === site)).flatMap(({ models }) => models.filter((one) => one.model === model).flatMap((one) => (isValue(one.auc) ? [one.auc.auc] : [])));
      if (own.length > 0) check.holds(auc >= Math.min(...own) - 1e-9 && auc <= Math.max(...own) + 1e-9, () => `${where}: the pooled AUC ${shown(auc)} lies outside those of its hospitals, ${shown(Math.min(...own))} to ${shown(Math.max(...own))}.`);
      check.holds(own.length === headline.sites, () => `${where}: ${headline.sites} hospitals are pooled, but ${own.length} show an AUC.`);
      check.holds(confidence[0] <= auc && auc <= confidence[1], () => `${where}: the pooled AUC ${shown(auc)} lies outside its confidence interval.`);
      if (prediction !== null) check.holds(prediction[0] <= confidence[0] + 1e-9 && prediction[1] >= confidence[1] - 1e-9, () => `${where}: the prediction interval is narrower than the confidence interval.`);
    }
  }
  return check.result();
}

/** Between two points of a curve of counted bins the exact one rises anyhow: its area lies between that of the steps below and that of the steps above. */
function curves(context: RunContext): Check {
  const check = new Comparison('roc', 'A ROC curve never falls, runs from corner to corner, and has the area that is the AUC');
  for (const { where, figures } of allPlaces(context)) {
    if (!isValue(figures.roc) || figures.roc.length < 2) continue;
    const points = figures.roc;
    const first = points[0]!;
    const last = points.at(-1)!;
    check.holds(first.falsePositiveRate === 0 && first.truePositiveRate === 0 && near(last.falsePositiveRate, 1) && near(last.truePositiveRate, 1), () => `${where}: the ROC curve does not run from (0, 0) to (1, 1).`);
    check.holds(points.every((point, i) => i === 0 || (point.falsePositiveRate >= points[i - 1]!.falsePositiveRate - 1e-12 && point.truePositiveRate >= points[i - 1]!.truePositiveRate - 1e-12)), () => `${where}: the ROC curve falls.`);
    if (!isValue(figures.auc)) continue;
    const { auc } = figures.auc;
    const area = (height: (before: number, after: number) => number): number => points.reduce((sum, point, i) => (i === 0 ? 0 : sum + (point.falsePositiveRate - points[i - 1]!.falsePositiveRate) * height(points[i - 1]!.truePositiveRate, point.truePositiveRate)), 0);
    const [least, most] = [area((before) => before), area((_, after) => after)];
    check.holds(auc >= least - 1e-6 && auc <= most + 1e-6, () => `${where}: the area under the ROC curve is between ${shown(least)} and ${shown(most)}, the AUC ${shown(auc)}.`);
  }
  return check.result();
}

function netBenefit(context: RunContext): Check {
  const check = new Comparison('net-benefit', 'Net benefit follows from its counts, which do not grow with the threshold');
  for (const { where, figures, counts } of allPlaces(context)) {
    if (!isValue(figures.decisionCurve) || counts === null) continue;
    const n = counts.events + counts.nonEvents;
    let before: { tp: number; fp: number } | null = null;
    for (const { threshold, netBenefit: stated, treatAll, truePositives: tp, falsePositives: fp } of figures.decisionCurve) {
      const weight = threshold / (1 - threshold);
      const at = `${where}, threshold ${shown(threshold)}`;
      check.same(at, ['treating everyone', treatAll], ['what the event rate gives', counts.events / n - (counts.nonEvents / n) * weight]);
      if (tp === undefined || fp === undefined) continue;
      check.same(at, ['the net benefit', stated], [`what ${tp} true and ${fp} false positives of ${n} give`, tp / n - (fp / n) * weight]);
      const last: { tp: number; fp: number } | null = before;
      if (last !== null) check.holds(tp <= last.tp && fp <= last.fp, () => `${at}: more patients are called positive than at a lower threshold.`);
      before = { tp, fp };
    }
  }
  return check.result();
}

interface Calibrated {
  readonly eventRate?: number;
  readonly meanPrediction?: number;
  readonly observedOverExpected: number;
  readonly observedOverExpectedCorrected?: boolean;
  readonly logObservedOverExpected: { readonly estimate: number };
}

function calibration(context: RunContext): Check {
  const complete = context.results.disclosure === 'open-data';
  const check = new Comparison('calibration', 'Observed to expected events follow from event rate and mean prediction; groups of risk hold no others');
  for (const { where, figures, counts } of allPlaces(context)) {
    const n = counts === null ? 0 : counts.events + counts.nonEvents;
    if (isValue(figures.calibration)) {
      const { eventRate, meanPrediction, observedOverExpected: ratio, observedOverExpectedCorrected, logObservedOverExpected } = figures.calibration as Calibrated;
      if (observedOverExpectedCorrected !== true && typeof eventRate === 'number' && typeof meanPrediction === 'number' && meanPrediction > 0) check.same(where, ['O:E', ratio], ['event rate over mean prediction', eventRate / meanPrediction]);
      if (observedOverExpectedCorrected !== true && ratio > 0) check.same(where, ['log O:E', logObservedOverExpected.estimate], ['the logarithm of O:E', Math.log(ratio)]);
      if (n > 0 && typeof eventRate === 'number') check.same(where, ['the event rate', eventRate], ['events over patients', counts!.events / n]);
    }
    if (isValue(figures.calibrationBins) && n > 0) {
      const bins = figures.calibrationBins;
      const [patients, events] = [bins.reduce((sum, bin) => sum + bin.n, 0), bins.reduce((sum, bin) => sum + bin.observed, 0)];
      // Groups below a minimum count may be absent; none may hold patients that the hospital has not.
      const agrees = complete ? patients === n && events === counts!.events : patients <= n && events <= counts!.events;
      check.holds(agrees, () => `${where}: groups of risk hold ${patients} patients with ${events} events, but there are ${n} with ${counts!.events}.`);
    }
  }
  return check.result();
}

interface SiteComparison {
  readonly models: readonly [string, string];
  readonly difference: { readonly difference?: number } | null;
}

function differences(context: RunContext): Check {
  const check = new Comparison('differences', 'The difference of two models is the difference of their AUCs');
  for (const { name, rows } of validations(context)) {
    for (const { site, models, ...rest } of rows.sites) {
      for (const { models: [a, b], difference } of (rest as unknown as { readonly comparisons?: readonly SiteComparison[] }).comparisons ?? []) {
        const [x, y] = [a, b].map((model) => models.find((one) => one.model === model)?.auc);
        if (typeof difference?.difference !== 'number' || !isValue(x) || !isValue(y)) continue;
        check.same(`${name}, hospital ${site}`, [`the difference of ${a} and ${b}`, difference.difference], ['the difference of their AUCs', x.auc - y.auc]);
      }
    }
  }
  return check.result();
}
