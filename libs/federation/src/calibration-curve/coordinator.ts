import { calibrationStanding, DECISION_BINS, hosmerLemeshow, hosmerLemeshowAllowed, type HosmerLemeshow, type RiskGroup } from '@consilium/evaluation';
import { clippedLogit, LogisticNewton, packedLength, type LogisticFit } from '@consilium/learning';
import { choleskyFactor, choleskyInverse, normalQuantile, sigmoid, unpackSymmetric } from '@consilium/numerics';
import { RoundRefused, type Federation } from '../federation.js';
import { notEstimable, suppressed, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import { addGroups, releasedStarts, type ReleaseRule } from '../validation/released-bins.js';
import type { ViewSpec } from '../view.js';
import { riskGroupSums, splineSums } from './exchange.js';
import { scoreCuts } from './score-cuts.js';
import { splineColumns } from './spline-columns.js';

export interface CalibrationCurveRequest {
  readonly view: ViewSpec;
  /** Columns of probabilities. */
  readonly models: readonly string[];
  readonly minimumCell?: number;
  /** Cuts of other figures of a model's predictions that are shown beside these. */
  readonly otherCuts?: Readonly<Record<string, readonly number[]>>;
}

/** The observed risk that a spline gives a predicted one, with its pointwise 95 % band. */
export interface CurvePoint {
  readonly predicted: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

export interface CalibrationCurve {
  readonly model: string;
  /** About ten groups of equal numbers of patients, by ascending risk. With a minimum count their edges are among those of the validation's curves. */
  readonly groups: Figure<readonly RiskGroup[]>;
  /** Over these groups. */
  readonly hosmerLemeshow: Figure<HosmerLemeshow & { readonly rule: 'quantile' }>;
  /** Between the 5th and 95th percentile of the predictions. */
  readonly curve: Figure<readonly CurvePoint[]>;
  /** Knots of logit p, at its 5th, 35th, 65th and 95th percentile. */
  readonly knots: readonly number[];
}

const GROUPS = 10;
/** Harrell's percentiles for four knots. */
const KNOTS = [0.05, 0.35, 0.65, 0.95];
const POINTS = 50;
/** Cuts of logit p at the edges of the validation's bins. */
const HUNDREDTHS = Float64Array.from({ length: DECISION_BINS - 1 }, (_, b) => clippedLogit((b + 1) / DECISION_BINS));

/**
 * Calibration of predictions over all sites as it is drawn: observed risk in tenths of patients, with the Hosmer-Lemeshow test over them, and a smooth
 * curve, the logistic regression of y on a restricted cubic spline of logit p. Groups are those of the type-7 quantiles of the pooled
 * predictions, found without a prediction leaving. Rounds: up to 5 for the cuts, one for the groups, 6-9 for the curves of all models.
 */
export async function federatedCalibrationCurves(federation: Federation, { models, minimumCell = 0, otherCuts = {}, ...request }: CalibrationCurveRequest): Promise<CalibrationCurve[]> {
  const view = { ...request.view, features: [...models] };
  try {
    const found = await scoreCuts(federation, view, models, (n) => [minimumCell === 0 ? groupCounts(n) : [], knotCounts(n, minimumCell)]);
    const [cuts, knots] = [found.map(([own]) => (minimumCell === 0 ? own! : HUNDREDTHS)), found.map(([, own]) => own!)];
    const counted = await countGroups(federation, view, models, cuts);
    const groups = minimumCell === 0 ? counted : counted.map((own, m) => releasedGroups(own, { minimumCell, otherCuts: otherCuts[models[m]!] ?? [] }));
    const [n, events] = (['n', 'events'] as const).map((member) => groups[0]!.reduce((sum, group) => sum + group[member], 0)) as [number, number];
    const standing = calibrationStanding(events, n - events);
    if ([events, n - events].some((count) => count > 0 && count < minimumCell)) {
      const none = suppressed('minimum-cell', `Fewer than ${minimumCell} in one outcome class of all sites together`);
      return models.map((model) => ({ model, groups: none, hosmerLemeshow: none, curve: none, knots: [] }));
    }
    const drawn = models.map((_, m) => standing.kind !== 'not-estimable' && knots[m]!.length >= 3);
    const fits = await fitSplines(federation, view, models.map((model, m) => ({ model, knots: knots[m]! })).filter((_, m) => drawn[m]));
    return models.map((model, m) => ({
      model,
      ...groupFigures(groups[m]!, minimumCell),
      curve: drawn[m] ? curveOf(fits.get(model)!, knots[m]!) : notEstimable(standing.kind === 'not-estimable' ? standing.sentence : 'The predictions have too few values for a curve.'),
      knots: [...knots[m]!],
    }));
  } catch (error) {
    if (!(error instanceof RoundRefused)) throw error;
    const none = refusedSum(error);
    return models.map((model) => ({ model, groups: none, hosmerLemeshow: none, curve: none, knots: [] }));
  }
}

/** Patients up to the type-7 quantiles k/10: position (n - 1)k/10 counted from 0, a whole one included. */
const groupCounts = (n: number): number[] => (n === 0 ? [] : Array.from({ length: GROUPS - 1 }, (_, k) => Math.floor(((n - 1) * (k + 1)) / GROUPS) + 1));

/** Patients below the knots, at least k on either side. */
const knotCounts = (n: number, k: number): number[] => KNOTS.map((share) => Math.min(Math.max(Math.round(share * n), k, 1), n - Math.max(k, 1)));

async function countGroups(federation: Federation, view: ViewSpec, models: readonly string[], cuts: readonly Float64Array[]): Promise<RiskGroup[][]> {
  const { sums } = await federation.sum(riskGroupSums, { view, parameters: { models: [...models], cuts: [...cuts] } });
  let at = 0;
  return cuts.map(({ length }) =>
    Array.from({ length: length + 1 }, () => {
      const [n, events, expected] = sums.groups.subarray(at, (at += 3));
      return { n: n!, events: events!, expected: expected! };
    }),
  );
}

function groupFigures(groups: readonly RiskGroup[], k: number): Pick<CalibrationCurve, 'groups' | 'hosmerLemeshow'> {
  const occupied = groups.filter(({ n }) => n > 0);
  const test = hosmerLemeshow(occupied);
  const allowed = k === 0 || hosmerLemeshowAllowed(occupied, k);
  const why = allowed ? 'A risk group expects no event or only events. The test is not defined.' : `Fewer than five risk groups hold ${k} patients each.`;
  return { groups: occupied, hosmerLemeshow: test === null || !allowed ? notEstimable(why) : { ...test, rule: 'quantile' } };
}

/** Hundredths of risk joined at the edges that may be shown, and then to about ten groups of equal numbers of patients. */
function releasedGroups(hundredths: readonly RiskGroup[], rule: ReleaseRule): RiskGroup[] {
  const histogram = { events: hundredths.map(({ events }) => events), nonEvents: hundredths.map(({ n, events }) => n - events) };
  const starts = releasedStarts(histogram, rule);
  const bins = starts.map((start, at) => hundredths.slice(start, starts[at + 1]).reduce(addGroups));
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  const groups: RiskGroup[] = [];
  let below = 0;
  for (const bin of bins) {
    const tenth = Math.min(GROUPS - 1, Math.floor((GROUPS * (below + bin.n / 2)) / n));
    below += bin.n;
    groups[tenth] = groups[tenth] === undefined ? bin : addGroups(groups[tenth], bin);
  }
  return Object.values(groups);
}

interface SplineRequest {
  readonly model: string;
  readonly knots: Float64Array;
}

/** All models in the same rounds. */
async function fitSplines(federation: Federation, view: ViewSpec, requests: readonly SplineRequest[]): Promise<ReadonlyMap<string, LogisticFit>> {
  const running = requests.map((request) => ({ ...request, newton: new LogisticNewton({ size: request.knots.length }) }));
  for (;;) {
    const active = running.filter(({ newton }) => newton.evaluateAt !== null);
    if (active.length === 0) break;
    const { sums } = await federation.sum(splineSums, { view, parameters: { fits: active.map(({ model, knots, newton }) => ({ model, knots, beta: newton.evaluateAt! })) } });
    let [gradientAt, hessianAt] = [0, 0];
    active.forEach(({ knots: { length: size }, newton }, f) => {
      newton.receive({
        logLikelihood: sums.logLikelihood[f]!,
        gradient: sums.gradient.subarray(gradientAt, (gradientAt += size)),
        hessian: sums.hessian.subarray(hessianAt, (hessianAt += packedLength(size))),
      });
    });
  }
  return new Map(running.map(({ model, newton }) => [model, newton.fit!]));
}

/** The fitted curve between the outer knots, with its pointwise Wald band. */
function curveOf(fit: LogisticFit, knots: Float64Array): Figure<readonly CurvePoint[]> {
  const size = knots.length;
  const factor = fit.status === 'converged' ? choleskyFactor(unpackSymmetric(fit.statistics.hessian, size), size) : null;
  if (factor === null) return notEstimable('The predictions separate the classes or are all alike. The calibration curve has no estimate.');
  const covariance = choleskyInverse(factor, size);
  const [from, to] = [sigmoid(knots[0]!), sigmoid(knots.at(-1)!)];
  const predicted = Float64Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / (POINTS - 1));
  const columns = splineColumns(predicted.map((p) => Math.log(p / (1 - p))), knots);
  return Array.from(predicted, (p, i) => {
    const x = [1, ...columns.map((column) => column[i]!)];
    const eta = x.reduce((sum, value, j) => sum + value * fit.beta[j]!, 0);
    const variance = x.reduce((sum, a, j) => sum + x.reduce((own, b, k) => own + a * b * covariance[j * size + k]!, 0), 0);
    const half = normalQuantile(0.975) * Math.sqrt(variance);
    return { predicted: p, observed: sigmoid(eta), low: sigmoid(eta - half), high: sigmoid(eta + half) };
  });
}
