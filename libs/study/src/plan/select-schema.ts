import { sequenceNameSchema } from '@consilium/federation';
import { z } from 'zod';

export const probability = z.number().gt(0).lt(1);

/** Steps of a selection among candidate features; null leaves one out. */
export const selectSchema = z.strictObject({
  agreement: z
    .strictObject({
      suffixes: z.array(z.string().min(1)).min(1).max(19).optional().describe('Of the columns of further readings or segmentations: feature_2 is that of feature with _2'),
      sequences: z
        .array(z.strictObject({ sequence: sequenceNameSchema, again: z.array(sequenceNameSchema).min(1).max(19).describe('The sequences of further readings or segmentations: T1-second:feature is that of T1:feature') }))
        .min(1)
        .max(20)
        .optional()
        .describe('Sequences that were read again, in columns or, where they are extracted, in images and masks under a name of their own'),
      kind: z.enum(['absolute', 'consistency']).default('absolute').describe('ICC(2,1) or ICC(3,1)'),
      atLeast: probability.default(0.75),
    })
    .nullable()
    .optional()
    .describe('Keeps features whose repeated readings agree, over training patients who have all of them; features that were read once stay'),
  perturbed: z
    .strictObject({
      tables: z
        .array(
          z.strictObject({
            sequence: z.string().min(1).max(60).optional().describe('Of whose features NAME:* or NAME_* the table tells; of features by their own names when absent'),
            icc: z.string().min(1).max(400_000).describe('What consilium extract --perturb wrote (feature, icc): its name beside the plan, or its text'),
          }),
        )
        .min(1)
        .max(100),
      atLeast: probability.default(0.75),
    })
    .nullable()
    .optional()
    .describe('Keeps features that small changes of image and mask leave as they are; those that no table is about stay'),
  test: z.strictObject({ kind: z.enum(['student', 'welch', 'mann-whitney']).default('student'), alpha: probability.default(0.05) }).nullable().default({ kind: 'student', alpha: 0.05 }),
  correlation: z
    .strictObject({ rule: z.enum(['A', 'B', 'C', 'D']).default('B'), threshold: probability.default(0.9) })
    .nullable()
    .default({ rule: 'B', threshold: 0.9 }),
  lasso: z
    .strictObject({
      lambda: z
        .strictObject({ max: z.number().gt(0).default(1), min: z.number().gt(0).default(0.001), count: z.int().min(2).max(500).default(50) })
        .prefault({}),
      choose: z.enum(['min', '1se']).default('min'),
      scaler: z.enum(['per-fold', 'once']).default('per-fold').describe('Standardise in every training fold, or once on all training rows'),
      family: z.enum(['linear', 'logistic']).optional().describe('Squared error when absent, or the deviance of a logistic model'),
      mixing: z.number().gt(0).max(1).optional().describe('Of a logistic elastic net: the share of the L1 penalty'),
    })
    .nullable()
    .prefault({}),
  stepwise: z
    .strictObject({ direction: z.enum(['backward', 'forward', 'both']).default('both'), criterion: z.enum(['aic', 'bic']).default('aic') })
    .nullable()
    .optional()
    .describe('Stepwise logistic regression among the features that are left'),
});

export type SelectOptions = z.infer<typeof selectSchema>;
