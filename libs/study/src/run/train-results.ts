import type { AnalysisPlan } from '../plan/plan-schema.js';
import { predictionsOf } from './fit-schedule.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import type { FittedPlanModel } from './trained-models.js';
import type { Training } from './training.js';

/** The selection as results show it. */
export function selectResults(training: Training | null): Figure<StageResults> {
  const selection = training?.selection ?? null;
  if (selection === null) return { selected: null };
  return isSuppressed(selection) ? selection : { ...selection.trace, ...stabilityOf(selection.selected, training!.foldSelections.map(({ selected }) => selected)) };
}

/** How often each feature is selected without a fold, the steadiest first; nothing where no selection left one out. */
function stabilityOf(selected: readonly string[], withoutFold: readonly (readonly string[])[]): StageResults {
  if (withoutFold.length === 0) return {};
  const names = [...new Set([...selected, ...withoutFold.flat()])];
  const features = names.map((feature) => ({ feature, selected: selected.includes(feature), share: withoutFold.filter((own) => own.includes(feature)).length / withoutFold.length }));
  return { stability: { folds: withoutFold.length, features: features.sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1)) } };
}

/** Every model of the plan: what it rests on, its coefficients, and the artefact that predicts. */
export function trainResults(plan: AnalysisPlan, training: Training | null): StageResults {
  if (training === null) return { missingValues: null, models: [] };
  const missing = training.missing;
  return {
    missingValues: missing === null ? null : { filled: Object.entries(missing.fill).map(([column, value]) => ({ column, value })), droppedFeatures: missing.dropped },
    models: plan.models.map((model) => {
      const { inputs: _inputs, ...settings } = model;
      const head = { ...settings, readsPredictionsOf: predictionsOf(model) };
      const fitted = training.model(model.name);
      return isSuppressed(fitted) ? { ...head, ...fitted } : { ...head, ...modelResults(fitted) };
    }),
  };
}

const modelResults = ({ artefact, digest, results }: FittedPlanModel): StageResults => ({ ...results, artefact: { sha256: digest, model: artefact } });
