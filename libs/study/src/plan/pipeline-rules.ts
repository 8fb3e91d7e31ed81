import { matchesPattern } from '@consilium/federation';
import { columnOf, levelsOf, type PlanDictionary } from './plan-dictionary.js';
import { pipelineModels, sequenceModel } from './pipeline-schema.js';
import type { PathProblem, PlanPath } from './plan-issues.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';
import { tunes } from './model-kinds.js';
import { featureColumns, resolvedPipeline } from './resolve-plan.js';
import { localLeaves } from './tree-rules.js';

const problem = (path: PlanPath, sentence: string): PathProblem => ({ path: ['pipeline', ...path], sentence });

/** A pipeline whose sequences have columns of their own, whose models have names of their own, and whose folds it can deal. */
export function pipelineRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const pipeline = resolvedPipeline(plan);
  if (pipeline === null) {
    return plan.models.length === 0 && !plan.privacy ? [{ path: ['models'], sentence: 'The plan fits nothing. Add models, or a pipeline.' }] : [];
  }
  const found: PathProblem[] = [];
  if (plan.features === null) found.push(problem([], 'A pipeline selects among features. Add features.'));
  if (plan.folds === null) found.push(problem([], 'A pipeline chooses by nested cross-validation. Add folds.'));
  else if (('column' in plan.folds ? plan.folds.count : plan.folds.dealt) < 4) found.push(problem([], 'Two folds are left out at a time, and those that remain cross-validate. Use at least four folds.'));
  if (pipeline.repeats > 1 && plan.folds !== null && 'column' in plan.folds) found.push(problem(['repeats'], 'Repeats deal the folds anew, and these stand in a column. Use folds: { dealt: 5 }, or one repeat.'));
  if (plan.harmonise && plan.models.length > 0) found.push(problem([], 'The pipeline and the models would be harmonised apart. Give the models in a plan of their own, or do not harmonise.'));
  const { vendor } = pipeline;
  if (vendor !== null && levelsOf(columnOf(dictionary, vendor)) === null && !plan.clinical.some((entry) => typeof entry === 'object' && entry.column === vendor && entry.levels !== null)) {
    found.push(problem(['vendor'], `${vendor} has no levels to count by. Give its codes in the dictionary.`));
  }
  found.push(...sequenceRules(plan, dictionary), ...nameRules(plan, dictionary), ...pipeline.models.flatMap((model, i) => localLeaves(plan.disclosure, ['pipeline', 'models', i], model)));
  if (pipeline.models.some((model, i) => pipeline.models.findIndex(({ kind }) => kind === model.kind) !== i)) {
    found.push(problem(['models'], 'One kind of model stands twice. Give each once, with a grid of its settings.'));
  }
  return found;
}

function sequenceRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const { sequences } = resolvedPipeline(plan)!;
  const columns = featureColumns(plan, dictionary);
  const extracted = new Set(plan.extract?.sequences.map(({ sequence }) => sequence));
  return sequences.flatMap(({ name, match }, i) => {
    if (sequences.findIndex((one) => sequenceModel(one.name) === sequenceModel(name)) !== i) return [problem(['sequences', i], `${name} is listed twice. List every sequence once.`)];
    if (extracted.has(name) && plan.features?.sequences?.includes(name)) return [];
    const own = columns.filter((column) => matchesPattern(match, column));
    if (own.length === 0) return [problem(['sequences', i], `No feature has the form ${match}. Add its features, or give its pattern as match.`)];
    const shared = sequences.slice(0, i).find((other) => own.some((column) => matchesPattern(other.match, column)));
    return shared === undefined ? [] : [problem(['sequences', i], `${name} and ${shared.name} have columns in common. Give patterns that part them.`)];
  });
}

function nameRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const names = pipelineModels(resolvedPipeline(plan)!, plan.clinical.length > 0);
  const columns = new Set([...featureColumns(plan, dictionary), ...plan.clinical.map((entry) => (typeof entry === 'string' ? entry : entry.column)), ...plan.models.map(({ name }) => name)]);
  const taken = names.find((name) => columns.has(name) || (dictionary !== null && columnOf(dictionary, name) !== undefined));
  return taken === undefined ? [] : [problem([], `${taken} is a model of the pipeline and also a column or another model. Give that another name.`)];
}

/** What a pipeline allows but its readers should know. */
export function pipelineWarnings({ pipeline, folds }: AnalysisPlan): string[] {
  if (!pipeline) return [];
  const count = folds === null ? 0 : 'column' in folds ? folds.count : folds.dealt;
  const scopes = 1 + count + (count * (count - 1)) / 2;
  return [
    ...(pipeline.signature.includes('in-sample') ? ['combined-in-sample is fitted on in-sample predictions of the Rad-Signature. It will look better on training rows than it is; combined is not.'] : []),
    ...(count > 5 && pipeline.models.some((model) => tunes(model)) ? [`With ${count} folds, ${scopes} trainings of every sequence are nested; 5 folds need 16.`] : []),
    ...(pipeline.volume === null ? ['Without a tumour volume nothing shows whether the signature is more than size. Name its column under pipeline.volume.'] : []),
  ];
}
