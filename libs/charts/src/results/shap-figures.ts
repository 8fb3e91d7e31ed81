import type { Finding } from '../figure.js';
import { barsFigure } from '../figures/bars.js';
import { beeswarmFigure } from '../figures/beeswarm.js';
import { dependenceFigure } from '../figures/dependence.js';
import { number, percent, plain, plural } from '../numbers.js';
import { isValue, whyNot, type Result } from './results-file.js';
import { factsOf, type RunContext } from './run-context.js';

interface ShapResult {
  readonly patients: number;
  readonly scale: string;
  readonly features: readonly { readonly feature: string; readonly meanAbsolute: number; readonly mean: number; readonly sd: number }[];
  readonly shapes: readonly {
    readonly feature: string;
    readonly dependence: readonly { readonly from: number | null; readonly below: number | null; readonly quantile: number; readonly patients: number; readonly meanShap: number }[];
    readonly cells: readonly { readonly quantile: number; readonly from: number; readonly to: number; readonly patients: number }[];
  }[];
}

interface PermutationResult {
  readonly patients: number;
  readonly repeats: number;
  readonly features: readonly { readonly feature: string; readonly auc: { readonly mean: number; readonly sd: number | null } | null }[];
}

interface ExplainedModel {
  readonly model: string;
  readonly shap?: Result<ShapResult>;
  readonly permutationImportance?: Result<PermutationResult>;
}

/** Bars and rows of a figure; more cannot be read. */
const MOST = 20;

function explained({ results }: RunContext, model: string): ExplainedModel | string {
  const stage = results.stages.explain as Result<{ readonly models?: readonly ExplainedModel[] }> | undefined;
  if (stage === undefined) return "SHAP values are not in this run's results.";
  if (!isValue(stage)) return whyNot(stage)!.reason;
  return stage.models?.find((one) => one.model === model) ?? 'The model has no result.';
}

function shapOf(context: RunContext, model: string): ShapResult | string {
  const own = explained(context, model);
  if (typeof own === 'string') return own;
  if (own.shap === undefined) return "SHAP values are not in this run's results.";
  return isValue(own.shap) ? own.shap : whyNot(own.shap)!.reason;
}

const units: Readonly<Record<string, string>> = { 'log-odds': 'log-odds', logit: 'log-odds', probability: 'probability' };
const unitOf = ({ scale }: ShapResult): string => units[scale] ?? scale;

const facts = (context: RunContext, model: string, patients: number | null) => factsOf(context, { sites: context.results.sites.length, patients, events: null, suppressed: 0, model });

/** Mean |SHAP value| of the features of a model, the largest first. */
export function shapBars(context: RunContext, model: string): Finding {
  const shap = shapOf(context, model);
  if (typeof shap === 'string') return { absent: shap };
  const ordered = [...shap.features].sort((a, b) => b.meanAbsolute - a.meanAbsolute);
  const total = ordered.reduce((sum, { meanAbsolute }) => sum + meanAbsolute, 0);
  const first = ordered[0];
  if (first === undefined || total === 0) return { absent: 'No feature changes a prediction of this model.' };
  return {
    figure: barsFigure({
      id: 'shap-bars',
      title: 'How much each feature moves the prediction',
      reading: 'Mean absolute SHAP value on training patients, the largest first.',
      answer: `${first.feature} carries ${percent(first.meanAbsolute / total)} of the model's mean absolute SHAP${ordered.length > MOST ? `; ${MOST} of ${ordered.length} features are drawn` : ''}.`,
      legend: 'Mean absolute SHAP value of each feature over the training patients of all hospitals.',
      methods: 'SHAP values were computed at each hospital by the same model and the same covers or means, and left as sums.',
      rowsAre: 'Feature',
      valueIs: `Mean |SHAP value| (${unitOf(shap)})`,
      // The same places for all, unless all are small.
      format: first.meanAbsolute >= 0.05 ? (value) => number(value, 'coefficient') : plain,
      bars: ordered.slice(0, MOST).map(({ feature, meanAbsolute }) => ({ label: feature, value: meanAbsolute })),
      facts: facts(context, model, shap.patients),
    }),
  };
}

