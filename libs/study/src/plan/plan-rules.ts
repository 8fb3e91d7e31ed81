import { agreementRules } from './agreement-rules.js';
import { extractionRules, extractionWarnings } from './extraction-rules.js';
import { tooManyForLasso } from './lasso-size.js';
import { type ModelInput, tunes } from './model-kinds.js';
import { perturbedRules } from './perturbed-rules.js';
import { pipelineRules, pipelineWarnings } from './pipeline-rules.js';
import { pipelineModels } from './pipeline-schema.js';
import { columnOf, levelsOf, type PlanDictionary } from './plan-dictionary.js';
import type { PathProblem, PlanPath } from './plan-issues.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';
import { privacyRules, privacyWarnings } from './privacy.js';
import { readerAgreementRules } from './reader-agreement.js';
import { predictionRules } from './prediction-rules.js';
import { clinicalVariable, dictionaryOf, featureColumns, isExtracted, isNumeric, resolvedPipeline } from './resolve-plan.js';
import { localLeaves } from './tree-rules.js';
import { secureAggregationRules, secureAggregationWarnings } from './secure-aggregation.js';

/** Which other settings the rules about a setting read. */
const readBy: Readonly<Record<string, readonly string[]>> = {
  quorum: ['sites'],
  secureAggregation: ['sites', 'cohort', 'evaluate', 'quorum', 'onDropOut'],
  cohort: ['sites'],
  features: ['dictionary', 'outcome', 'cohort', 'folds', 'extract'],
  clinical: ['dictionary', 'outcome', 'cohort', 'folds'],
  describe: ['dictionary'],
  select: ['features', 'folds'],
  pipeline: ['features', 'folds', 'clinical', 'models', 'extract', 'dictionary'],
  models: ['clinical', 'features', 'select', 'folds', 'outcome', 'cohort'],
  privacy: ['dictionary', 'outcome'],
  evaluate: ['models', 'pipeline', 'clinical', 'cohort', 'folds', 'sites'],
};

/**
 * What the schema cannot see: settings that contradict each other or the dictionary. `broken` names the top settings the schema refused:
 * a rule that reads one of them says nothing, so that one mistake is told once.
 */
export function planRules(source: SourcePlan, fileDictionary?: PlanDictionary, broken: ReadonlySet<string> = new Set()): PathProblem[] {
  const dictionary = dictionaryOf(source, fileDictionary);
  const found = [...siteRules(source), ...secureAggregationRules(source), ...columnRules(source, dictionary), ...modelRules(source), ...extractionRules(source), ...perturbedRules(source), ...readerAgreementRules(source.describe.agreement, dictionary), ...agreementRules(source), ...predictionRules(source, dictionary), ...methodRules(source), ...dictionaryRules(source, dictionary), ...pipelineRules(source, dictionary), ...privacyRules(source, dictionary)];
  return found.filter(({ path }) => !(readBy[String(path[0])] ?? []).some((setting) => broken.has(setting)));
}

const problem = (path: PlanPath, sentence: string): PathProblem => ({ path, sentence });

function siteRules(plan: SourcePlan): PathProblem[] {
  const found: PathProblem[] = [];
  const repeated = plan.sites.findIndex((site, i) => plan.sites.indexOf(site) !== i);
  if (repeated >= 0) found.push(problem(['sites', repeated], `${plan.sites[repeated]} is listed twice. List every site once.`));
  if (plan.quorum !== null && plan.quorum > plan.sites.length) {
    found.push(problem(['quorum'], `${plan.quorum} is not allowed. The plan has ${plan.sites.length} sites; use at most that.`));
  }
  for (const part of ['training', 'test'] as const) {
    for (const [i, site] of (plan.cohort[part]?.sites ?? []).entries()) {
      if (!plan.sites.includes(site)) found.push(problem(['cohort', part, 'sites', i], `${site} is not a site of this plan. Add it to sites, or take it out here.`));
    }
  }
  if (plan.evaluate.leaveOneSiteOut !== null && (plan.cohort.training.sites ?? plan.sites).length < 2) {
    found.push(problem(['evaluate', 'leaveOneSiteOut'], 'Leaving one site out needs at least two training sites. Add a site, or set null.'));
  }
  return found;
}

