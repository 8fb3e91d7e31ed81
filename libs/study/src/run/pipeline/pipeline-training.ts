import { type Federation, federatedStratifiedAuc, foldModelsValue, type StratifiedAuc } from '@consilium/federation';
import { type ModelArtefact, modelValue } from '@consilium/learning';
import { type Candidate, pipelineModels, sequenceModel, SIGNATURE } from '../../plan/pipeline-schema.js';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { Dependent, required } from '../dependent.js';
import { figureOf } from '../figure-of.js';
import { foldsKey, remainingFolds, withFold } from '../fit-schedule.js';
import { type FitOutcome, fitPlanModel } from '../model-fitters.js';
import { type Figure, isSuppressed, suppressed } from '../run-results.js';
import type { DerivedColumn, FittedPlanModel, TrainedModels } from '../trained-models.js';
import { foldCount, type Rows, viewOf } from '../views.js';
import { type CandidateFits, fitCandidates, prevalence } from './candidate-fits.js';
import { type CandidateFigure, type Choice, chooseCandidate, keepSequences, keptKey, type SequenceChoice } from './choice.js';
import { type ClinicalSelection, selectClinical } from './clinical-selection.js';
import { CLINICAL, foldSets, PipelineScopes, sequenceColumns, VOLUME } from './pipeline-scopes.js';

type Folds = readonly number[];

/** Figures that are AUCs of models by fold, and why some have none. */
type FoldModels = (fold: number) => Figure<FitOutcome>;

/**
 * The pipeline on some rows of some sites: on all of them, without each fold, and without each pair of folds, everything independent in the same
 * rounds. What is chosen without a fold (kept sequences, kinds of models) is chosen by models that have seen neither it nor the fold they are judged
 * on. Cross-fitted predictions of the Rad-Signature within a left-out fold take over the choices made without that fold: their selection and
 * fitting leave both folds out.
 */
export class PipelineTraining implements TrainedModels {
  /** By sequence and left-out folds. */
  private readonly sequences = new Map<string, CandidateFits>();
  private readonly kept = new Map<string, readonly SequenceChoice[]>();
  /** By kept sequences and left-out folds. */
  private readonly fusions = new Map<string, CandidateFits>();
  private readonly fusionChoices = new Map<string, Choice>();
  private readonly clinical = new Map<string, Figure<ClinicalSelection>>();
  /** Clinical, volume and combined models, by name and left-out folds. */
  private readonly single = new Map<string, Figure<FitOutcome>>();
  private readonly digests = new Map<string, string>();

  private constructor(
    private readonly plan: AnalysisPlan,
    private readonly rows: Rows,
    readonly scopes: PipelineScopes,
  ) {}

  static async run(federation: Federation, plan: AnalysisPlan, rows: Rows): Promise<PipelineTraining> {
    const sets = foldSets(plan);
    const outer = [sets.none, ...sets.single];
    const scopes = await PipelineScopes.open(federation, plan, rows, [...outer, ...sets.pairs]);
    const training = new PipelineTraining(plan, rows, scopes);
    await training.fitParts(federation, outer, sets.pairs);
    await training.each(federation, outer, (branch, without) => training.chooseSequences(branch, without));
    await training.fitFusions(federation, outer);
    await training.each(federation, outer, (branch, without) => training.chooseFusion(branch, without));
    await training.each(federation, outer, (branch, without) => training.combine(branch, without));
    for (const name of training.names) {
      const outcome = training.at(name, []);
      if (!isSuppressed(outcome)) training.digests.set(name, await federation.publish(modelValue(outcome.artefact)));
    }
    return training;
  }

  get names(): string[] {
    return pipelineModels(this.pipeline, this.plan.clinical.length > 0);
  }

  get missing() {
    return this.scopes.filled([]).missing;
  }

  get harmonisation() {
    return this.scopes.harmonisation([]);
  }

  get selection() {
    return this.fusionFits().selection;
  }

  model(name: string): Figure<FittedPlanModel> {
    const outcome = this.at(name, []);
    return isSuppressed(outcome) ? outcome : { ...outcome, digest: this.digests.get(name)! };
  }

  predictions(names: readonly string[]): DerivedColumn[] {
    const needed = [...new Set(names.flatMap((name) => [...(readsSignature(name) ? [SIGNATURE] : []), name]))];
    return needed.map((name) => ({ name, model: required(this.model(name), name).digest }));
  }

