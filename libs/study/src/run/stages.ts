import type { Federation } from '@consilium/federation';
import { ConsiliumError, planErrors } from '@consilium/protocol';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { describeStage } from './describe-stage.js';
import { evaluateStage } from './evaluate-stage.js';
import type { ExecuteOptions } from './execute-plan.js';
import { type ExplainedModels, explainStage } from './explain-stage.js';
import { extractStage } from './extract-stage.js';
import { figureOf } from './figure-of.js';
import { harmoniseStage, ownScaleStage } from './harmonise-stage.js';
import { intensitySummaries, type IntensitySummary } from './intensity-summaries.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import { selectResults, trainResults } from './train-results.js';
import { pipelineStage, signatureSites } from './pipeline/pipeline-stage.js';
import { privateStages } from './private-stage.js';
import { modelsOf, PlanTraining } from './plan-training.js';
import { rowsOf, sitesOf } from './views.js';

/** The plan's stages in their order. Figures that a rule forbids are suppressed where they are made. */
export async function runStages(federation: Federation, plan: AnalysisPlan, options: ExecuteOptions): Promise<Record<string, Figure<StageResults>>> {
  if (plan.privacy) {
    options.onStage?.('private', 0, 1);
    return privateStages(federation, plan, plan.privacy);
  }
  const names = [...(plan.extract ? ['extract'] : []), 'describe', 'select and train', ...(plan.pipeline ? ['pipeline'] : []), 'evaluate'];
  const stage = (name: string) => options.onStage?.(name, names.indexOf(name), names.length);
  if (plan.extract) stage('extract');
  const extraction = plan.extract ? await extractStage(federation, plan, plan.extract) : null;
  const full = extraction === null ? plan : extraction.plan;
  stage('describe');
  const describe = await figureOf(() => describeStage(federation, full));
  stage('select and train');
  const training = await trainOn(federation, full);
  if (training.pipeline !== null) stage('pipeline');
  const pipeline = training.pipeline === null ? null : await figureOf(() => pipelineStage(federation, full, training.pipeline!));
  stage('evaluate');
  const [evaluate, explain, harmonise, siteDiscrimination, intensities] = (await federation.inParallel<unknown>([
    (branch) => figureOf(() => evaluateStage(branch, full, training)),
    (branch) => figureOf(() => explainStage(branch, full, explainedModels(full, training))),
    (branch) => (full.harmonise ? figureOf(() => harmoniseStage(branch, full, training)) : full.ownSiteScale ? figureOf(() => ownScaleStage(branch, full, training)) : Promise.resolve(null)),
    // Where the plan harmonises, its stage tells this before and after.
    (branch) => (training.pipeline === null || full.harmonise || full.ownSiteScale ? Promise.resolve(null) : figureOf(() => signatureSites(branch, full, training.pipeline!))),
    (branch) => intensitySummaries(branch, full),
  ])) as [Figure<StageResults>, Figure<StageResults>, Figure<StageResults> | null, Figure<unknown>, readonly IntensitySummary[] | null];
  return {
    ...(extraction === null ? {} : { extract: { ...extraction.results, ...(intensities === null ? {} : { intensities }) } }),
    describe,
    ...(harmonise === null ? {} : { harmonise }),
    ...(pipeline === null ? {} : { pipeline: isSuppressed(pipeline) ? pipeline : { ...pipeline, siteDiscrimination } }),
    select: selectResults(training.models),
    train: trainResults(full, training.models),
    evaluate,
    explain,
  };
}

async function trainOn(federation: Federation, plan: AnalysisPlan): Promise<PlanTraining> {
  const rows = rowsOf(plan, 'training');
  if (!rows.sites.some((site) => federation.sites.includes(site))) throw new ConsiliumError(planErrors.noTrainingSite);
  const crossFitted = plan.evaluate.thresholds.some(({ kind }) => kind === 'youden');
  return PlanTraining.run(sitesOf(federation, rows), plan, { rows, models: modelsOf(plan), crossFitted });
}

/** The models that have a result, each with the predictions it reads, and the features selected on all training rows. */
function explainedModels(plan: AnalysisPlan, training: PlanTraining): ExplainedModels {
  const models = modelsOf(plan).flatMap((name) => {
    const fitted = training.model(name);
    return isSuppressed(fitted) ? [] : [{ name, artefact: fitted.artefact, derived: training.predictions([name]) }];
  });
  const selection = training.selection;
  return { models, selected: selection === null || isSuppressed(selection) ? [] : selection.selected, fill: training.missing?.fill, harmonise: training.harmonisation?.spec };
}
