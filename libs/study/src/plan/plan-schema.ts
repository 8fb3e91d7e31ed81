import { type AskedSequence, intensitySchema, sequenceNameSchema } from '@consilium/federation';
import { disclosureProfileSchema, siteNameSchema } from '@consilium/protocol';
import { z } from 'zod';
import { modelName, modelSchema } from './model-kinds.js';
import { pipelineSchema, type PlanPipeline } from './pipeline-schema.js';
import { planDictionarySchema } from './plan-dictionary.js';
import { privacySchema } from './privacy-schema.js';
import { readerAgreementSchema } from './reader-agreement.js';
import { probability, selectSchema } from './select-schema.js';

/**
 * The analysis plan as people write it. Every setting has its default here, so the parsed plan says everything; `resolvePlan` then writes
 * out what the dictionary implies (prefixes, levels), and the canonical text of that is what is hashed, approved and executed.
 */

const columnName = z.string().min(1).max(200);

const conditionSchema = z.strictObject({
  column: columnName,
  oneOf: z.array(z.union([z.string(), z.number()])).min(1),
  negate: z.boolean().optional().describe('Rows that do not have one of the values'),
});

const cohortPartSchema = z.strictObject({
  where: z.array(conditionSchema).default([]).describe('Conditions a row meets, all of them'),
  sites: z.array(siteNameSchema).min(1).nullable().default(null).describe('Only these sites; all sites of the plan when absent'),
});

const clinicalSchema = z.strictObject({
  column: columnName,
  levels: z.array(z.string().min(1)).min(2).nullable().default(null).describe('Levels of a category; absent for a number'),
  reference: z.string().nullable().default(null).describe('The level without an indicator; the first one when absent'),
});

const thresholdSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), value: probability }),
  z.strictObject({ kind: z.literal('youden').describe('From cross-fitted predictions of the training rows, one for all sites') }),
]);

const metaSchema = z.strictObject({
  method: z.enum(['REML', 'DL', 'PM', 'fixed']).default('REML'),
  interval: z.enum(['hartung-knapp', 'modified-hartung-knapp', 'wald']).default('hartung-knapp'),
  prediction: z.enum(['k-1', 'k-2']).default('k-1').describe('Degrees of freedom of the prediction interval'),
  level: probability.default(0.95),
});

const extractSchema = z.strictObject({
  sequences: z
    .array(
      z.strictObject({
        sequence: sequenceNameSchema.describe('As the sites name it in their image folders'),
        settings: z.string().min(1).max(200_000).describe('A pyradiomics parameter file: its name beside the plan, or its text'),
        intensity: z.enum(['none', ...intensitySchema.options]).optional().describe('Intensities on a scale of head or body: by mean and deviation of each image (z-score), or by landmarks of all training images (nyul); none when absent'),
        mayLack: z.boolean().optional().describe('Patients without it stay in the run and are left out of what needs it: true of a pipeline\'s sequences and of further readings when absent, false of others'),
      }),
    )
    .min(1)
    .max(100),
});

const harmoniseSchema = z.strictObject({
  method: z.literal('combat').default('combat'),
  batch: columnName.nullable().default(null).describe('Column of the scanner within each site; the sites are the batches when absent'),
  covariates: z.array(columnName).default([]).describe('Clinical variables whose effects are kept'),
  empiricalBayes: z.boolean().default(true).describe('Effects of a batch are shrunk towards those of its other features'),
  meanOnly: z.boolean().default(false).describe('Shifts features and never rescales them'),
  leastPatients: z.int().min(2).default(5).describe('Batches with fewer training rows are left as they are'),
  adapted: z.boolean().default(false).describe('Validates once more with effects estimated from the evaluated rows, labelled as adapted'),
});

const rowSetSchema = z.enum(['test', 'training', 'all']);

const subgroupSchema = z.strictObject({
  column: columnName,
  values: z.array(z.union([z.string(), z.number()])).min(1).max(30).nullable().default(null).describe('One group a value; the levels of a category when absent'),
  cuts: z.array(z.number()).min(1).max(9).nullable().default(null).describe('Groups of a number: below, between and above these'),
});

