import { type Federation, foldModelsValue } from '@consilium/federation';
import { modelValue } from '@consilium/learning';
import { inputsOf, type PlanModel, type PlanModelOf } from '../plan/model-kinds.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { Dependent, required } from './dependent.js';
import { figureOf } from './figure-of.js';
import { type Fit, type FitSchedule, fitSchedule, foldsKey, predictionsOf, remainingFolds, withFold } from './fit-schedule.js';
import { type FitOutcome, fitPlanModel, type FittedKind } from './model-fitters.js';
import { type Harmonisation, harmoniseScope } from './harmonise-scope.js';
import { missingValues, type MissingValues } from './missing-values.js';
import { type Figure, isSuppressed, suppressed } from './run-results.js';
import { selectFeatures, type Scope, type Selection } from './selection.js';
import { type DerivedColumn, type FittedPlanModel, type TrainedModels, uniqueColumns } from './trained-models.js';
import { clinicalDesign, foldColumnCount, type Rows, viewOf } from './views.js';

export interface TrainingRequest {
  readonly rows: Rows;
  /** Models wanted; earlier models that they read are fitted too. */
  readonly models: readonly string[];
  /** Whether each is also wanted without each fold. */
  readonly crossFitted: boolean;
}

/**
 * Selection and fitting of a plan's models on some rows of some sites: once for the models themselves, and without the folds that cross-fitted
 * predictions ask for. Everything independent travels in the same rounds.
 */
export class Training implements TrainedModels {
  private readonly selections = new Map<string, Figure<Selection>>();
  private readonly fits = new Map<string, Figure<FittedPlanModel>>();
  private readonly scopes = new Map<string, Figure<Scope>>();

  private constructor(
    private readonly plan: AnalysisPlan,
    private readonly rows: Rows,
  ) {}

  static async run(federation: Federation, plan: AnalysisPlan, request: TrainingRequest): Promise<Training> {
    const training = new Training(plan, request.rows);
    const schedule = fitSchedule(plan, request.models, request.crossFitted);
    const sets = new Map(schedule.levels.flat().map(({ without }) => [foldsKey(without), without]));
    await training.openScopes(federation, [...sets.values()], schedule);
    if (plan.harmonise) await training.harmoniseScopes(federation, schedule);
    await training.each(federation, schedule.selections, async (branch, without) => {
      const scope = training.scopes.get(foldsKey(without))!;
      const selection = isSuppressed(scope) ? scope : await figureOf(() => selectFeatures(branch, plan, scope, { options: plan.select!, columns: plan.features?.columns ?? [] }));
      training.selections.set(foldsKey(without), selection);
    });
    for (const level of schedule.levels) {
      await training.each(federation, level, async (branch, fit) => {
        training.fits.set(fitKey(fit.model.name, fit.without), await figureOf(() => training.fit(branch, fit, level.length)));
      });
    }
    return training;
  }

  /** The selection on all rows, where the plan selects. */
  get selection(): Figure<Selection> | null {
    return this.selections.get('') ?? null;
  }

  /** The selections without one fold each, where cross-fitted predictions asked for them. */
  get foldSelections(): readonly Selection[] {
    return [...this.selections].flatMap(([key, selection]) => (key === '' || key.includes(',') || isSuppressed(selection) ? [] : [selection]));
  }

  /** Values that stand for missing ones, as all training rows say. */
  get missing(): MissingValues | null {
    const scope = this.scopes.get('');
    return scope === undefined || isSuppressed(scope) ? null : scope.missing;
  }

  /** How columns are harmonised, fitted on all training rows; null where the plan does not. */
  get harmonisation(): Harmonisation | null {
    const scope = this.scopes.get('');
    return scope === undefined || isSuppressed(scope) ? null : (scope.harmonisation ?? null);
  }

  model(name: string): Figure<FittedPlanModel> {
    return this.fits.get(fitKey(name, [])) ?? suppressed('not-fitted', `The model ${name} was not asked for.`);
  }

  /** Columns that predict by each of the models and, before them, by the models it reads. Throws what figureOf catches where one has no result. */
  predictions(names: readonly string[]): DerivedColumn[] {
    return uniqueColumns(names.flatMap((name) => this.plain(name, [])));
  }

  /** The same for one model, every row predicted by models that have not seen its fold. */
  async crossFittedPredictions(federation: Federation, name: string): Promise<DerivedColumn[]> {
    return this.byFold(federation, name, []);
  }

  private async each<T>(federation: Federation, items: readonly T[], work: (branch: Federation, item: T) => Promise<void>): Promise<void> {
    await federation.inParallel(items.map((item) => (branch: Federation) => work(branch, item)));
  }

  /** Missing values of every set of rows. Columns without gaps in all rows have none in fewer, so most plans ask once. */
  private async openScopes(federation: Federation, sets: readonly (readonly number[])[], schedule: FitSchedule): Promise<void> {
    const columns = { rows: this.rows, ...this.columnsRead(schedule) };
    const all = await figureOf(() => missingValues(federation, this.plan, { ...columns, without: [] }));
    const gaps = new Set(isSuppressed(all) ? [] : all.incomplete);
    const among = (names: readonly string[]): string[] => names.filter((name) => gaps.has(name));
    const incomplete = { rows: this.rows, features: among(columns.features), named: among(columns.named), clinical: among(columns.clinical) };
    const keep = (without: readonly number[], missing: Figure<MissingValues>): void =>
      void this.scopes.set(foldsKey(without), isSuppressed(missing) ? missing : { rows: this.rows, without, missing });
    keep([], all);
    await this.each(federation, sets, async (branch, without) => {
      keep(without, without.length === 0 || gaps.size === 0 ? all : await figureOf(() => missingValues(branch, this.plan, { ...incomplete, without })));
    });
  }

