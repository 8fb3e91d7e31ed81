import type { FigureFacts } from '../figure.js';
import { isValue, type EvaluateResult, type ResultsFile, type Result, type RowsResult, type TrainedModel } from './results-file.js';

/** A finished run, as figures need it. */
export interface RunContext {
  readonly results: ResultsFile;
  /** sha256 of results.json. */
  readonly resultsDigest: string | null;
  /** ISO time of the run's end. */
  readonly date: string | null;
  /** Sites in the order of their marks: that of the study, so that a hospital looks the same in every run. */
  readonly siteOrder: readonly string[];
}

export const siteNumber = ({ siteOrder, results }: RunContext, site: string): number => {
  const place = siteOrder.indexOf(site);
  return place >= 0 ? place : siteOrder.length + Math.max(0, results.sites.indexOf(site));
};

/** Minimum counts of the profiles a plan may name. */
const minimumCounts: Readonly<Record<string, number>> = { 'open-data': 0, standard: 5, strict: 10 };

/** Models of the plan in its order, then those of its pipeline. */
export function trainedModels({ results }: RunContext): readonly TrainedModel[] {
  const { train, pipeline } = results.stages;
  return [...(isValue(train) ? train.models : []), ...(isValue(pipeline) ? pipeline.models : [])];
}

/** A footer for figures of some sites; totals count the shown sites only, so that they reveal no hidden one. */
export function factsOf(context: RunContext, shown: { readonly sites: number; readonly patients: number | null; readonly events: number | null; readonly suppressed: number; readonly model?: string }): FigureFacts {
  const { results, resultsDigest, date } = context;
  return {
    sitesShown: shown.sites,
    sitesAll: results.sites.length,
    patients: shown.patients,
    events: shown.events,
    minimumCount: minimumCounts[results.disclosure] ?? 5,
    profile: results.disclosure,
    suppressed: shown.suppressed,
    resultsDigest,
    modelDigest: trainedModels(context).find(({ name }) => name === shown.model)?.artefact?.sha256 ?? null,
    planDigest: results.plan.digest,
    date,
  };
}

/** A set of patients a model was validated on. */
export interface Validation {
  readonly id: string;
  readonly label: string;
  /** The models have seen these patients. */
  readonly apparent: boolean;
}

const labels: Readonly<Record<string, string>> = { test: 'Held-out test rows', training: 'Training rows (apparent)', all: 'All rows (apparent in part)', 'leave-one-site-out': 'Leave one site out' };

export const evaluated = ({ results }: RunContext): EvaluateResult | null => (isValue(results.stages.evaluate) ? results.stages.evaluate : null);

/** Validations of a run, the most honest first: each hospital left out, then held-out rows, then those seen. */
export function validationsOf(context: RunContext): readonly Validation[] {
  const evaluate = evaluated(context);
  if (evaluate === null) return [];
  const own = Object.keys(evaluate.rows).map((id) => ({ id, label: labels[id] ?? id, apparent: id !== 'test' }));
  const honest = own.filter(({ apparent }) => !apparent);
  const left = evaluate.leaveOneSiteOut === null || evaluate.leaveOneSiteOut === undefined ? [] : [{ id: 'leave-one-site-out', label: labels['leave-one-site-out']!, apparent: false }];
  return [...left, ...honest, ...own.filter(({ apparent }) => apparent)];
}

export function rowsOf(context: RunContext, validation: string): Result<RowsResult> | null {
  const evaluate = evaluated(context);
  if (evaluate === null) return null;
  return validation === 'leave-one-site-out' ? evaluate.leaveOneSiteOut : (evaluate.rows[validation] ?? null);
}

/** Models with figures in a validation. */
export function modelsOf(context: RunContext, validation: string): readonly string[] {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return [];
  return rows.headline.map(({ model }) => model);
}

/** What a page shows where its address says nothing: the first validation with a pooled figure, and the last model of the plan that has one. */
export function preferred(context: RunContext): { readonly validation: string; readonly model: string } | null {
  const all = validationsOf(context).flatMap(({ id }) => {
    const rows = rowsOf(context, id);
    return isValue(rows) ? rows.headline.map((headline) => ({ validation: id, model: headline.model, pooled: 'auc' in headline })) : [];
  });
  const first = all.find(({ pooled }) => pooled) ?? all[0];
  const found = first && (all.filter(({ validation, pooled }) => validation === first.validation && pooled === first.pooled).at(-1) ?? first);
  return found ? { validation: found.validation, model: found.model } : null;
}
