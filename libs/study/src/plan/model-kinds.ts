import { boostingSettings, forestSettings, mergeSettings, mergeWeights } from '@consilium/federation';
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

/** Penalties of a path and the rule that chooses among them, by federated cross-validation on training rows. */
const path = {
  lambda: z
    .strictObject({ count: z.int().min(2).max(200).default(30), ratio: z.number().gt(0).lt(1).default(0.01) })
    .prefault({})
    .describe('So many penalties from the smallest that empties the model down to this share of it'),
  choose: z.enum(['min', '1se']).default('min'),
};

const penaltySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('firth').describe("Jeffreys' prior: finite where the classes are separated") }),
  z.strictObject({ kind: z.literal('lasso'), ...path }),
  z.strictObject({ kind: z.literal('elastic-net'), mixing: z.number().gt(0).lt(1).default(0.5).describe("Share of the L1 penalty; glmnet's alpha"), ...path }),
  z.strictObject({ kind: z.literal('l2'), C: z.number().gt(0).describe("Inverse strength: minimises ½w'w + C Σ loss") }),
  z.strictObject({ kind: z.literal('l2-cross-validated'), C: z.array(z.number().gt(0)).min(2).max(50).describe('Chosen among these by federated cross-validation on training rows') }),
]);

const logisticSchema = z.strictObject({
  ...fitted,
  kind: z.literal('logistic').optional().default('logistic'),
  penalty: penaltySchema.default({ kind: 'none' }),
  scale: z.enum(['global', 'none']).default('global').describe('z-score by the mean and sd (ddof 0) of all training rows, or inputs as they are'),
  sites: z.enum(['none', 'intercepts']).optional().describe('An intercept for every training site, without a penalty alone; a patient is predicted with their mean, each site counting for its patients. None when absent'),
});

const strengths = z.array(z.number().gt(0)).min(1).max(50);

const linearSvmSchema = z.strictObject({
  ...fitted,
  kind: z.literal('linear-svm'),
  C: strengths.default([0.01, 0.1, 1, 10]).describe('Chosen among these by federated cross-validation: ½w\'w + C Σ max(0, 1 - sf)²'),
  penalisedIntercept: z.boolean().default(false).describe("Adds ½b², as scikit-learn's LinearSVC"),
});

const rbfSvmSchema = z.strictObject({
  ...fitted,
  kind: z.literal('rbf-svm'),
  C: strengths.default([0.1, 1, 10]),
  gamma: z.array(z.union([z.number().gt(0), z.literal('scale')])).min(1).max(20).default(['scale']).describe('Kernel widths; scale is 1 / number of inputs'),
  components: z.int().min(2).max(5000).multipleOf(2).default(1000).describe('Random Fourier features in place of the kernel'),
});

const bins = z.int().min(2).max(32).describe('Of each input, at common cut points');
const settings = <S extends z.ZodType>(schema: S) => z.array(schema).min(1).max(50);

const forest = {
  ...fitted,
  bins: bins.default(16),
  grid: settings(forestSettings.omit({ seed: true })).default([{}]).describe('Settings; several are chosen among by federated cross-validation of the Brier score'),
};
const randomForestSchema = z.strictObject({ ...forest, kind: z.literal('random-forest') });
const extraTreesSchema = z.strictObject({ ...forest, kind: z.literal('extra-trees') });

const boostingSchema = z.strictObject({
  ...fitted,
  kind: z.literal('boosting'),
  bins: bins.default(32),
  grid: settings(boostingSettings.omit({ seed: true })).default([{}]).describe('Settings, chosen among by federated cross-validation of the log-loss, as is the number of trees: trees is the most that are grown'),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(20)
    .describe('A setting ends when so many trees have not made its cross-validated log-loss smaller; null grows them all, and one setting is then not cross-validated'),
});

const mergedTreesSchema = z.strictObject({
  ...fitted,
  kind: z.literal('merged-trees'),
  bins: bins.default(32),
  grow: mergeSettings.prefault({ kind: 'random-forest' }).describe('What every site grows on its own patients'),
  weights: mergeWeights.default('patients').describe("What each site's trees count for; auc-elsewhere: by how they discriminate at the other sites"),
});

const lateFusionSchema = z.strictObject({
  name: modelName,
  kind: z.literal('late-fusion'),
  inputs: z.array(z.strictObject({ prediction: earlierModel })).min(2),
  rule: z.enum(['average', 'maximum']).default('average').describe('Of the probabilities that a patient has'),
});

/** One model of a plan; a kind is added by its schema here. */
export const modelSchema = z.discriminatedUnion('kind', [logisticSchema, linearSvmSchema, rbfSvmSchema, randomForestSchema, extraTreesSchema, boostingSchema, mergedTreesSchema, lateFusionSchema]);

/** A candidate of a pipeline: a fitted kind without name and inputs, which the pipeline gives it. One line a kind. */
export const candidateSchema = z.discriminatedUnion('kind', [
  logisticSchema.omit({ name: true, inputs: true }),
  linearSvmSchema.omit({ name: true, inputs: true }),
  rbfSvmSchema.omit({ name: true, inputs: true }),
  randomForestSchema.omit({ name: true, inputs: true }),
  extraTreesSchema.omit({ name: true, inputs: true }),
  boostingSchema.omit({ name: true, inputs: true }),
  mergedTreesSchema.omit({ name: true, inputs: true }),
]);

export type PlanModel = z.infer<typeof modelSchema>;
export type PlanModelOf<K extends PlanModel['kind']> = Extract<PlanModel, { kind: K }>;
export type ModelInput = z.infer<typeof inputSchema> | PlanModelOf<'late-fusion'>['inputs'][number];

/** Whether a model chooses settings by cross-validation, and so needs folds. */
export function tunes(model: PlanModel | z.infer<typeof candidateSchema>): boolean {
  if (model.kind === 'logistic') return ['l2-cross-validated', 'lasso', 'elastic-net'].includes(model.penalty.kind);
  if (model.kind === 'random-forest' || model.kind === 'extra-trees') return model.grid.length > 1;
  if (model.kind === 'boosting') return model.grid.length > 1 || model.patience !== null;
  if (model.kind === 'merged-trees') return false;
  return model.kind === 'linear-svm' || model.kind === 'rbf-svm';
}

/** A model's inputs, of whatever kind it is. */
export const inputsOf = (model: PlanModel): readonly ModelInput[] => model.inputs;