const evaluateSchema = z.strictObject({
  rows: z.array(rowSetSchema).min(1).nullable().default(null).describe('Test rows when absent, or training rows where the plan has no test rows'),
  models: z.array(modelName).min(1).nullable().default(null).describe('All models when absent'),
  thresholds: z.array(thresholdSchema).max(10).default([{ kind: 'fixed', value: 0.5 }]),
  decisionThresholds: z.array(probability).max(99).default([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
  riskCategories: z.array(probability).max(9).default([0.3, 0.6]).describe('Thresholds between the categories of the category NRI'),
  bootstrap: z.int().min(50).max(1000).default(200).describe('Replicates behind the intervals of net benefit'),
  subgroups: z.array(subgroupSchema).max(20).default([]).describe('Columns that divide patients into groups with figures of their own'),
  metaAnalysis: metaSchema.prefault({}),
  leaveOneSiteOut: z
    .strictObject({ rows: z.enum(['all', 'training']).default('all'), models: z.array(modelName).min(1).nullable().default(null) })
    .nullable()
    .default(null)
    .describe('Repeats select and train without each site and validates there'),
});

export const planSchema = z.strictObject({
  consilium: z.literal(1).describe('Version of the plan format'),
  title: z.string().min(1).max(200),
  version: z.int().min(1),
  study: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
  sites: z.array(siteNameSchema).min(1).max(1000),
  disclosure: disclosureProfileSchema.default('standard'),
  secureAggregation: z
    .enum(['required', 'when-possible', 'off'])
    .default('when-possible')
    .describe('Sums under masks: the coordinator learns sums and no site\'s term. When possible: whenever the plan has three sites'),
  privacy: privacySchema.nullable().optional().describe('Differential privacy: the plan gives these answers, with noise, and no others'),
  methods: z.string().regex(/^[0-9a-f]{64}$/).nullable().optional().describe('The digest of the steps of one release, as plan check prints it: sites of another release refuse the plan'),
  seed: z.string().min(1).max(200),
  quorum: z.int().min(1).nullable().default(null).describe('The fewest sites with which a run may go on; all when absent'),
  deadline: z
    .string()
    .regex(/^[1-9]\d{0,3} (minute|hour|day)s?$/)
    .default('7 days')
    .describe('How long a round waits before the run pauses, for example 12 hours'),
  onDropOut: z.enum(['fail', 'survivors']).default('fail'),
  dictionary: z.union([z.string().min(1), planDictionarySchema]).nullable().default(null).describe('A data dictionary, or the file that holds it'),
  outcome: z.strictObject({
    column: columnName,
    type: z.enum(['binary']),
    event: z.union([z.number(), z.string()]).default(1).describe('The value that is the event'),
    horizon: z.string().min(1).max(100).nullable().default(null).describe('For a follow-up outcome: the time within which the event counts'),
  }),
  cohort: z.strictObject({
    include: z.array(conditionSchema).default([]),
    training: cohortPartSchema.prefault({}),
    test: cohortPartSchema.nullable().default(null),
  }).prefault({}),
  extract: extractSchema.nullable().optional().describe('Features that every site extracts from its own images before anything else'),
  features: z
    .strictObject({
      columns: z.array(columnName).default([]),
      prefixes: z.array(z.string().min(1)).default([]).describe('All numeric columns of the dictionary that start with one of these'),
      except: z.array(columnName).default([]),
      sequences: z.array(sequenceNameSchema).min(1).optional().describe('All features extracted from these sequences'),
    })
    .nullable()
    .default(null),
  clinical: z.array(z.union([columnName, clinicalSchema])).default([]),
  folds: z
    .union([z.strictObject({ column: columnName, count: z.int().min(2).max(50).default(10) }), z.strictObject({ dealt: z.int().min(2).max(50) })])
    .nullable()
    .default(null),
  missing: z
    .strictObject({
      features: z.enum(['mean', 'complete-case']).default('mean'),
      clinical: z.enum(['mean', 'complete-case']).default('complete-case'),
      dropAbove: z.number().min(0).lt(1).default(0.05).describe('A feature undefined in a larger share of training patients is dropped'),
    })
    .prefault({}),
  harmonise: harmoniseSchema.nullable().optional().describe('Features are harmonised over sites or scanners, by training rows'),
  ownSiteScale: z.boolean().default(false).describe("Every site first z-scores all numbers by its own training rows"),
  describe: z.strictObject({ columns: z.array(columnName).nullable().default(null), agreement: readerAgreementSchema.nullable().optional() }).prefault({}),
  select: selectSchema.nullable().default(null),
  models: z.array(modelSchema).max(50).default([]),
  pipeline: pipelineSchema.nullable().optional().describe('The seed study\'s pipeline over image sequences: selection, fusion, Rad-Signature, combined model'),
  evaluate: evaluateSchema.prefault({}),
});

export type SourcePlan = z.infer<typeof planSchema>;
export type ClinicalVariable = z.infer<typeof clinicalSchema>;
export type CohortPart = z.infer<typeof cohortPartSchema>;
export type PlanThreshold = z.infer<typeof thresholdSchema>;
export type MetaOptions = z.infer<typeof metaSchema>;
export type SubgroupOptions = z.infer<typeof subgroupSchema>;
export type HarmoniseOptions = z.infer<typeof harmoniseSchema>;
export type RowSet = z.infer<typeof rowSetSchema>;
export interface PlannedSequence extends AskedSequence {
  /** Whether patients without it stay in the run; absent where they do not. */
  readonly mayLack?: boolean | undefined;
}
/** As resolved: sequences whose intensities stay as they are say nothing of it. */
export interface ExtractOptions {
  readonly sequences: readonly PlannedSequence[];
}
export type { SelectOptions } from './select-schema.js';

/** The plan with everything written out: what is hashed, approved and executed. */
export interface AnalysisPlan extends Omit<SourcePlan, 'dictionary' | 'clinical' | 'quorum' | 'evaluate' | 'pipeline' | 'extract'> {
  readonly extract?: ExtractOptions | null | undefined;
  readonly dictionary: z.infer<typeof planDictionarySchema> | null;
  readonly clinical: ClinicalVariable[];
  readonly quorum: number;
  readonly evaluate: Omit<SourcePlan['evaluate'], 'rows'> & { readonly rows: RowSet[] };
  readonly pipeline?: PlanPipeline | undefined;
  /** Set only within a run, where training outcomes are permuted: the seed. No plan that is written or approved has it. */
  readonly permutation?: string;
  /** Set only within a run, once training images have given a scale of intensities: its digest. */
  readonly intensityScale?: string;
}
