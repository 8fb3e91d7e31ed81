import { isValue, type RunContext } from '@consilium/charts';
import { Comparison, near, shown, type Check } from './check.js';
import { allPlaces, validations, type Place } from './places.js';

interface Share {
  readonly x: number;
  readonly n: number;
  readonly estimate: number;
}

interface Matrix {
  readonly counts: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  readonly sensitivity: Share | null;
  readonly specificity: Share | null;
  readonly accuracy: Share | null;
  readonly positivePredictiveValue: Share | null;
  readonly negativePredictiveValue: Share | null;
  readonly falseNegativeRate?: number;
  readonly falsePositiveRate?: number;
  readonly youden?: number | null;
  readonly balancedAccuracy?: number | null;
}

interface MatrixPlace extends Place {
  readonly at: string;
  readonly threshold: number;
  readonly matrix: Matrix;
}

const matricesOf = (context: RunContext): MatrixPlace[] =>
  allPlaces(context).flatMap((place) => place.figures.confusion.flatMap(({ threshold, figures }) => (isValue(figures) ? [{ ...place, threshold, at: `${place.where}, threshold ${shown(threshold)}`, matrix: figures as unknown as Matrix }] : [])));

/** A sensitivity of 0.78 cannot stand beside 9 of 31 events missed; nor can a share that no k of n gives. */
export function matrixChecks(context: RunContext): Check[] {
  const all = matricesOf(context);
  return [sharesAreCounts(all), errorsAgree(all), oneMatrix(all), matrixAddsUp(all), sitesAddUp(context)];
}

function sharesAreCounts(all: readonly MatrixPlace[]): Check {
  const check = new Comparison('shares', 'Every share is k of n, and both follow from the confusion matrix');
  for (const { at, matrix } of all) {
    const { tp, fp, fn, tn } = matrix.counts;
    const shares = [
      ['sensitivity', matrix.sensitivity, tp, tp + fn],
      ['specificity', matrix.specificity, tn, tn + fp],
      ['positive predictive value', matrix.positivePredictiveValue, tp, tp + fp],
      ['negative predictive value', matrix.negativePredictiveValue, tn, tn + fn],
      ['accuracy', matrix.accuracy, tp + tn, tp + fp + fn + tn],
    ] as const;
    for (const [name, share, k, n] of shares) {
      if (!share || typeof share.estimate !== 'number' || n === 0) continue;
      check.holds(share.x === k && share.n === n, () => `${at}: ${name} counts ${share.x} of ${share.n}, but the confusion matrix gives ${k} of ${n}.`);
      check.holds(near(share.estimate, k / n), () => `${at}: ${name} is ${shown(share.estimate)}, which is not ${k} of ${n} (${shown(k / n)}).`);
    }
  }
  return check.result();
}

function errorsAgree(all: readonly MatrixPlace[]): Check {
  const check = new Comparison('errors', 'Sensitivity and the share of missed events, specificity and the share of false alarms add up to 1');
  for (const { at, matrix } of all) {
    const { tp, fp, fn, tn } = matrix.counts;
    const [missed, alarms] = [matrix.falseNegativeRate ?? fn / (tp + fn), matrix.falsePositiveRate ?? fp / (fp + tn)];
    const [sensitivity, specificity] = [matrix.sensitivity?.estimate, matrix.specificity?.estimate];
    if (typeof sensitivity === 'number' && tp + fn > 0) check.holds(near(sensitivity + missed, 1), () => `${at}: sensitivity ${shown(sensitivity)} contradicts a false-negative rate of ${shown(missed)}.`);
    if (typeof specificity === 'number' && fp + tn > 0) check.holds(near(specificity + alarms, 1), () => `${at}: specificity ${shown(specificity)} contradicts a false-positive rate of ${shown(alarms)}.`);
    if (typeof sensitivity !== 'number' || typeof specificity !== 'number') continue;
    if (typeof matrix.youden === 'number') check.same(at, ["Youden's index", matrix.youden], ['sensitivity + specificity − 1', sensitivity + specificity - 1]);
    if (typeof matrix.balancedAccuracy === 'number') check.same(at, ['balanced accuracy', matrix.balancedAccuracy], ['the mean of sensitivity and specificity', (sensitivity + specificity) / 2]);
  }
  return check.result();
}

function oneMatrix(all: readonly MatrixPlace[]): Check {
  const check = new Comparison('one-matrix', 'A model has one confusion matrix at a threshold: in every list, and in the decision curve');
  const seen = new Map<string, Matrix['counts']>();
  for (const { at, where, threshold, matrix, figures } of all) {
    const { tp, fp, fn, tn } = matrix.counts;
    const known = seen.get(at);
    if (known) check.holds(known.tp === tp && known.fp === fp && known.fn === fn && known.tn === tn, () => `${at}: two confusion matrices, ${known.tp}/${known.fp}/${known.fn}/${known.tn} and ${tp}/${fp}/${fn}/${tn} (TP/FP/FN/TN).`);
    seen.set(at, matrix.counts);
    const point = isValue(figures.decisionCurve) ? figures.decisionCurve.find((one) => near(one.threshold, threshold, 1e-12)) : undefined;
    if (point?.truePositives === undefined || point.falsePositives === undefined) continue;
    check.holds(point.truePositives === tp && point.falsePositives === fp, () => `${where}: at the threshold ${shown(threshold)} the confusion matrix has ${tp} true and ${fp} false positives, the decision curve ${point.truePositives} and ${point.falsePositives}.`);
  }
  return check.result();
}

function matrixAddsUp(all: readonly MatrixPlace[]): Check {
  const check = new Comparison('matrix-total', 'The cells of a confusion matrix add up to the patients with and without the event');
  for (const { at, matrix, counts } of all) {
    if (counts === null) continue;
    const { tp, fp, fn, tn } = matrix.counts;
    check.holds(tp + fn === counts.events && fp + tn === counts.nonEvents, () => `${at}: the matrix has ${tp + fn} events and ${fp + tn} others, the hospital ${counts.events} and ${counts.nonEvents}.`);
  }
  return check.result();
}

/** Only where every hospital shows its matrix: the difference would be that of the hidden one. */
function sitesAddUp(context: RunContext): Check {
  const check = new Comparison('pooled-total', 'What is pooled is the sum over the hospitals');
  for (const { name, rows } of validations(context)) {
    const { pooled, sites } = rows;
    if (pooled === undefined) continue;
    const classes = sites.map((one) => (isValue(one.classes) ? one.classes : null));
    if (classes.every((one) => one !== null)) {
      if (isValue(pooled.patients)) check.same(name, ['the number of patients', pooled.patients], ['the sum over hospitals', classes.reduce((sum, one) => sum + one.events + one.nonEvents, 0)]);
      if (isValue(pooled.events)) check.same(name, ['the number of events', pooled.events], ['the sum over hospitals', classes.reduce((sum, one) => sum + one.events, 0)]);
    }
    for (const { model, confusion } of pooled.models) {
      for (const { threshold, figures } of confusion) {
        const own = sites.map((site) => site.models.find((one) => one.model === model)?.confusion.find((one) => near(one.threshold, threshold, 1e-12))?.figures);
        if (!isValue(figures) || !own.every((one) => isValue(one))) continue;
        for (const cell of ['tp', 'fp', 'fn', 'tn'] as const) check.same(`${name}, ${model}, threshold ${shown(threshold)}`, [`pooled ${cell.toUpperCase()}`, figures.counts[cell]], ['the sum over hospitals', own.reduce((sum, one) => sum + one.counts[cell], 0)]);
      }
    }
  }
  return check.result();
}
