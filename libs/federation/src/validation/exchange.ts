import { z } from 'zod';
import { block, type GatherStep, type Sums, type SumStep } from '../step.js';
import { figureSchema } from './figures.js';

const count = z.int().nonnegative();
const estimate = z.strictObject({ estimate: z.number(), standardError: z.number() });

const siteParametersSchema = z.strictObject({
  /** Columns of probabilities among the view's features. */
  models: z.array(z.string()).min(1),
  /** Decision thresholds of each model. */
  thresholds: z.array(z.array(z.number())),
  /** Score bins are joined until each holds this many patients; 0 joins none. */
  minimumCell: count,
});
export type SiteParameters = z.infer<typeof siteParametersSchema>;

/** The order of the sums in a block. */
export const calibrationNames = ['n', 'events', 'sumP', 'sumSquaredError', 'sumLogLoss', 'sumSpiegelhalter', 'sumSpiegelhalterVariance'] as const;

const sumsSchema = z.strictObject({
  n: count,
  events: count,
  sumP: z.number(),
  sumSquaredError: z.number(),
  sumLogLoss: z.number(),
  sumSpiegelhalter: z.number(),
  sumSpiegelhalterVariance: z.number(),
});

const modelFiguresSchema = z.strictObject({
  auc: figureSchema(z.number()),
  aucVariance: figureSchema(z.number()),
  sums: figureSchema(sumsSchema),
  recalibration: figureSchema(z.strictObject({ slope: estimate, intercept: estimate, inTheLarge: estimate })),
  /** Ten groups [k/10, (k+1)/10) of the probability. */
  groups: figureSchema(z.array(z.strictObject({ n: count, events: count, expected: z.number() }))),
  /** Joined from 100 equal bins: the first bin of each, and its patients by class and Σ p. */
  bins: figureSchema(z.strictObject({ starts: z.array(count), events: z.array(count), nonEvents: z.array(count), expected: z.array(z.number()) })),
  /** One 2 × 2 table a threshold. */
  confusion: z.array(figureSchema(z.strictObject({ tp: count, fp: count, fn: count, tn: count }))),
});

const siteFiguresSchema = z.strictObject({
  patients: figureSchema(count),
  classes: figureSchema(z.strictObject({ events: count, nonEvents: count })),
  /** Of the areas, model by model, row-major. */
  covariance: figureSchema(block()),
  models: z.array(modelFiguresSchema),
});
export type SiteFigures = z.infer<typeof siteFiguresSchema>;
export type SiteModelFigures = z.infer<typeof modelFiguresSchema>;

/** All that one site says about the models on its own patients. */
export const siteFigures: GatherStep<SiteParameters, SiteFigures> = {
  name: 'validation/site-figures',
  version: 1,
  kind: 'gather',
  parameters: siteParametersSchema,
  contribution: siteFiguresSchema,
  disclosure: { kind: 'per-site', limits: ['patients', 'per-class', 'cells', 'parameters'], together: [['auc', 'aucVariance']] },
};

/** A site may lack a class, but not hold a few of it: the sum less what the other sites show would give the few back. */
const pooled = { kind: 'sum', limits: ['patients', 'cells'] } as const;

const pooledSchema = z.strictObject({
  models: z.array(z.string()),
  /** 2 × 2 tables, each of a model at a threshold. */
  confusion: z.array(z.strictObject({ model: z.string(), threshold: z.number() })),
});
export type PooledParameters = z.infer<typeof pooledSchema>;

/** Model after model: the calibration sums; ten risk groups (n, events, Σ p); 100 score bins by class. Then tp, fp, fn, tn, table after table. */
export interface PooledSums extends Sums {
  readonly calibration: Float64Array;
  readonly groups: Float64Array;
  readonly eventBins: Float64Array;
  readonly nonEventBins: Float64Array;
  readonly confusion: Float64Array;
}

export const pooledSums: SumStep<PooledParameters, PooledSums> = {
  name: 'validation/pooled-sums',
  version: 1,
  kind: 'sum',
  parameters: pooledSchema,
  contribution: z.strictObject({ calibration: block(), groups: block(), eventBins: block(), nonEventBins: block(), confusion: block() }),
  disclosure: pooled,
};

const cutsSchema = z.strictObject({ models: z.array(z.string()).min(1), cuts: z.array(block()) });
export type CutsParameters = z.infer<typeof cutsSchema>;

/** Patients of both classes by bin of logit p, model after model; bin = number of cuts at or below. Finds the quantiles of the score. */
export const scoreCounts: SumStep<CutsParameters, { readonly counts: Float64Array }> = {
  name: 'validation/score-counts',
  version: 1,
  kind: 'sum',
  parameters: cutsSchema,
  contribution: z.strictObject({ counts: block() }),
  disclosure: pooled,
};

/** The same by class, in bins of about equal numbers of patients. */
export const rankBins: SumStep<CutsParameters, { readonly events: Float64Array; readonly nonEvents: Float64Array }> = {
  name: 'validation/rank-bins',
  version: 1,
  kind: 'sum',
  parameters: cutsSchema,
  contribution: z.strictObject({ events: block(), nonEvents: block() }),
  disclosure: pooled,
};

const recalibrationSchema = z.strictObject({
  /** 'joint': y on 1 and logit p; 'in-the-large': y on 1 with offset logit p. */
  fits: z.array(z.strictObject({ model: z.string(), kind: z.enum(['joint', 'in-the-large']), beta: block() })).min(1),
});
export type RecalibrationParameters = z.infer<typeof recalibrationSchema>;

/** Log-likelihood, gradient and Hessian, fit after fit. */
export interface RecalibrationSums extends Sums {
  readonly logLikelihood: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export const recalibrationSums: SumStep<RecalibrationParameters, RecalibrationSums> = {
  name: 'validation/recalibration',
  version: 1,
  kind: 'sum',
  parameters: recalibrationSchema,
  contribution: z.strictObject({ logLikelihood: block(), gradient: block(), hessian: block() }),
  disclosure: pooled,
};
