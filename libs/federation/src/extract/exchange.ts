import { digestSchema, PRODUCT_VERSION } from '@consilium/protocol';
import { z } from 'zod';
import { orSuppressed } from '../disclosure.js';
import type { GatherStep } from '../step.js';

/** What turns images into features in this release. Features of another one are other features. */
export const extractionEngine = `consilium-radiomics ${PRODUCT_VERSION}`;

/** Grey levels below which texture says little of a region. */
export const FEW_GREY_LEVELS = 8;

export const sequenceNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/);

/** How intensities are brought to a scale that images share: by mean and deviation of head or body, or by landmarks of all training images. */
export const intensitySchema = z.enum(['z-score', 'nyul']);
export type Intensity = z.infer<typeof intensitySchema>;

const sequenceRequestSchema = z.strictObject({
  sequence: sequenceNameSchema,
  /** Text of a pyradiomics parameter file. */
  settings: z.string().max(200_000),
  intensity: intensitySchema.optional(),
  /** Of what makes features of voxels; see extractionDigest. */
  digest: digestSchema,
});

export type ExtractionParameters = { readonly engine: string; readonly sequences: readonly z.infer<typeof sequenceRequestSchema>[] };

const count = orSuppressed(z.int().nonnegative());
const kindSchema = z.string().regex(/^[a-z0-9-]{1,40}$/);

const sequenceAnswerSchema = z.strictObject({
  sequence: sequenceNameSchema,
  /** Of the settings, normalisation and scale that were used. */
  digest: digestSchema,
  /** In the order of extraction, without the sequence. Empty where no patient could be measured. */
  names: z.array(z.string().min(1).max(200)).max(50_000),
  counts: z.strictObject({
    patients: count,
    extracted: count,
    /** Patients without features, by the kind of the reason. */
    refused: z.record(kindSchema, count),
    /** Patients with fewer than FEW_GREY_LEVELS grey levels in the unfiltered image, and those whose levels were counted. */
    fewGreyLevels: count,
    levelsCounted: count,
  }),
});

const extractionAnswerSchema = z.strictObject({ engine: z.string().max(80), sequences: z.array(sequenceAnswerSchema).max(100) });

export type ExtractionAnswer = z.infer<typeof extractionAnswerSchema>;
export type SequenceAnswer = z.infer<typeof sequenceAnswerSchema>;

/**
 * Features of every patient's region of interest, made and kept at the site. What leaves is what was done: engine, settings, names of features and
 * counts of patients. Only an application that reads images has the site half.
 */
export const extractFeatures: GatherStep<ExtractionParameters, ExtractionAnswer> = {
  name: 'extract/features',
  version: 1,
  kind: 'gather',
  parameters: z.strictObject({ engine: z.string().max(80), sequences: z.array(sequenceRequestSchema).min(1).max(100) }),
  contribution: extractionAnswerSchema,
  disclosure: {
    kind: 'per-site',
    limits: ['patients', 'cells'],
    together: [['patients', 'extracted'], ['fewGreyLevels', 'levelsCounted']],
  },
};
