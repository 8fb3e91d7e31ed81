import type { AnalysisPlan } from '../plan/plan-schema.js';
import { predictionsOf } from './fit-schedule.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import type { FittedPlanModel, Training } from './training.js';

/** The selection as results show it. */
export function selectResults(training: Training): Figure<StageResults> {
  const selection = training.selection;
  if (selection === null) return { selected: null };
  return isSuppressed(selection) ? selection : { ...selection.trace };
}

/** Every model of the plan: what it rests on, its coefficients, and the artefact that predicts. */
export function trainResults(plan: AnalysisPlan, training: Training): StageResults {
  const missing = training.missing;
  return {
    missingValues: missing === null ? null : { filled: Object.entries(missing.fill).map(([column, value]) => ({ column, value })), droppedFeatures: missing.dropped },
    models: plan.models.map((model) => {
      const head = { name: model.name, penalty: model.penalty, scale: model.scale, readsPredictionsOf: predictionsOf(model) };
      const fitted = training.model(model.name);
      return isSuppressed(fitted) ? { ...head, ...fitted } : { ...head, ...modelResults(fitted) };
    }),
  };
}

function modelResults({ artefact, digest, fit, crossValidation }: FittedPlanModel): StageResults {
  const { n, events, logLikelihood, table, warning, raw, C } = fit;
  return {
    n,
    events,
    C,
    logLikelihood,
    warning: warning?.sentence ?? null,
    coefficients: table?.coefficients ?? ['(Intercept)', ...fit.features].map((name, j) => ({ name, estimate: raw[j] })),
    information: table === null ? null : { deviance: table.deviance, nullDeviance: table.nullDeviance, aic: table.aic, bic: table.bic, residualDegreesOfFreedom: table.residualDegreesOfFreedom },
    crossValidation,
    artefact: { sha256: digest, model: artefact },
  };
}
