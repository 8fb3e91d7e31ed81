import { z } from 'zod';

export const probability = z.number().gt(0).lt(1);

/** Steps of a selection among candidate features; null leaves one out. */
export const selectSchema = z.strictObject({
  test: z.strictObject({ kind: z.enum(['student', 'welch']).default('student'), alpha: probability.default(0.05) }).nullable().default({ kind: 'student', alpha: 0.05 }),
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
    })
    .nullable()
    .prefault({}),
});

export type SelectOptions = z.infer<typeof selectSchema>;
