import { z } from 'zod';
import { countFinding, partFinding, productsFinding, scaledMeanFinding } from '../plausible-sums.js';
import { block, type Sums, type SumStep } from '../step.js';

export const maximumFolds = 50;

const scaling = { mean: block(), sd: block() };

const parametersSchema = z.strictObject({ ...scaling, folds: z.int().min(2).max(maximumFolds) });
export type FoldSumsParameters = z.infer<typeof parametersSchema>;

/**
 * Fold by fold, one after another: n, Σy, Σy² (one number a fold), Σz and Zy (p a fold), Z'Z (upper triangle row by row, p(p+1)/2 a fold), with z =
 * (x - mean) / sd of the features of the view, and z = 0 where sd is 0.
 */
export interface FoldSums extends Sums {
  readonly n: Float64Array;
  readonly sumY: Float64Array;
  readonly sumYY: Float64Array;
  readonly sumZ: Float64Array;
  readonly sumZY: Float64Array;
  readonly gram: Float64Array;
}

export const foldSums: SumStep<FoldSumsParameters, FoldSums> = {
  name: 'linear-lasso/fold-sums',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), sumY: block(), sumYY: block(), sumZ: block(), sumZY: block(), gram: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
  implausible({ n, sumZ, gram }, { mean, sd, folds }) {
    const p = mean.length;
    const patients = n.reduce((total, count) => total + count, 0);
    const totals = Array.from(mean, (_, j) => n.reduce((total, _count, fold) => total + sumZ[fold * p + j]!, 0));
    // Features as they are may have any mean.
    const scaled = mean.some((value) => value !== 0) || sd.some((value) => value !== 1);
    return countFinding('n', n) ?? (scaled ? scaledMeanFinding('the features', totals, patients) : undefined) ?? productsFinding('the matrix of cross-products', gram, Array.from({ length: folds }, () => p));
  },
};

/** Rows and events of each fold 0 … 49: how many folds there are, and that each pooled fold holds enough. */
export interface FoldCounts extends Sums {
  readonly n: Float64Array;
  readonly events: Float64Array;
}

export const foldCounts: SumStep<Record<string, never>, FoldCounts> = {
  name: 'linear-lasso/fold-counts',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({}),
  contribution: z.strictObject({ n: block(), events: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'], byFold: true },
  implausible: ({ n, events }) => countFinding('n', n) ?? partFinding('events', events, n),
};
