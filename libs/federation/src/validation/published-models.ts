import { type ModelArtefact, modelValue, parseModel } from '@consilium/learning';
import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { viewOf, type MethodParameters } from '../federated-method.js';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';

/** A model as it is published. */
export const modelSchema = z.unknown().transform((value, context): ModelArtefact => {
  const model = parseModel(value as Value);
  if (model === null) context.addIssue({ code: 'custom', message: 'This is not a model of a known kind.' });
  return model!;
});

/** Models by name. */
export const modelsSchema = z.record(z.string(), modelSchema).default({});

/** The view that a method's parameters describe, with the predictions of models among its columns. */
export async function viewOfModels(federation: Federation, base: MethodParameters, models: Readonly<Record<string, ModelArtefact>>): Promise<ViewSpec> {
  const derived = [];
  for (const [name, model] of Object.entries(models)) derived.push({ name, model: await federation.publish(modelValue(model)) });
  return { ...viewOf(base), ...(derived.length > 0 ? { derived } : {}) };
}
