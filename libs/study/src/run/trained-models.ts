import type { Federation, HarmoniseSpec } from '@consilium/federation';
import type { Harmonisation } from './harmonise-scope.js';
import type { FitOutcome } from './model-fitters.js';
import type { MissingValues } from './missing-values.js';
import type { Figure } from './run-results.js';
import type { Selection } from './selection.js';

/** A fitted model that sites can evaluate. */
export interface FittedPlanModel extends FitOutcome {
  /** Its published sha256. */
  readonly digest: string;
}

/** A prediction as a view names it. */
export interface DerivedColumn {
  readonly name: string;
  readonly model: string;
  /** Where the plan harmonises and the model is one a fold: by what the inputs of each are. */
  readonly harmoniseByFold?: { fold: number; harmonise: HarmoniseSpec }[];
}

/** What a training leaves to be evaluated, whatever made it. */
export interface TrainedModels {
  /** Values that stand for missing ones, as all training rows say. */
  readonly missing: Pick<MissingValues, 'fill'> | null;
  /** How columns are harmonised, fitted on all training rows; null where the plan does not. */
  readonly harmonisation: Harmonisation | null;
  /** The selection on all training rows; null where the plan has none. */
  readonly selection: Figure<Selection> | null;
  model(name: string): Figure<FittedPlanModel>;
  /** Columns that predict by each of the models and, before them, by the models it reads. Throws what figureOf catches where one has no result. */
  predictions(names: readonly string[]): DerivedColumn[];
  /** The same for one model, every row predicted by models that have not seen its fold. */
  crossFittedPredictions(federation: Federation, name: string): Promise<DerivedColumn[]>;
}

/** Each column once, the first of its name. */
export const uniqueColumns = (columns: readonly DerivedColumn[]): DerivedColumn[] => columns.filter(({ name }, i) => columns.findIndex((one) => one.name === name) === i);
