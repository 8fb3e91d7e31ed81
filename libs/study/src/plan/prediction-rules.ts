import type { PathProblem } from './plan-issues.js';
import type { SourcePlan } from './plan-schema.js';
import { columnOf, type PlanDictionary } from './plan-dictionary.js';

type Model = SourcePlan['models'][number];

/**
 * A prediction is a column named like its model. It may be no column of the tables, and where a model reads it by two ways, both must predict
 * it alike: one column cannot be cross-fitted and in-sample at once.
 */
export function predictionRules({ models, ...plan }: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const found: PathProblem[] = [];
  const columns = new Set(columnsOf({ models, ...plan }));
  for (const [m, model] of models.entries()) {
    if (columns.has(model.name) || (dictionary !== null && columnOf(dictionary, model.name) !== undefined)) {
      found.push({ path: ['models', m, 'name'], sentence: `${model.name} is also a column. Give the model another name.` });
    }
    const clash = clashingPrediction(models, model);
    if (clash !== undefined) {
      const sentence = `${model.name} reads ${clash.model} both cross-fitted and in-sample. Use one fitting for both inputs.`;
      found.push({ path: ['models', m, 'inputs', clash.input], sentence });
    }
  }
  return found;
}

/** The first input that brings a model's prediction in another fitting than an input before it. */
function clashingPrediction(models: readonly Model[], { inputs }: Model): { model: string; input: number } | undefined {
  const fittings = new Map<string, string>();
  for (const [input, one] of inputs.entries()) {
    if (typeof one !== 'object' || !('prediction' in one)) continue;
    const fitting = 'fitting' in one ? one.fitting : 'in-sample';
    for (const model of readBy(models, one.prediction)) {
      if ((fittings.get(model) ?? fitting) !== fitting) return { model, input };
      fittings.set(model, fitting);
    }
  }
  return undefined;
}

/** A model and those whose predictions it needs. Only earlier models count, so a circle, which is another mistake, ends. */
function readBy(models: readonly Model[], name: string): string[] {
  const place = models.findIndex((model) => model.name === name);
  const earlier = models.slice(0, Math.max(place, 0));
  const inputs = models[place]?.inputs ?? [];
  return [name, ...inputs.flatMap((input) => (typeof input === 'object' && 'prediction' in input ? readBy(earlier, input.prediction) : []))];
}

function columnsOf({ models, features, clinical, outcome, folds, cohort }: SourcePlan): string[] {
  const conditions = [...cohort.include, ...cohort.training.where, ...(cohort.test?.where ?? [])];
  const named = models.flatMap(({ inputs }) => inputs.flatMap((input) => (typeof input === 'object' && 'columns' in input ? input.columns : [])));
  return [
    outcome.column,
    ...(features?.columns ?? []),
    ...clinical.map((entry) => (typeof entry === 'string' ? entry : entry.column)),
    ...named,
    ...conditions.map(({ column }) => column),
    ...(folds !== null && 'column' in folds ? [folds.column] : []),
  ];
}
