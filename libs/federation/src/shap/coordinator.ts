import { modelFeatures, modelValue, shapleyValues, usedFeatures, type ModelArtefact, type ShapleyScale } from '@consilium/learning';
import { cutSet } from '../binned-view.js';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import { RoundRefused, type Federation } from '../federation.js';
import { federatedMoments } from '../moments/coordinator.js';
import { notEstimable, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';
import { PHI_BINS, shapCells, shapTotals, type ShapTotals } from './exchange.js';
import { joinedCells } from './joined-cells.js';

export interface ShapRequest {
  /** The patients that are explained; its features are replaced by the model's. */
  readonly view: ViewSpec;
  readonly model: ModelArtefact;
  /** Fewest patients of all sites in a cell that is shown. */
  readonly minimumCell?: number;
  /** How many features, the largest first, are shown cell by cell; 30 when absent. */
  readonly most?: number;
}

export interface ShapFeature {
  readonly feature: string;
  /** Mean |SHAP value|. */
  readonly meanAbsolute: number;
  readonly mean: number;
  /** Standard deviation (ddof 0). */
  readonly sd: number;
}

/** Patients of neighbouring values of a feature. */
export interface ShapDependence {
  /** The values: at or above, and below; null at the ends. */
  readonly from: number | null;
  readonly below: number | null;
  /** Mid-rank of these patients among all, 0 to 1. */
  readonly quantile: number;
  readonly patients: number;
  readonly meanShap: number;
}

/** Patients of one value and one SHAP value; at the ends of the scale, all beyond it too. */
export interface ShapCell {
  readonly quantile: number;
  readonly from: number;
  readonly to: number;
  readonly patients: number;
}

export interface ShapShape {
  readonly feature: string;
  readonly dependence: readonly ShapDependence[];
  readonly cells: readonly ShapCell[];
}

export interface ShapSummary {
  readonly patients: number;
  readonly scale: ShapleyScale;
  /** The score of a patient of whom nothing is known. */
  readonly expected: number;
  /** In the order of the model's features. */
  readonly features: readonly ShapFeature[];
  /** The largest first. */
  readonly shapes: readonly ShapShape[];
}

const MOST_SHAPES = 30;
const VALUE_BINS = 10;
/** Nineteen bins of this share of the root mean square reach 3.3 of it to either side. */
const WIDTH = 0.35;

/**
 * SHAP values of a linear model or of trees over the patients of all sites, as sums: mean |SHAP|, how they depend on the feature's value in tenths of patients, and a beeswarm of
 * counts. Each site computes its own patients' values by the same model and the same covers or means, so that means are those of the pooled patients. Two rounds for means, up to four for tenths (the first with the
 * totals), one for the cells. Cells with fewer than `minimumCell` patients are joined with their neighbours.
 */
export async function federatedShap(federation: Federation, { view: given, model, minimumCell = 0, most = MOST_SHAPES }: ShapRequest): Promise<Figure<ShapSummary>> {
  const view = { ...given, features: modelFeatures(model) as string[] };
  if (shapleyValues(model, new Float64Array(0), 0, new Float64Array(view.features.length)) === null) return notEstimable('SHAP values are made for linear models and for trees.');
  if (view.features.length === 0) return notEstimable('The model has no feature.');
  try {
    const moments = await federatedMoments(federation, view);
    const explained = { model: modelValue(model), mean: moments.all.mean };
    const asked = (await federation.inParallel<unknown>([
      (branch) => branch.sum(shapTotals, { view, parameters: explained }),
      (branch) => federatedCutPoints(branch, { view, bins: Math.max(2, Math.min(VALUE_BINS, Math.floor(moments.all.n / Math.max(1, minimumCell)))), moments }),
    ])) as [{ sums: ShapTotals }, { cuts: readonly Float64Array[] }];
    const [{ sums: totals }, { cuts }] = asked;
    const features = featuresOf(view.features, totals);
    const columns = largest(features, usedFeatures(model, view.features.length), most);
    const widths = Float64Array.from(columns, (j) => Number((WIDTH * Math.sqrt(totals.squares[j]! / totals.n[0]!)).toPrecision(3)));
    const own = columns.map((j) => cuts[j]!);
    const cells = columns.length === 0 ? null : (await federation.sum(shapCells, { view, parameters: { ...explained, columns, cuts: cutSet(own), widths } })).sums;
    const { scale, expected } = shapleyValues(model, new Float64Array(0), 0, moments.all.mean)!;
    let at = 0;
    const shapes = columns.map((j, c): ShapShape => {
      const bins = own[c]!.length + 1;
      const block = { counts: cells!.counts.subarray(at * PHI_BINS, (at + bins) * PHI_BINS), signed: cells!.signed.subarray(at, at + bins) };
      at += bins;
      return { feature: view.features[j]!, ...joinedCells(block, { cuts: own[c]!, width: widths[c]!, minimumCell }) };
    });
    return { patients: totals.n[0]!, scale, expected, features, shapes };
  } catch (error) {
    if (error instanceof RoundRefused) return refusedSum(error);
    throw error;
  }
}

function featuresOf(names: readonly string[], { n, absolute, signed, squares }: ShapTotals): ShapFeature[] {
  const patients = n[0]!;
  return names.map((feature, j) => {
    const mean = signed[j]! / patients;
    return { feature, meanAbsolute: absolute[j]! / patients, mean, sd: Math.sqrt(Math.max(0, squares[j]! / patients - mean * mean)) };
  });
}

/** Indices of the features with the largest mean |SHAP value| among some, the largest first; of equal ones the earlier. */
function largest(features: readonly ShapFeature[], among: readonly number[], most: number): number[] {
  return [...among].filter((j) => features[j]!.meanAbsolute > 0).sort((a, b) => features[b]!.meanAbsolute - features[a]!.meanAbsolute || a - b).slice(0, most);
}
