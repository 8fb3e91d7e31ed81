import { type Federation, type HarmoniseSpec, momentTotals } from '@consilium/federation';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { figureOf } from '../figure-of.js';
import { type Figure, isSuppressed } from '../run-results.js';
import type { DerivedColumn } from '../trained-models.js';
import { uniqueColumns } from '../trained-models.js';
import { rowsOf, viewOf } from '../views.js';
import { lowerBound } from './choice.js';
import type { PipelineTraining } from './pipeline-training.js';

/** AUCs of one model on training patients, within sites and folds. */
export interface PipelineFigure {
  readonly model: string;
  /** Of the model itself, which has seen these patients; null where it was not asked for. */
  readonly apparent: number | null;
  /** Of models that have not seen the patient: selection, choices and fitting repeated without the fold. */
  readonly crossValidated: Figure<{ readonly auc: number | null; readonly standardError: number | null; readonly interval: Interval | null; readonly byFold: readonly (number | null)[] }>;
}

/** Two-sided 95 %, by Student's t over folds with a standard error corrected for training patients that folds share; cut off at 0 and 1. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PipelineFigures {
  /** Training patients for whom every model has a prediction: the models are compared on these. */
  readonly patients: Figure<number>;
  readonly models: readonly PipelineFigure[];
}

function intervalOf(auc: number, standardError: number, byFold: readonly number[]): Interval | null {
  const folds = byFold.filter((own) => !Number.isNaN(own)).length;
  const low = lowerBound({ auc, standardError, folds }, 0.975);
  return Number.isFinite(low) ? { low: Math.max(0, low), high: Math.min(1, 2 * auc - low) } : null;
}

const finite = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

/** Every model of a pipeline on its training rows, apparent and nested cross-validated, side by side on the same patients. */
export async function pipelineFigures(federation: Federation, plan: AnalysisPlan, training: PipelineTraining): Promise<PipelineFigures> {
  const columns = new Map<string, Figure<DerivedColumn[]>>();
  for (const name of training.names) columns.set(name, await figureOf(() => training.crossFittedPredictions(federation, name)));
  const usable = training.names.filter((name) => !isSuppressed(columns.get(name)!) && !isSuppressed(training.model(name)));
  const byFold = uniqueColumns(usable.flatMap((name) => columns.get(name) as DerivedColumn[]));
  const asked = await federation.inParallel<unknown>([
    (branch) => figureOf(() => training.stratified(branch, [], usable, training.predictions(usable))),
    (branch) => figureOf(() => training.stratified(branch, [], usable, byFold)),
    (branch) => figureOf(() => patients(branch, plan, { features: usable, derived: byFold, fill: training.missing.fill, harmonise: training.harmonisation?.spec })),
  ]);
  const [apparent, crossValidated, n] = asked as [Aucs, Aucs, Figure<number>];
  return {
    patients: n,
    models: training.names.map((model): PipelineFigure => {
      const own = columns.get(model)!;
      const whole = training.model(model);
      if (isSuppressed(whole)) return { model, apparent: null, crossValidated: whole };
      if (isSuppressed(own)) return { model, apparent: null, crossValidated: own };
      const seen = isSuppressed(apparent) ? null : finite(apparent.find(({ feature }) => feature === model)?.auc);
      if (isSuppressed(crossValidated)) return { model, apparent: seen, crossValidated };
      const { auc, standardError, byFold: folds } = crossValidated.find(({ feature }) => feature === model)!;
      return { model, apparent: seen, crossValidated: { auc: finite(auc), standardError: finite(standardError), interval: intervalOf(auc, standardError, folds), byFold: folds.map(finite) } };
    }),
  };
}

type Aucs = Awaited<ReturnType<PipelineTraining['stratified']>> | Extract<Figure<never>, object>;

async function patients(federation: Federation, plan: AnalysisPlan, parts: { features: readonly string[]; derived: readonly DerivedColumn[]; fill: Readonly<Record<string, number>>; harmonise: HarmoniseSpec | undefined }): Promise<number> {
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, ...parts });
  const { sums } = await federation.sum(momentTotals, { view, parameters: null });
  return sums.n[0]! + sums.n[1]!;
}
