import { z } from 'zod';

const columnName = z.string().min(1).max(200);

const countedSchema = z.strictObject({
  column: columnName,
  levels: z.array(z.union([z.string().min(1), z.number()])).min(1).max(50).describe('Values that are counted; a patient of another one is counted nowhere'),
});

const boundedSchema = z.strictObject({
  column: columnName,
  low: z.number().min(-1e9).max(1e9).describe('Values below are drawn to it. From what is known before, never from the patients'),
  high: z.number().min(-1e9).max(1e9).describe('Values above are drawn to it'),
});

/** What a plan of differential privacy asks, and how well each patient is hidden in all of it together. */
export const privacySchema = z.strictObject({
  epsilon: z.number().min(0.1).max(20).describe('How far all answers of the plan together may tell whether a patient was another one; 1 is strong, 8 is weak'),
  delta: z.number().min(1e-12).max(1e-3).default(1e-5).describe('Chance with which they may tell more; well below one over the number of patients'),
  counts: z.array(countedSchema).max(20).default([]),
  logistic: z
    .strictObject({
      penalty: z.number().min(0.001).max(10).default(0.05).describe('λ of the L2-regularised logistic regression; the larger, the less noise and the smaller the coefficients'),
      features: z.array(boundedSchema).min(1).max(20),
    })
    .nullable()
    .default(null),
});

export type PrivacyOptions = z.infer<typeof privacySchema>;
export type BoundedFeature = z.infer<typeof boundedSchema>;
