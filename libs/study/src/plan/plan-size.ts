import { rileySampleSize } from '@consilium/statistics';
import { designColumns } from './resolve-plan.js';
import type { AnalysisPlan } from './plan-schema.js';

/** Below this a validation's figures are imprecise (Vergouwe et al. 2005; Collins et al. 2016). */
export const ENOUGH_EVENTS = 100;

/** Candidate predictor parameters: all that could enter a model, not those that do. A category counts its levels less one. */
export function candidateParameters(plan: AnalysisPlan): { readonly features: number; readonly clinical: number; readonly total: number } {
  const features = new Set(plan.features?.columns ?? []);
  const clinical = new Set(plan.clinical.flatMap(designColumns));
  for (const model of plan.models) {
    for (const input of model.inputs) {
      if (typeof input === 'object' && 'columns' in input) for (const column of input.columns) if (!clinical.has(column)) features.add(column);
    }
  }
  return { features: features.size, clinical: clinical.size, total: features.size + clinical.size };
}

export interface SampleSizeCheck {
  readonly candidateParameters: number;
  readonly patients: number;
  readonly events: number;
  /** Patients of the smaller class for each candidate parameter. */
  readonly eventsPerParameter: number;
  /** Patients needed by each of Riley's criteria, at the assumed Cox-Snell R²; null where one class is empty. */
  readonly riley: {
    readonly coxSnellR2: number;
    readonly shrinkage: number;
    readonly optimism: number;
    readonly proportion: number;
    readonly minimum: number;
    readonly enough: boolean;
  } | null;
}

/** Events per candidate parameter and Riley's criteria (shrinkage .9, optimism .05, outcome proportion ± .05) for a training cohort. */
export function sampleSizeCheck(plan: AnalysisPlan, patients: number, events: number): SampleSizeCheck {
  const parameters = candidateParameters(plan).total;
  const head = { candidateParameters: parameters, patients, events, eventsPerParameter: Math.min(events, patients - events) / Math.max(1, parameters) };
  if (events <= 0 || events >= patients || parameters === 0) return { ...head, riley: null };
  const size = rileySampleSize({ parameters, outcomeProportion: events / patients });
  return { ...head, riley: { coxSnellR2: size.coxSnellR2, ...size.criteria, minimum: size.minimum, enough: patients >= size.minimum } };
}

/** The check in plain sentences. */
export function sampleSizeSentences({ candidateParameters: parameters, patients, events, eventsPerParameter, riley }: SampleSizeCheck): string[] {
  const head = `${parameters} candidate parameters, ${patients} training patients, ${events} events: ${eventsPerParameter.toFixed(1)} events per parameter.`;
  if (riley === null) return [head, "Riley's criteria need patients with and without the event."];
  return [
    head,
    `Riley's criteria ask for ${riley.shrinkage} patients (shrinkage 0.9), ${riley.optimism} (optimism 0.05) and ${riley.proportion} (outcome proportion ± 0.05), at a Cox-Snell R² of ${riley.coxSnellR2.toFixed(3)}.`,
    riley.enough ? `${patients} patients meet all three.` : `${patients} patients do not meet all three: ${riley.minimum} are needed. Expect overfitting; shrinkage and validation at other sites matter.`,
  ];
}