/** Columns that tell the outcome or the design, and so may not predict. */
function columnRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const reserved = new Map<string, string>([[plan.outcome.column, 'the outcome']]);
  if (plan.folds !== null && 'column' in plan.folds) reserved.set(plan.folds.column, 'the fold');
  for (const { column } of [...plan.cohort.include, ...plan.cohort.training.where, ...(plan.cohort.test?.where ?? [])]) {
    if (!plan.cohort.include.some((condition) => condition.column === column)) reserved.set(column, 'the division of the cohort');
  }
  const written: [PlanPath, string][] = [
    ...(plan.features?.columns ?? []).map((name, i): [PlanPath, string] => [['features', 'columns', i], name]),
    ...plan.clinical.map((entry, i): [PlanPath, string] => [['clinical', i], typeof entry === 'string' ? entry : entry.column]),
    ...plan.models.flatMap((model, m) =>
      model.inputs.flatMap((input, i) =>
        typeof input === 'object' && 'columns' in input ? input.columns.map((name, c): [PlanPath, string] => [['models', m, 'inputs', i, 'columns', c], name]) : [],
      ),
    ),
  ];
  return written.flatMap(([path, name]) => {
    const base = name.split('=')[0] ?? name;
    const use = reserved.get(base);
    if (use !== undefined) return [problem(path, `${name} is ${use} and cannot predict. Take it out here.`)];
    const role = columnOf(dictionary, base)?.role;
    if (role === 'post-baseline') return [problem(path, `${name} is known only after baseline and cannot predict. Use a column known at baseline.`)];
    if (role !== undefined && !['predictor', 'stratum'].includes(role)) return [problem(path, `The dictionary gives ${name} the role ${role}, so it cannot predict.`)];
    return [];
  });
}

function modelRules(plan: SourcePlan): PathProblem[] {
  const found: PathProblem[] = [];
  const earlier: string[] = [];
  for (const [m, model] of plan.models.entries()) {
    if (earlier.includes(model.name)) found.push(problem(['models', m, 'name'], `${model.name} names two models. Give each its own name.`));
    for (const [i, input] of model.inputs.entries()) found.push(...inputRules(plan, ['models', m, 'inputs', i], input, earlier));
    if (tunes(model) && plan.folds === null) {
      found.push(problem(['models', m, model.kind === 'logistic' ? 'penalty' : 'kind'], 'Cross-validation needs folds. Add folds, or give one value of each setting.'));
    }
    if (model.kind === 'logistic' && model.sites === 'intercepts' && model.penalty.kind !== 'none') found.push(problem(['models', m, 'sites'], 'Intercepts of sites go with an unpenalised model. Take penalty out, or sites.'));
    found.push(...localLeaves(plan.disclosure, ['models', m], model));
    earlier.push(model.name);
  }
  const pipeline = resolvedPipeline(plan);
  if (pipeline !== null) earlier.push(...pipelineModels(pipeline, plan.clinical.length > 0));
  const known = new Set(earlier);
  const lists: [PlanPath, readonly string[] | null][] = [
    [['evaluate', 'models'], plan.evaluate.models],
    [['evaluate', 'leaveOneSiteOut', 'models'], plan.evaluate.leaveOneSiteOut?.models ?? null],
  ];
  for (const [path, names] of lists) {
    for (const [i, name] of (names ?? []).entries()) {
      if (!known.has(name)) found.push(problem([...path, i], `There is no model ${name}. Models here: ${earlier.join(', ')}.`));
    }
  }
  return found;
}

function inputRules(plan: SourcePlan, path: PlanPath, input: ModelInput, earlier: readonly string[]): PathProblem[] {
  if (input === 'clinical') return plan.clinical.length === 0 ? [problem(path, 'The plan lists no clinical variables. Add clinical, or take this out.')] : [];
  if (input === 'features') return plan.features === null ? [problem(path, 'The plan lists no features. Add features, or take this out.')] : [];
  if (input === 'selected') return plan.select === null ? [problem(path, 'The plan selects no features. Add select, or use features.')] : [];
  if (!('prediction' in input)) return [];
  if (!earlier.includes(input.prediction)) return [problem([...path, 'prediction'], `${input.prediction} is not an earlier model. Put it before this one.`)];
  if ('fitting' in input && input.fitting === 'cross-fitted' && plan.folds === null) return [problem([...path, 'fitting'], 'Cross-fitted predictions need folds. Add folds, or use in-sample.')];
  return [];
}