/** The beeswarm in bins: counts of patients by value and SHAP value. */
export function shapSwarm(context: RunContext, model: string): Finding {
  const shap = shapOf(context, model);
  if (typeof shap === 'string') return { absent: shap };
  const rows = shap.shapes.filter(({ cells }) => cells.length > 0).slice(0, MOST);
  if (rows.length === 0) return { absent: 'No feature has cells of enough patients.' };
  return { figure: beeswarmFigure({ rows: rows.map(({ feature, cells }) => ({ feature, cells })), unit: unitOf(shap), answer: `SHAP values of ${plural(rows.length, 'feature')} in cells of patients, the largest first.`, facts: facts(context, model, shap.patients) }) };
}

/** Features whose dependence a run shows, the largest first. */
export function shapFeatures(context: RunContext, model: string): readonly string[] {
  const shap = shapOf(context, model);
  return typeof shap === 'string' ? [] : shap.shapes.filter(({ dependence }) => dependence.length > 1).map(({ feature }) => feature);
}

/** Of two groups about one cut there is no value between, but a side. */
const sideOf = (from: number | null, below: number | null, groups: number): { readonly side?: string } => (groups !== 2 ? {} : { side: from === null ? `Below ${plain(below!)}` : `${plain(from)} and above` });

/** The mean SHAP value by the value of one feature, in tenths of patients. */
export function shapDependence(context: RunContext, model: string, feature: string): Finding {
  const shap = shapOf(context, model);
  if (typeof shap === 'string') return { absent: shap };
  const shape = shap.shapes.find((one) => one.feature === feature);
  if (shape === undefined || shape.dependence.length < 2) return { absent: 'The values of this feature are not told apart by enough patients.' };
  const points = shape.dependence.map(({ from, below, meanShap, patients }) => ({ ...sideOf(from, below, shape.dependence.length), value: from === null ? below! : below === null ? from : (from + below) / 2, mean: meanShap, low: null, high: null, patients }));
  const [first, last] = [points[0]!, points.at(-1)!];
  return {
    figure: dependenceFigure({
      feature,
      points,
      yTitle: `SHAP value (${unitOf(shap)})`,
      answer: `From the lowest to the highest values of ${feature} the mean SHAP value goes from ${number(first.mean, 'coefficient')} to ${number(last.mean, 'coefficient')}.`,
      facts: facts(context, model, shap.patients),
    }),
  };
}

/** What the AUC within hospitals loses when the values of a feature change places at each hospital. */
export function permutationBars(context: RunContext, model: string): Finding {
  const own = explained(context, model);
  if (typeof own === 'string') return { absent: own };
  const found = own.permutationImportance;
  if (found === undefined) return { absent: "Permutation importance is not in this run's results." };
  if (!isValue(found)) return { absent: whyNot(found)!.reason };
  const bars = found.features.flatMap(({ feature, auc }) => (auc === null ? [] : [{ label: feature, value: auc.mean }])).sort((a, b) => b.value - a.value);
  const first = bars[0];
  if (first === undefined) return { absent: 'No feature has a permutation importance.' };
  return {
    figure: barsFigure({
      id: 'permutation',
      title: 'What the AUC loses without the order of a feature',
      reading: 'Values change places within each hospital; training patients. Below 0: chance.',
      answer: `The AUC loses most, ${number(first.value, 'difference')}, when the values of ${first.label} change places.`,
      legend: `Mean loss of the AUC within hospitals over ${found.repeats} permutations of each feature, on training patients.`,
      methods: 'Permutation importance was computed at each hospital by permuting one feature at a time.',
      rowsAre: 'Feature',
      valueIs: 'Loss of AUC',
      format: (value) => number(value, 'difference'),
      bars,
      facts: facts(context, model, found.patients),
    }),
  };
}
