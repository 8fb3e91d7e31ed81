import type { Federation } from '@consilium/federation';
import { type Candidate } from '../../plan/pipeline-schema.js';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { figureOf } from '../figure-of.js';
import { foldsKey } from '../fit-schedule.js';
import { type FitOutcome, fitPlanModel } from '../model-fitters.js';
import { type Figure, isSuppressed } from '../run-results.js';
import { type Scope, selectFeatures, type Selection, type SelectionRequest } from '../selection.js';
import { foldColumnCount, viewOf } from '../views.js';

/** Candidate models on the features one selection left, in one scope. */
export interface CandidateFits {
  readonly selection: Figure<Selection>;
  /** By kind. */
  readonly fits: ReadonlyMap<Candidate['kind'], Figure<FitOutcome>>;
}

export interface CandidateRequest extends SelectionRequest {
  /** A sequence, or the fusion. */
  readonly name: string;
  readonly scope: Scope;
  /** Selections that travel in the same rounds. */
  readonly beside: number;
}

/** Selection, then every candidate model on what it selected, all candidates in the same rounds. Where nothing is selected the model is the prevalence. */
export async function fitCandidates(federation: Federation, plan: AnalysisPlan, request: CandidateRequest): Promise<CandidateFits> {
  const { name, scope } = request;
  const kinds = plan.pipeline!.models;
  const beside = request.beside * kinds.length;
  const selection = await figureOf(() => selectFeatures(federation, plan, scope, request));
  if (isSuppressed(selection)) return { selection, fits: new Map(kinds.map(({ kind }) => [kind, selection])) };
  const { selected } = selection;
  if (selected.length === 0) return { selection, fits: new Map(kinds.map(({ kind }) => [kind, prevalence(selection)])) };
  const view = viewOf(plan, { rows: scope.rows.conditions, without: scope.without, features: selected, fill: scope.missing.fill, harmonise: scope.harmonisation?.spec });
  const fits = await federation.inParallel(
    kinds.map((candidate) => (branch: Federation) => {
      const model = { ...candidate, name: 'candidate', inputs: ['selected' as const] };
      return figureOf(() => fitPlanModel(branch, { model, view, beside, folds: foldColumnCount(plan), seed: `${plan.seed}/${name}/${candidate.kind}/${foldsKey(scope.without)}` }));
    }),
  );
  return { selection, fits: new Map(kinds.map(({ kind }, i) => [kind, fits[i]!])) };
}

/** A logistic model without a feature: everyone has the share of events among the training patients; one half where a class is empty. */
export function prevalence({ patients, events }: { readonly patients: number; readonly events: number }): FitOutcome {
  const intercept = events > 0 && events < patients ? Math.log(events / (patients - events)) : 0;
  return {
    artefact: { kind: 'logistic', features: [], mean: [], sd: [], coefficients: [], intercept },
    results: { n: patients, events, warning: 'No feature was selected. The model is the share of events among training patients.' },
  };
}
