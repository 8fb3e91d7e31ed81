import { disclosureLimits, type Federation, federatedValidation, type ValidationRequest, type ValidationResult } from '@consilium/federation';
import type { AnalysisPlan, RowSet } from '../plan/plan-schema.js';
import { Dependent } from './dependent.js';
import { figureOf } from './figure-of.js';
import { furtherFigures } from './further-figures.js';
import { headlines, influences } from './headline.js';
import { leaveSitesOut } from './leave-sites-out.js';
import { modelsOf } from './plan-training.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import { chooseThresholds, type ModelThresholds } from './thresholds.js';
import type { TrainedModels } from './trained-models.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

/** Thresholds from training rows, then the models on every set of rows the plan names, at every site and over all; then without each site. */
export async function evaluateStage(federation: Federation, plan: AnalysisPlan, training: TrainedModels): Promise<StageResults> {
  const wanted = plan.evaluate.models ?? modelsOf(plan);
  const fitted = wanted.filter((name) => !isSuppressed(training.model(name)));
  const withoutResult = wanted.filter((name) => !fitted.includes(name)).map((name) => ({ model: name, ...(training.model(name) as object) }));
  const thresholds = await chooseThresholds(federation, plan, training, fitted);
  const [results, leaveOneSiteOut] = await evaluateAndLeaveOut(federation, plan, { training, models: fitted, thresholds });
  return {
    thresholds,
    modelsWithoutResult: withoutResult,
    rows: Object.fromEntries(plan.evaluate.rows.map((part, i) => [part, results[i]!])),
    leaveOneSiteOut,
  };
}

interface Evaluation {
  readonly training: TrainedModels;
  readonly models: readonly string[];
  readonly thresholds: readonly ModelThresholds[];
}

async function evaluateAndLeaveOut(federation: Federation, plan: AnalysisPlan, evaluation: Evaluation): Promise<[Figure<StageResults>[], Figure<StageResults> | null]> {
  const branches: ((branch: Federation) => Promise<Figure<StageResults> | null>)[] = plan.evaluate.rows.map(
    (part) => (branch) => figureOf(() => evaluateOn(branch, plan, evaluation, part)),
  );
  const all = await federation.inParallel([...branches, (branch: Federation) => figureOf(() => leaveSitesOut(branch, plan))]);
  return [all.slice(0, -1) as Figure<StageResults>[], all.at(-1)!];
}

async function evaluateOn(federation: Federation, plan: AnalysisPlan, { training, models, thresholds }: Evaluation, part: RowSet): Promise<StageResults> {
  const rows = rowsOf(plan, part);
  if (models.length === 0) throw new Dependent('no-model', 'No model has a result, so there is nothing to evaluate.');
  const derived = training.predictions(models);
  const view = viewOf(plan, { rows: rows.conditions, features: models, derived, fill: training.missing?.fill, folds: false, harmonise: training.harmonisation?.spec });
  const validation = {
    view,
    models,
    thresholds: Object.fromEntries(thresholds.map(({ model, thresholds: own }) => [model, values(own)])),
    minimumCell: disclosureLimits[plan.disclosure].minimumCell,
    otherCuts: plan.evaluate.riskCategories,
  };
  const [result, further, adapted] = (await sitesOf(federation, rows).inParallel<unknown>([
    (branch) => federatedValidation(branch, validation),
    (branch) => furtherFigures(branch, plan, { view, models, thresholds: validation.thresholds }),
    (branch) => figureOf(() => adaptedFigures(branch, plan, { ...validation, models })),
  ])) as [ValidationResult, StageResults, StageResults | null];
  return { apparent: part !== 'test', headline: headlines(result.sites, models, plan.evaluate.metaAnalysis), influence: influences(result.sites, models, plan.evaluate.metaAnalysis), ...atDecisionThresholds(plan, result), ...further, ...(adapted === null ? {} : { adapted }) };
}

/**
 * The validation once more, every site's batch effects estimated from the very rows that are evaluated, outcomes left out: what a site could have that waits for a
 * series of patients. Not to be had for a single new patient, and never the headline.
 */
async function adaptedFigures(federation: Federation, plan: AnalysisPlan, validation: ValidationRequest): Promise<StageResults | null> {
  const { harmonise } = validation.view;
  if (!plan.harmonise?.adapted || harmonise === undefined) return null;
  const view = { ...validation.view, harmonise: { artefact: harmonise.artefact, rows: validation.view.rows } };
  const { sites, pooled, metaAnalysis } = await federatedValidation(federation, { ...validation, view });
  return { label: 'Adapted without outcomes; not available for a single new patient.', headline: headlines(sites, validation.models, plan.evaluate.metaAnalysis), sites, pooled, metaAnalysis };
}

const values = (thresholds: ModelThresholds['thresholds']): number[] => [...new Set(thresholds.flatMap(({ value }) => (typeof value === 'number' ? [value] : [])))];

/** The pooled decision curve at the plan's thresholds; a site's curve keeps the joined bins it has. */
function atDecisionThresholds(plan: AnalysisPlan, result: ValidationResult): ValidationResult {
  const wanted = plan.evaluate.decisionThresholds;
  if (wanted.length === 0) return result;
  const models = result.pooled.models.map((model) => ({
    ...model,
    decisionCurve: Array.isArray(model.decisionCurve)
      ? (model.decisionCurve as readonly { readonly threshold: number }[]).filter(({ threshold }) => wanted.some((one) => Math.abs(one - threshold) < 1e-9))
      : model.decisionCurve,
  })) as ValidationResult['pooled']['models'];
  return { ...result, pooled: { ...result.pooled, models } };
}
