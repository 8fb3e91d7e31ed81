import { binByCuts, calibrationStanding, calibrationSums, confusionCounts, DECISION_BINS, decisionHistogram, deLong, mergeBins, riskGroups } from '@consilium/evaluation';
import { calibrationFit } from '@consilium/learning';
import type { Basis } from '../disclosure.js';
import type { SiteResult } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis } from '../standardised-columns.js';
import type { SiteFigures, SiteModelFigures, SiteParameters } from './exchange.js';
import { notEstimable } from './figures.js';
import { scoresOf } from './scores-of-view.js';

/** At most this many points of a ROC curve leave a site, where a minimum count applies. */
const MAXIMUM_POINTS = 20;

/** The models on one site's own patients, and for the gate what each figure rests on. */
export function figuresOfSite(view: SiteView, { models, thresholds, minimumCell }: SiteParameters): SiteResult<SiteFigures> {
  const { patients, events, nonEvents } = classBasis(view);
  const classes: Basis = { patients, events, nonEvents };
  const figures: Record<string, Basis> = { patients: { patients }, classes: { ...classes, cells: [events, nonEvents] }, covariance: classes };
  const scores = models.map((model) => scoresOf(view, model));
  const { auc, covariance } = deLong(scores, view.y);
  const estimable = covariance.every(Number.isFinite);
  const perModel = scores.map((p, m) => {
    const judge = (name: string, basis: Basis) => (figures[`models/${m}/${name}`] = basis);
    const variance = covariance[m * models.length + m]!;
    return {
      auc: Number.isFinite(auc[m]) ? auc[m]! : notEstimable('One outcome class is empty. There is no AUC.'),
      aucVariance: Number.isFinite(variance) ? variance : notEstimable('The variance of the AUC needs two patients in each outcome class.'),
      ...scoreFigures(view, p, { thresholds: thresholds[m] ?? [], minimumCell, classes }, judge),
    };
  });
  perModel.forEach((_, m) => {
    figures[`models/${m}/auc`] = classes;
    figures[`models/${m}/aucVariance`] = classes;
  });
  return {
    contribution: {
      patients,
      classes: { events, nonEvents },
      covariance: estimable ? covariance : notEstimable('The variance of the AUC needs two patients in each outcome class.'),
      models: perModel,
    },
    basis: classes,
    figures,
  };
}

interface ScoreOptions {
  readonly thresholds: readonly number[];
  readonly minimumCell: number;
  readonly classes: Basis;
}

function scoreFigures(
  view: SiteView,
  p: Float64Array,
  { thresholds, minimumCell, classes }: ScoreOptions,
  judge: (name: string, basis: Basis) => void,
): Omit<SiteModelFigures, 'auc' | 'aucVariance'> {
  const groups = riskGroups(p, view.y, 'fixed');
  const groupsStand = groups.every(({ n }) => n === 0 || n >= minimumCell);
  // Whoever holds several figures of one column holds the counts between all their edges.
  const edges = [...(groupsStand ? GROUP_EDGES : []), ...thresholds];
  const between = countsBetween(p, edges);
  const bins = joinedBins(view, p, { minimumCell, edges });
  const confusion = thresholds.map((threshold) => confusionCounts(p, view.y, threshold));
  const cutsAt = cutsOf(p);
  judge('sums', classes);
  judge('recalibration', { ...classes, parameters: 2 });
  judge('groups', { ...classes, bins: groups.map(({ n }) => n), cuts: cutsAt(GROUP_EDGES) });
  judge('bins', { ...classes, bins: [...bins.events.map((h1, b) => binSize(h1, bins.nonEvents[b]!)), ...countsBetween(p, [...edges, ...bins.starts.map((start) => start / DECISION_BINS)])], cuts: cutsAt(bins.starts.map((start) => start / DECISION_BINS)) });
  confusion.forEach(({ tp, fp, fn, tn }, t) => judge(`confusion/${t}`, { ...classes, cells: [tp, fp, fn, tn], bins: between, cuts: cutsAt([thresholds[t]!]) }));
  return { sums: calibrationSums(p, view.y), recalibration: recalibration(view, p), groups, bins, confusion };
}

/** A bin of one class must hold twice the minimum: its half is held against the rule. */
const binSize = (events: number, nonEvents: number) => (events === 0 || nonEvents === 0 ? (events + nonEvents) / 2 : events + nonEvents);

function recalibration(view: SiteView, p: Float64Array): SiteModelFigures['recalibration'] {
  const { events, nonEvents } = classBasis(view);
  const standing = calibrationStanding(events, nonEvents);
  if (standing.kind === 'not-estimable') return notEstimable(standing.sentence);
  const fit = calibrationFit(p, view.y);
  return fit === null ? notEstimable('The predictions separate the classes or are all alike. The calibration slope has no estimate.') : { ...fit };
}

const GROUP_EDGES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Patients between neighbouring edges, from 0 to 1. */
function countsBetween(p: Float64Array, edges: readonly number[]): number[] {
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  const counts = new Array<number>(sorted.length + 1).fill(0);
  for (const value of p) counts[binByCuts(value, Float64Array.from(sorted))]!++;
  return counts;
}

/** Where cuts lie in the order of the predictions. */
function cutsOf(p: Float64Array): (cuts: readonly number[]) => NonNullable<Basis['cuts']> {
  const sorted = Float64Array.from(p).sort();
  const below = (cut: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < cut) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const ranks = Uint32Array.from(p, below);
  return (cuts) => ({ ranks, below: cuts.map(below) });
}

interface JoinOptions {
  readonly minimumCell: number;
  /** Edges of other figures of the column: no bin may end so close to one that few patients lie between. */
  readonly edges: readonly number[];
}

function joinedBins(view: SiteView, p: Float64Array, { minimumCell, edges }: JoinOptions) {
  const k = minimumCell === 0 ? 0 : Math.max(minimumCell, Math.ceil(view.n / MAXIMUM_POINTS));
  const merged = mergeBins(decisionHistogram(p, view.y), k, 'total');
  const kept: number[] = [];
  merged.starts.forEach((start, g) => {
    const starts = [...kept, g].map((at) => merged.starts[at]! / DECISION_BINS);
    if (g === 0 || k === 0 || countsBetween(p, [...edges, ...starts]).every((count) => count === 0 || count >= minimumCell)) kept.push(g);
  });
  const starts = kept.map((g) => merged.starts[g]!);
  const sumOf = (counts: ArrayLike<number>) => kept.map((g, at) => Array.from(counts).slice(g, kept[at + 1]).reduce((sum, count) => sum + count, 0));
  const expected = starts.map((start, g) => {
    const end = starts[g + 1] ?? DECISION_BINS;
    return p.reduce((sum, value) => (inBins(value, start, end) ? sum + value : sum), 0);
  });
  return { starts, events: sumOf(merged.events), nonEvents: sumOf(merged.nonEvents), expected };
}

const inBins = (p: number, start: number, end: number): boolean => p >= start / DECISION_BINS && (p < end / DECISION_BINS || end === DECISION_BINS);
