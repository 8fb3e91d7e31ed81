import { z } from 'zod';

/**
 * The kinds of models a plan may name: one schema a kind, with every setting and its default. The fitter of each stands under the same name
 * in `run/model-fitters.ts`.
 */

const columnName = z.string().min(1).max(200);
export const modelName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

const earlierModel = modelName.describe('An earlier model, whose predicted probability is an input');

export const inputSchema = z.union([
  z.enum(['clinical', 'selected', 'features']),
  z.strictObject({ columns: z.array(columnName).min(1) }),
  z.strictObject({
    prediction: earlierModel,
    fitting: z.enum(['cross-fitted', 'in-sample']).default('cross-fitted').describe('In-sample predictions overstate the earlier model'),
  }),
]);

/** What every fitted model has. */
const fitted = { name: modelName, inputs: z.array(inputSchema).min(1) };

const penaltySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('l2'), C: z.number().gt(0).describe("Inverse strength: minimises ½w'w + C Σ loss") }),
  z.strictObject({ kind: z.literal('l2-cross-validated'), C: z.array(z.number().gt(0)).min(2).max(50).describe('Chosen among these by federated cross-validation on training rows') }),
]);

const logisticSchema = z.strictObject({
  ...fitted,
  kind: z.literal('logistic').optional().default('logistic'),
  penalty: penaltySchema.default({ kind: 'none' }),
  scale: z.enum(['global', 'none']).default('global').describe('z-score by the mean and sd (ddof 0) of all training rows, or inputs as they are'),
});

const lateFusionSchema = z.strictObject({
  name: modelName,
  kind: z.literal('late-fusion'),
  inputs: z.array(z.strictObject({ prediction: earlierModel })).min(2),
  rule: z.enum(['average', 'maximum']).default('average').describe('Of the probabilities that a patient has'),
});

/** One model of a plan; a kind is added by its schema here. */
export const modelSchema = z.discriminatedUnion('kind', [logisticSchema, lateFusionSchema]);

/** A candidate of a pipeline: a fitted kind without name and inputs, which the pipeline gives it. One line a kind. */
export const candidateSchema = z.discriminatedUnion('kind', [logisticSchema.omit({ name: true, inputs: true })]);

export type PlanModel = z.infer<typeof modelSchema>;
export type PlanModelOf<K extends PlanModel['kind']> = Extract<PlanModel, { kind: K }>;
export type ModelInput = z.infer<typeof inputSchema> | PlanModelOf<'late-fusion'>['inputs'][number];

/** Whether a model chooses settings by cross-validation, and so needs folds. */
export function tunes(model: PlanModel | z.infer<typeof candidateSchema>): boolean {
  return model.kind === 'logistic' && model.penalty.kind === 'l2-cross-validated';
}

/** A model's inputs, of whatever kind it is. */
export const inputsOf = (model: PlanModel): readonly ModelInput[] => model.inputs;