  async crossFittedPredictions(federation: Federation, name: string): Promise<DerivedColumn[]> {
    const needed = [...(readsSignature(name) ? [SIGNATURE] : []), name];
    const columns: DerivedColumn[] = [];
    for (const one of needed) columns.push(await this.byFold(federation, one, [], (fold) => this.at(one, [fold])));
    return columns;
  }

  /** Kept sequences and chosen kinds on all rows, or without a fold. */
  choices(without: Folds = []): { readonly sequences: readonly SequenceChoice[]; readonly fusion: Choice } {
    return { sequences: this.kept.get(foldsKey(without))!, fusion: this.fusionChoices.get(foldsKey(without))! };
  }

  sequenceFits(sequence: string, without: Folds = []): CandidateFits {
    return this.sequences.get(`${sequence}/${foldsKey(without)}`)!;
  }

  fusionFits(without: Folds = []): CandidateFits {
    return this.fusionOf(without, without);
  }

  clinicalSelection(without: Folds = []): Figure<ClinicalSelection> | null {
    return this.clinical.get(foldsKey(without)) ?? null;
  }

  private get pipeline() {
    return this.plan.pipeline!;
  }

  private async each(federation: Federation, sets: readonly Folds[], work: (branch: Federation, without: Folds) => Promise<void>): Promise<void> {
    await federation.inParallel(sets.map((without) => (branch: Federation) => work(branch, without)));
  }

  /** Every sequence's selection and candidates everywhere, and the clinical and volume models beside them. */
  private async fitParts(federation: Federation, outer: readonly Folds[], pairs: readonly Folds[]): Promise<void> {
    const sets = [...outer, ...pairs];
    const beside = sets.length * this.pipeline.sequences.length;
    const sequences = [...sequenceColumns(this.plan)].flatMap(([name, columns]) =>
      sets.map((without) => async (branch: Federation) => {
        const fits = await figureOf(() => fitCandidates(branch, this.plan, { name, columns, options: this.pipeline.select, scope: this.scopes.of(name, without), beside }));
        this.sequences.set(`${name}/${foldsKey(without)}`, isSuppressed(fits) ? { selection: fits, fits: new Map(this.pipeline.models.map(({ kind }) => [kind, fits])) } : fits);
      }),
    );
    const single = outer.flatMap((without) => [
      ...(this.plan.clinical.length > 0 ? [(branch: Federation) => this.fitClinical(branch, without)] : []),
      ...(this.pipeline.volume === null ? [] : [(branch: Federation) => this.fitVolume(branch, without)]),
    ]);
    await federation.inParallel([...sequences, ...single]);
  }

  private async fitClinical(federation: Federation, without: Folds): Promise<void> {
    const selection = await figureOf(() => selectClinical(federation, this.plan, this.scopes.of(CLINICAL, without)));
    this.clinical.set(foldsKey(without), selection);
    this.single.set(`${CLINICAL}/${foldsKey(without)}`, isSuppressed(selection) ? selection : await figureOf(async () => {
      if (selection.columns.length === 0) return prevalence(selection);
      return this.fitLogistic(federation, CLINICAL, { features: selection.columns, without });
    }));
  }

  private async fitVolume(federation: Federation, without: Folds): Promise<void> {
    this.single.set(`${VOLUME}/${foldsKey(without)}`, await figureOf(() => this.fitLogistic(federation, VOLUME, { features: [this.pipeline.volume!], without })));
  }

  private fitLogistic(federation: Federation, name: string, { features, without, derived = [] }: { features: readonly string[]; without: Folds; derived?: readonly DerivedColumn[] }): Promise<FitOutcome> {
    const { missing, harmonisation } = this.scopes.all(without);
    const view = viewOf(this.plan, { rows: this.rows.conditions, without, features, fill: missing.fill, derived, harmonise: harmonisation?.spec });
    const model = { name, kind: 'logistic' as const, inputs: ['clinical' as const], penalty: { kind: 'none' as const }, scale: 'global' as const };
    return fitPlanModel(federation, { model, view, seed: `${this.plan.seed}/${name}/${foldsKey(without)}` });
  }

