import { sequenceNameSchema } from '@consilium/federation';
import { z } from 'zod';
import { candidateSchema } from './model-kinds.js';
import { probability, selectSchema } from './select-schema.js';

/**
 * The seed study's pipeline in one section: sequences, their selection and candidate models, which sequences are kept, early and late fusion, the
 * Rad-Signature, clinical selection and the combined model. Every default is the seed study's choice.
 */

const columnName = z.string().min(1).max(200);
const pattern = z.string().min(1).max(200).describe('Columns of the sequence among the features; * stands for any text');

const sequenceSchema = z.strictObject({ name: sequenceNameSchema, match: pattern });

/** Simplest first: within one standard error of the best, the first of them is chosen. */
const candidatesSchema = z
  .array(candidateSchema)
  .min(1)
  .max(10)
  .default([
    { kind: 'logistic', penalty: { kind: 'l2-cross-validated', C: [0.01, 0.1, 1, 10] }, scale: 'global' },
    { kind: 'linear-svm', C: [0.01, 0.1, 1, 10], penalisedIntercept: false },
    { kind: 'random-forest', bins: 16, grid: [{ trees: 100 }] },
    { kind: 'extra-trees', bins: 16, grid: [{ trees: 100 }] },
    { kind: 'boosting', bins: 16, grid: [{ growth: 'depth-wise' }, { growth: 'leaf-wise' }], patience: 10 },
  ])
  .describe('Candidate models, simplest first');

export const pipelineSchema = z.strictObject({
  sequences: z
    .array(z.union([sequenceNameSchema, sequenceSchema]))
    .min(1)
    .max(20)
    .describe('Image sequences: a name, whose columns are NAME:* where it is extracted and NAME_* otherwise, or a name and a pattern'),
  select: selectSchema.prefault({}).describe('Selection within each sequence'),
  models: candidatesSchema,
  keep: z
    .strictObject({
      above: z.number().min(0).lt(1).default(0.5).describe('What the lower bound of the nested cross-validated AUC of a sequence has to exceed'),
      confidence: z.number().min(0.5).lt(1).default(0.95).describe('Confidence of the bound, one-sided'),
      sharedAmongSequences: z.boolean().default(true).describe('The confidence holds for all sequences together (Bonferroni), not for each'),
      standardErrors: z.number().min(0).max(5).nullable().default(null).describe('In place of the bound: by how many standard errors the AUC has to exceed it, as the folds spread'),
    })
    .prefault({}),
  fusion: z
    .strictObject({
      select: selectSchema.prefault({}).describe('Selection again, among the features that the kept sequences selected'),
      late: z.array(z.enum(['average', 'maximum'])).max(2).default(['average', 'maximum']),
    })
    .prefault({}),
  signature: z
    .array(z.enum(['cross-fitted', 'in-sample']))
    .min(1)
    .max(2)
    .default(['cross-fitted'])
    .describe('Which predictions of the Rad-Signature the combined model is fitted on; in-sample ones are optimistic'),
  clinical: z
    .strictObject({
      univariate: probability.nullable().default(0.05).describe('Variables whose univariate p is not below this are left out'),
      stepwise: z.enum(['both', 'backward', 'forward']).nullable().default('both').describe('Then stepwise by AIC among those that stay; null leaves it out'),
    })
    .prefault({}),
  volume: columnName.nullable().default(null).describe('The tumour volume: alone a model, and correlated with every selected feature'),
  vendor: columnName.nullable().default(null).describe('A category of the table by which patients are counted before anything is fitted'),
  repeats: z.int().min(1).max(100).default(1).describe('How often nested cross-validation is repeated, with folds dealt anew'),
  permute: z.int().min(0).max(1000).default(0).describe('How often it is repeated with permuted outcomes, for a p-value'),
});

export type SourcePipeline = z.infer<typeof pipelineSchema>;
export type Candidate = z.infer<typeof candidateSchema>;

/** The pipeline with every sequence's pattern written out. */
export interface PlanPipeline extends Omit<SourcePipeline, 'sequences'> {
  readonly sequences: z.infer<typeof sequenceSchema>[];
}

/** The name of a sequence's model: small letters, digits and hyphens. */
export const sequenceModel = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^([^a-z])/, 's$1').replace(/-+$/, '').slice(0, 40);

export const SIGNATURE = 'rad-signature';

/** Names of the models a pipeline makes, in the order of its report. */
export function pipelineModels(pipeline: Pick<PlanPipeline, 'sequences' | 'fusion' | 'signature' | 'volume'>, hasClinical: boolean): string[] {
  return [
    ...(hasClinical ? ['clinical-only'] : []),
    ...(pipeline.volume === null ? [] : ['volume-only']),
    ...pipeline.sequences.map(({ name }) => sequenceModel(name)),
    ...pipeline.fusion.late.map((rule) => `late-${rule}`),
    SIGNATURE,
    ...(hasClinical && pipeline.signature.includes('cross-fitted') ? ['combined'] : []),
    ...(hasClinical && pipeline.signature.includes('in-sample') ? ['combined-in-sample'] : []),
  ];
}

/** Columns of one sequence, for a plan whose own name for them is not given. */
export const sequencePattern = (name: string, extracted: boolean): string => (extracted ? `${name}:*` : `${name}_*`);
