import { nomogramOf } from '@consilium/evaluation';
import { disclosureLimits, type Federation, federatedGroupMeans, federatedPermutationImportance, federatedRanges, federatedShap, type HarmoniseSpec, isValue, notEstimable, type ViewSpec } from '@consilium/federation';
import { modelFeatures, type ModelArtefact } from '@consilium/learning';
import { createHash } from 'node:crypto';
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
 * SHAP values and permutation importance on training rows, and the selected features by site and outcome with their correlations. All models in the same rounds.
 */
export async function explainStage(federation: Federation, plan: AnalysisPlan, { models, selected, fill, harmonise }: ExplainedModels): Promise<StageResults> {
  const rows = rowsOf(plan, 'training');
  const sites = sitesOf(federation, rows);
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const view = (features: readonly string[], derived: ExplainedModels['models'][number]['derived']) => viewOf(plan, { rows: rows.conditions, features, derived, fill, folds: false, harmonise });
  const asked = models.map(({ name, artefact, derived }) => async (branch: Federation): Promise<ModelExplanation> => {
    const own = view(modelFeatures(artefact), derived);
    const [ranges, values] = (await branch.inParallel<unknown>([
      (part) => figureOf(() => federatedRanges(part, own, minimumCell)),
      (part) => explainPredictions(part, artefact, { view: own, minimumCell, seed: `${plan.seed}/${name}` }),
    ])) as [Ranges, Pick<ModelExplanation, 'shap' | 'permutationImportance'>];
    return { ranges, ...values };
  });
  const all = await sites.inParallel<unknown>([...asked, (branch) => (selected.length === 0 ? Promise.resolve(null) : figureOf(() => federatedGroupMeans(branch, view(selected, []))))]);
  const explained = all.slice(0, -1) as ModelExplanation[];
  return {
    models: models.map(({ name, artefact }, m) => {
      const { ranges, ...values } = explained[m]!;
      return { model: name, ranges, nomogram: nomogramFigure(artefact, ranges), ...values };
    }),
    selected: all.at(-1),
  };
}

type Ranges = Figure<Awaited<ReturnType<typeof federatedRanges>>>;

interface ModelExplanation {
  readonly ranges: Ranges;
  readonly shap: Figure<Awaited<ReturnType<typeof federatedShap>>>;
  readonly permutationImportance: Figure<Awaited<ReturnType<typeof federatedPermutationImportance>>>;
}

/** Features whose values change places: those with the largest SHAP values, or where a model has none, its first. */
const MOST_PERMUTED = 20;
const REPEATS = 10;

async function explainPredictions(federation: Federation, model: ModelArtefact, { view, minimumCell, seed }: { view: ViewSpec; minimumCell: number; seed: string }) {
  const shap = await figureOf(() => federatedShap(federation, { view, model, minimumCell, most: MOST_PERMUTED }));
  if (isSuppressed(shap)) return { shap, permutationImportance: shap };
  const largest = isValue(shap) ? shap.shapes.map(({ feature }) => feature) : modelFeatures(model).slice(0, MOST_PERMUTED);
  const features = largest.length === 0 ? undefined : largest;
  const hashed = createHash('sha256').update(seed, 'utf8').digest('hex');
  return { shap, permutationImportance: await figureOf(() => federatedPermutationImportance(federation, { view, model, features, repeats: REPEATS, seed: hashed })) };
}

/** The nomogram of a logistic model; other kinds have none. */
function nomogramFigure(artefact: ModelArtefact, ranges: Ranges): unknown {
  if (artefact.kind !== 'logistic') return notEstimable('Only a logistic model has a nomogram.');
  if (isSuppressed(ranges) || !isValue(ranges)) return ranges;
  const used = artefact.features.flatMap((_, j) => (artefact.sd[j]! > 0 ? [j] : []));
  const raw = used.map((j) => ({ feature: artefact.features[j]!, coefficient: artefact.coefficients[j]! / artefact.sd[j]! }));
  const intercept = used.reduce((sum, j, at) => sum - raw[at]!.coefficient * artefact.mean[j]!, artefact.intercept);
  const nomogram = nomogramOf({ intercept, coefficients: raw, ranges: used.map((j) => ranges.ranges[j]!) });
  return nomogram ?? notEstimable('No feature changes the prediction within its range.');
}
