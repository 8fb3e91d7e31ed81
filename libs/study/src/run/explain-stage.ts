import { nomogramOf } from '@consilium/evaluation';
import { disclosureLimits, type FeatureRanges, type Federation, federatedGroupMeans, federatedRanges, type HarmoniseSpec, isValue, notEstimable } from '@consilium/federation';
import { modelFeatures, type ModelArtefact } from '@consilium/learning';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { figureOf } from './figure-of.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

/** What a stage explains of: models as they were fitted, and what was selected. */
export interface ExplainedModels {
  readonly models: readonly { readonly name: string; readonly artefact: ModelArtefact; readonly derived: readonly { readonly name: string; readonly model: string }[] }[];
  readonly selected: readonly string[];
  readonly fill: Readonly<Record<string, number>> | undefined;
  readonly harmonise: HarmoniseSpec | undefined;
}

/**
 * How the models are read: the range of what each takes in (the 1st to the 99th percentile of training rows), nomograms of logistic models over these ranges,
 * and the selected features by site and outcome with their correlations. One model after another in the same rounds.
 */
export async function explainStage(federation: Federation, plan: AnalysisPlan, { models, selected, fill, harmonise }: ExplainedModels): Promise<StageResults> {
  const rows = rowsOf(plan, 'training');
  const sites = sitesOf(federation, rows);
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const view = (features: readonly string[], derived: ExplainedModels['models'][number]['derived']) => viewOf(plan, { rows: rows.conditions, features, derived, fill, folds: false, harmonise });
  const asked = models.map(({ artefact, derived }) => (branch: Federation) => figureOf(() => federatedRanges(branch, view(modelFeatures(artefact), derived), minimumCell)));
  const all = await sites.inParallel<unknown>([...asked, (branch) => (selected.length === 0 ? Promise.resolve(null) : figureOf(() => federatedGroupMeans(branch, view(selected, []))))]);
  const ranges = all.slice(0, -1) as Figure<Awaited<ReturnType<typeof federatedRanges>>>[];
  return {
    models: models.map(({ name, artefact }, m) => ({ model: name, ranges: ranges[m], nomogram: nomogramFigure(artefact, ranges[m]!) })),
    selected: all.at(-1),
  };
}

/** The nomogram of a logistic model; other kinds have none. */
function nomogramFigure(artefact: ModelArtefact, ranges: Figure<Awaited<ReturnType<typeof federatedRanges>>>): unknown {
  if (artefact.kind !== 'logistic') return notEstimable('Only a logistic model has a nomogram.');
  if (isSuppressed(ranges) || !isValue(ranges)) return ranges;
  const used = artefact.features.flatMap((_, j) => (artefact.sd[j]! > 0 ? [j] : []));
  const raw = used.map((j) => ({ feature: artefact.features[j]!, coefficient: artefact.coefficients[j]! / artefact.sd[j]! }));
  const intercept = used.reduce((sum, j, at) => sum - raw[at]!.coefficient * artefact.mean[j]!, artefact.intercept);
  const nomogram = nomogramOf({ intercept, coefficients: raw, ranges: used.map((j) => (ranges as FeatureRanges).ranges[j]!) });
  return nomogram ?? notEstimable('No feature changes the prediction within its range.');
}