  private async chooseSequences(federation: Federation, without: Folds): Promise<void> {
    const names = this.pipeline.sequences.map(({ name }) => name);
    const figures = await federation.inParallel(
      names.map((name) => (branch: Federation) => this.nestedFigures(branch, without, (kind) => (fold) => this.sequenceFits(name, withFold(without, fold)).fits.get(kind)!)),
    );
    const choices = new Map(names.map((name, i) => [name, chooseCandidate(figures[i]!)]));
    this.kept.set(foldsKey(without), keepSequences(this.pipeline.keep, choices));
  }

  private async chooseFusion(federation: Federation, without: Folds): Promise<void> {
    const figures = await this.nestedFigures(federation, without, (kind) => (fold) => this.fusionOf(withFold(without, fold), this.judges(without, fold)).fits.get(kind)!);
    this.fusionChoices.set(foldsKey(without), chooseCandidate(figures));
  }

  /** Whose kept sequences a fusion without one more fold takes: its own where it is left out alone, else those of the outer fold. */
  private judges = (without: Folds, fold: number): Folds => (without.length === 0 ? [fold] : without);

  /** Each candidate's AUC within sites and folds, of predictions by models that have not seen the fold, in one round. */
  private async nestedFigures(federation: Federation, without: Folds, models: (kind: Candidate['kind']) => FoldModels): Promise<CandidateFigure[]> {
    const derived: DerivedColumn[] = [];
    const failed = new Map<string, Figure<never>>();
    for (const { kind } of this.pipeline.models) {
      const column = await figureOf(() => this.byFold(federation, kind, without, models(kind)));
      if (isSuppressed(column)) failed.set(kind, column);
      else derived.push(column);
    }
    const aucs = derived.length === 0 ? [] : await figureOf(() => this.stratified(federation, without, derived.map(({ name }) => name), derived));
    return this.pipeline.models.map(({ kind }): CandidateFigure => {
      const failure = failed.get(kind) ?? (isSuppressed(aucs) ? aucs : undefined);
      const own = isSuppressed(aucs) ? undefined : aucs.find(({ feature }) => feature === kind);
      if (failure !== undefined || own === undefined) return { kind, auc: failure ?? null, standardError: null, folds: 0 };
      return { kind, auc: finite(own.auc), standardError: finite(own.standardError), folds: own.byFold.filter((auc) => !Number.isNaN(auc)).length };
    });
  }

  /** AUCs of prediction columns on the rows outside some folds. */
  async stratified(federation: Federation, without: Folds, names: readonly string[], derived: readonly DerivedColumn[]): Promise<StratifiedAuc[]> {
    const { missing, harmonisation } = this.scopes.all(without);
    const view = viewOf(this.plan, { rows: this.rows.conditions, without, features: names, fill: missing.fill, derived, harmonise: harmonisation?.spec });
    return federatedStratifiedAuc(federation, view, foldCount(this.plan));
  }

  private async fitFusions(federation: Federation, outer: readonly Folds[]): Promise<void> {
    const wanted = new Map<string, { without: Folds; judged: Folds }>();
    const want = (without: Folds, judged: Folds) => wanted.set(this.fusionKey(without, judged), { without, judged });
    for (const without of outer) {
      want(without, without);
      for (const fold of remainingFolds(this.plan, without)) want(withFold(without, fold), this.judges(without, fold));
    }
    await federation.inParallel([...wanted].map(([key, { without, judged }]) => async (branch: Federation) => void this.fusions.set(key, await this.fuse(branch, { without, judged, beside: wanted.size }))));
  }

  private async fuse(federation: Federation, { without, judged, beside }: { without: Folds; judged: Folds; beside: number }): Promise<CandidateFits> {
    const fits = await figureOf(async () => {
      const kept = this.kept.get(foldsKey(judged))!.filter((row) => row.kept);
      if (kept.length === 0) throw new Dependent('no-sequence', 'No sequence has a model, so there is nothing to fuse.');
      const columns = kept.flatMap(({ sequence }) => required(this.sequenceFits(sequence, without).selection).selected);
      return fitCandidates(federation, this.plan, { name: SIGNATURE, columns, options: this.pipeline.fusion.select, scope: this.scopes.all(without), beside });
    });
    return isSuppressed(fits) ? { selection: fits, fits: new Map(this.pipeline.models.map(({ kind }) => [kind, fits])) } : fits;
  }