/** Where nothing before the LASSO drops features, their number is known before a run. */
function lassoSize({ select, features, folds }: SourcePlan): PathProblem[] {
  if (!select?.lasso || select.test !== null || select.correlation !== null || select.agreement || folds === null) return [];
  const sentence = tooManyForLasso(features?.columns.length ?? 0, 'dealt' in folds ? folds.dealt : folds.count);
  return sentence === null ? [] : [problem(['select', 'lasso'], sentence)];
}

function methodRules(plan: SourcePlan): PathProblem[] {
  const found: PathProblem[] = [...harmoniseRules(plan)];
  if (plan.select !== null && plan.features === null) found.push(problem(['select'], 'There is nothing to select from. Add features.'));
  const lasso = plan.select?.lasso ?? null;
  if (lasso !== null && plan.folds === null) found.push(problem(['select', 'lasso'], 'The LASSO is chosen by cross-validation. Add folds.'));
  if (lasso !== null && lasso.lambda.min >= lasso.lambda.max) found.push(problem(['select', 'lasso', 'lambda', 'min'], `${lasso.lambda.min} is not below max. Use a number below ${lasso.lambda.max}.`));
  found.push(...lassoSize(plan));
  if (plan.select?.correlation?.rule === 'B' && plan.select.test === null) found.push(problem(['select', 'correlation', 'rule'], 'Rule B orders features by their p-value. Add a test, or use rule A, C or D.'));
  const rows = plan.evaluate.rows ?? [];
  for (const [i, name] of rows.entries()) {
    if (name === 'test' && plan.cohort.test === null) found.push(problem(['evaluate', 'rows', i], 'The plan has no test rows. Add cohort.test, or evaluate training.'));
  }
  found.push(...ascending(['evaluate', 'riskCategories'], plan.evaluate.riskCategories));
  for (const [i, { values, cuts }] of plan.evaluate.subgroups.entries()) {
    if (values !== null && cuts !== null) found.push(problem(['evaluate', 'subgroups', i], 'Give values or cuts, not both.'));
    found.push(...ascending(['evaluate', 'subgroups', i, 'cuts'], cuts ?? []));
  }
  for (const [i, threshold] of plan.evaluate.thresholds.entries()) {
    if (threshold.kind === 'youden' && plan.folds === null) found.push(problem(['evaluate', 'thresholds', i], 'A threshold from training rows needs cross-fitted predictions. Add folds, or fix the value.'));
  }
  return found;
}

function harmoniseRules({ harmonise, clinical, features, models, ownSiteScale }: SourcePlan): PathProblem[] {
  if (!harmonise) return [];
  const found: PathProblem[] = [];
  const variables = clinical.map((entry) => (typeof entry === 'string' ? entry : entry.column));
  for (const [i, column] of harmonise.covariates.entries()) {
    if (!variables.includes(column)) found.push(problem(['harmonise', 'covariates', i], `${column} is not a clinical variable of this plan. Add it to clinical, or take it out here.`));
  }
  const named = models.some(({ inputs }) => inputs.some((input) => typeof input === 'object' && 'columns' in input));
  if (features === null && !named) found.push(problem(['harmonise'], 'There is nothing to harmonise. Add features, or columns to a model.'));
  if (ownSiteScale) found.push(problem(['harmonise'], 'With ownSiteScale every site is on its own scale already. Use one of the two.'));
  return found;
}

/** Cuts that make groups ascend. */
function ascending(path: PlanPath, cuts: readonly number[]): PathProblem[] {
  const place = cuts.findIndex((cut, i) => i > 0 && cut <= cuts[i - 1]!);
  return place < 0 ? [] : [problem([...path, place], `${cuts[place]} is not above the number before it. List them in ascending order.`)];
}

function dictionaryRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  if (dictionary === null) {
    if ((plan.features?.prefixes.length ?? 0) === 0) return [];
    return [problem(['features', 'prefixes'], 'Prefixes need a dictionary that lists the columns. Add dictionary, or name the columns.')];
  }
  const found: PathProblem[] = [];
  const absent = (path: PlanPath, name: string): void => {
    if (columnOf(dictionary, name.split('=')[0]!) === undefined) found.push(problem(path, `${name} is not in the dictionary. Correct the name, or add the column there.`));
  };
  absent(['outcome', 'column'], plan.outcome.column);
  for (const [i, prefix] of (plan.features?.prefixes ?? []).entries()) {
    if (!Object.entries(dictionary.columns).some(([name, column]) => !name.endsWith('*') && name.startsWith(prefix) && isNumeric(column.type))) {
      found.push(problem(['features', 'prefixes', i], `No numeric column starts with ${prefix}. Correct the prefix.`));
    }
  }
  for (const [i, name] of (plan.features?.columns ?? []).entries()) if (!isExtracted(plan, name)) absent(['features', 'columns', i], name);
  for (const [i, entry] of plan.clinical.entries()) {
    const variable = clinicalVariable(entry, dictionary);
    absent(['clinical', i], variable.column);
    if (variable.levels !== null && !variable.levels.includes(variable.reference ?? '')) found.push(problem(['clinical', i, 'reference'], `${variable.reference} is not one of the levels.`));
    if (variable.levels === null && columnOf(dictionary, variable.column)?.type === 'category') found.push(problem(['clinical', i], `${variable.column} is a category. Give its levels here, or its codes in the dictionary.`));
  }
  for (const [i, { column, values, cuts }] of plan.evaluate.subgroups.entries()) {
    absent(['evaluate', 'subgroups', i, 'column'], column);
    const levels = values ?? cuts ?? levelsOf(columnOf(dictionary, column)) ?? plan.clinical.map((entry) => clinicalVariable(entry, dictionary)).find((variable) => variable.column === column)?.levels;
    if (levels === null || levels === undefined) found.push(problem(['evaluate', 'subgroups', i], `${column} has no levels in the dictionary. Give values or cuts.`));
  }
  for (const name of featureColumns(plan, dictionary)) {
    const role = columnOf(dictionary, name)?.role;
    if (role === 'post-baseline' && !plan.features?.columns.includes(name)) {
      found.push(problem(['features', 'prefixes'], `A prefix takes in ${name}, which is known only after baseline. List it under except.`));
    }
  }
  return found;
}

/** What the plan allows but its readers should know. */
export function planWarnings(plan: AnalysisPlan): string[] {
  const warnings: string[] = [];
  if (plan.dictionary === null) warnings.push('Without a dictionary, columns recorded after baseline cannot be told from predictors.');
  if (plan.onDropOut === 'survivors') {
    warnings.push('onDropOut: survivors lets a run go on without a site. Sums with and without that site differ by its own term, so the coordinator could work it out.');
  }
  if (plan.outcome.horizon !== null) {
    warnings.push(`The outcome is counted within ${plan.outcome.horizon}. A patient followed for less without the event is censored, not event-free; leave such rows out.`);
  }
  if (plan.disclosure === 'open-data') warnings.push('The profile open-data applies no minimum counts. Use it for public or simulated data only.');
  if (plan.evaluate.leaveOneSiteOut !== null) warnings.push('Leaving one site out lets the coordinator subtract: its sums with and without a site disclose that site\'s own sums.');
  warnings.push(...privacyWarnings(plan), ...secureAggregationWarnings(plan), ...extractionWarnings(plan), ...pipelineWarnings(plan));
  for (const model of plan.models) {
    if (model.kind === 'logistic' && model.sites === 'intercepts') warnings.push(`Model ${model.name} has an intercept for every site: with it the coordinator learns how many patients and events each site has, and the means of its inputs there.`);
  }
  const local = [...plan.models, ...(plan.pipeline?.models ?? [])].some(({ kind }) => kind === 'merged-trees');
  if (local) warnings.push('Merged trees are grown at single sites and leave them: their splits and leaves rest on the patients of one site, not on sums over sites.');
  for (const model of plan.models) {
    for (const input of model.inputs) {
      if (typeof input === 'object' && 'fitting' in input && input.fitting === 'in-sample') {
        warnings.push(`Model ${model.name} is fitted on in-sample predictions of ${input.prediction}. It will look better on training rows than it is.`);
      }
    }
  }
  if (!plan.privacy && (plan.evaluate.rows.includes('training') || plan.evaluate.rows.includes('all'))) warnings.push('Figures on training rows are apparent: the models have seen these patients.');
  return warnings;
}