  /** Every set of rows has a harmonisation of its own, so that no fold sees what was left out of it. */
  private async harmoniseScopes(federation: Federation, schedule: FitSchedule): Promise<void> {
    const { features, named } = this.columnsRead(schedule);
    await this.each(federation, [...this.scopes], async (branch, [key, scope]) => {
      if (isSuppressed(scope)) return;
      const dropped = new Set(scope.missing.dropped.map(({ feature }) => feature));
      const columns = [...features.filter((name) => !dropped.has(name)), ...named];
      const harmonisation = await figureOf(() => harmoniseScope(branch, this.plan, scope, columns));
      this.scopes.set(key, isSuppressed(harmonisation) ? harmonisation : { ...scope, harmonisation });
    });
  }

  /** The candidates, if a model takes or selects among them; columns that models name; the clinical design. */
  private columnsRead({ selections, levels }: FitSchedule): { features: string[]; named: string[]; clinical: string[] } {
    const inputs = levels.flat().flatMap(({ model }) => inputsOf(model));
    const features = selections.length > 0 || inputs.includes('features') ? (this.plan.features?.columns ?? []) : [];
    const clinical = inputs.includes('clinical') ? clinicalDesign(this.plan) : [];
    const named = new Set(inputs.flatMap((input) => (typeof input === 'object' && 'columns' in input ? input.columns : [])));
    for (const known of [...features, ...clinical]) named.delete(known);
    return { features: [...features], named: [...named], clinical };
  }

  private async fit(federation: Federation, fit: Fit, beside: number): Promise<FittedPlanModel> {
    const { model, without } = fit;
    const outcome = model.kind === 'late-fusion' ? this.fuse(model, without) : await this.fitOn(federation, { ...fit, model }, beside);
    return { ...outcome, digest: await federation.publish(modelValue(outcome.artefact)) };
  }

  private fuse({ rule, inputs }: PlanModelOf<'late-fusion'>, without: readonly number[]): FitOutcome {
    const models = inputs.map(({ prediction }) => required(this.fits.get(fitKey(prediction, without))!, prediction).artefact);
    return { artefact: { kind: 'late-fusion', rule, models }, results: { rule } };
  }

  private async fitOn(federation: Federation, { model, without }: Fit & { readonly model: PlanModelOf<FittedKind> }, beside: number): Promise<FitOutcome> {
    const scope = required(this.scopes.get(foldsKey(without))!);
    const derived: DerivedColumn[] = [];
    for (const { prediction, fitting } of predictionsOf(model)) {
      const columns = fitting === 'cross-fitted' ? await this.byFold(federation, prediction, without) : this.plain(prediction, without);
      derived.push(...columns.filter(({ name }) => !derived.some((one) => one.name === name)));
    }
    const features = this.featuresOf(model, scope);
    const view = viewOf(this.plan, { rows: this.rows.conditions, without, features, fill: scope.missing.fill, derived, harmonise: scope.harmonisation?.spec });
    return fitPlanModel(federation, { model, view, beside, folds: foldColumnCount(this.plan), seed: `${this.plan.seed}/${fitKey(model.name, without)}` });
  }

  private featuresOf(model: PlanModel, scope: Scope): string[] {
    const dropped = new Set(scope.missing.dropped.map(({ feature }) => feature));
    const features = inputsOf(model).flatMap((input): readonly string[] => {
      if (input === 'clinical') return clinicalDesign(this.plan);
      if (input === 'features') return (this.plan.features?.columns ?? []).filter((name) => !dropped.has(name));
      if (input === 'selected') return required(this.selections.get(foldsKey(scope.without))!).selected;
      return 'columns' in input ? input.columns : [input.prediction];
    });
    if (features.length === 0) throw new Dependent('no-features', 'No feature was selected, so there is nothing to fit.');
    return [...new Set(features)];
  }

  private plain(name: string, without: readonly number[]): DerivedColumn[] {
    const model = this.plan.models.find((one) => one.name === name)!;
    const own = required(this.fits.get(fitKey(name, without))!, name);
    return uniqueColumns([...predictionsOf(model).flatMap(({ prediction }) => this.plain(prediction, without)), { name, model: own.digest }]);
  }

  private async byFold(federation: Federation, name: string, without: readonly number[]): Promise<DerivedColumn[]> {
    const model = this.plan.models.find((one) => one.name === name)!;
    const columns: DerivedColumn[] = [];
    for (const { prediction } of predictionsOf(model)) columns.push(...(await this.byFold(federation, prediction, without)));
    const models = remainingFolds(this.plan, without).map((fold) => [fold, required(this.fits.get(fitKey(name, withFold(without, fold)))!, name).artefact] as const);
    const digest = await federation.publish(foldModelsValue({ kind: 'by-fold', models: new Map(models) }));
    return uniqueColumns([...columns, { name, model: digest, ...this.harmoniseByFold(without) }]);
  }

  private harmoniseByFold(without: readonly number[]): Pick<DerivedColumn, 'harmoniseByFold'> {
    const byFold = remainingFolds(this.plan, without).flatMap((fold) => {
      const scope = this.scopes.get(foldsKey(withFold(without, fold)));
      const spec = scope === undefined || isSuppressed(scope) ? undefined : scope.harmonisation?.spec;
      return spec === undefined ? [] : [{ fold, harmonise: spec }];
    });
    return byFold.length === 0 ? {} : { harmoniseByFold: byFold };
  }
}

const fitKey = (name: string, without: readonly number[]): string => `${name}/${foldsKey(without)}`;