  private fusionKey = (without: Folds, judged: Folds): string => `${keptKey(this.kept.get(foldsKey(judged))!)}/${foldsKey(without)}`;

  private fusionOf = (without: Folds, judged: Folds): CandidateFits => this.fusions.get(this.fusionKey(without, judged))!;

  /** The Rad-Signature without some folds, of the kind chosen in the judging scope. */
  private signature(without: Folds, judged: Folds): Figure<FitOutcome> {
    const { chosen } = this.fusionChoices.get(foldsKey(judged))!;
    const { selection, fits } = this.fusionOf(without, judged);
    if (isSuppressed(selection)) return selection;
    return chosen === null ? suppressed('no-figure', 'No candidate of the fusion has a nested cross-validated AUC.') : fits.get(chosen.kind)!;
  }

  private async combine(federation: Federation, without: Folds): Promise<void> {
    if (this.plan.clinical.length === 0) return;
    const fit = (name: string, signature: (branch: Federation) => Promise<DerivedColumn>) => async (branch: Federation) => {
      const outcome = await figureOf(async () => {
        const { columns } = required(this.clinical.get(foldsKey(without))!, CLINICAL);
        return this.fitLogistic(branch, name, { features: [...columns, SIGNATURE], without, derived: [await signature(branch)] });
      });
      this.single.set(`${name}/${foldsKey(without)}`, outcome);
    };
    const crossFitted = (branch: Federation) => this.byFold(branch, SIGNATURE, without, (fold) => this.signature(withFold(without, fold), this.judges(without, fold)));
    const inSample = async (branch: Federation) => ({ name: SIGNATURE, model: await branch.publish(modelValue(required(this.signature(without, without), SIGNATURE).artefact)) });
    await federation.inParallel(this.pipeline.signature.map((fitting) => (fitting === 'cross-fitted' ? fit('combined', crossFitted) : fit('combined-in-sample', inSample))));
  }

  /** A model of the pipeline on all rows or without a fold. */
  at(name: string, without: Folds): Figure<FitOutcome> {
    if (name === SIGNATURE) return this.signature(without, without);
    const single = this.single.get(`${name}/${foldsKey(without)}`);
    if (single !== undefined) return single;
    const sequence = this.kept.get(foldsKey(without))?.find((row) => sequenceModel(row.sequence) === name);
    if (sequence !== undefined) return this.ofSequence(sequence, without);
    const rule = this.pipeline.fusion.late.find((one) => `late-${one}` === name);
    if (rule === undefined) return suppressed('not-fitted', `The model ${name} was not asked for.`);
    const models: ModelArtefact[] = [];
    for (const row of this.kept.get(foldsKey(without))!.filter(({ kept }) => kept)) {
      const own = this.ofSequence(row, without);
      if (isSuppressed(own)) return own;
      models.push(own.artefact);
    }
    if (models.length === 0) return suppressed('no-sequence', 'No sequence has a model, so there is nothing to fuse.');
    return { artefact: { kind: 'late-fusion', rule, models }, results: { rule, models: models.length } };
  }

  private ofSequence({ sequence, chosen, reason }: SequenceChoice, without: Folds): Figure<FitOutcome> {
    return chosen === null ? suppressed('no-figure', reason) : this.sequenceFits(sequence, without).fits.get(chosen.kind)!;
  }

  /** A column that predicts each row by the model without its fold. */
  private async byFold(federation: Federation, name: string, without: Folds, models: FoldModels): Promise<DerivedColumn> {
    const byFold = remainingFolds(this.plan, without).map((fold) => [fold, required(models(fold), name).artefact] as const);
    const model = await federation.publish(foldModelsValue({ kind: 'by-fold', models: new Map(byFold) }));
    const harmoniseByFold = byFold.flatMap(([fold]) => {
      const harmonisation = this.scopes.harmonisation(withFold(without, fold));
      return harmonisation === null ? [] : [{ fold, harmonise: harmonisation.spec }];
    });
    return { name, model, ...(harmoniseByFold.length > 0 ? { harmoniseByFold } : {}) };
  }
}

const readsSignature = (name: string): boolean => name === 'combined' || name === 'combined-in-sample';

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
