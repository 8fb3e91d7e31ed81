import { ConsiliumError, methodErrors, type Value } from '@consilium/protocol';
import { z } from 'zod';
import type { Federation } from '../federation.js';
import { countFinding } from '../plausible-sums.js';
import { block, type SumStep } from '../step.js';
import type { ViewSpec } from '../view.js';
import { extractionEngine, sequenceNameSchema } from './exchange.js';

/** Landmarks of an image: intensities at the percentiles 1, 10, 20 … 90 and 99 of head or body, taken to a scale on which the first is 0 and the last 100. */
export const LANDMARKS = 11;

const parametersSchema = z.strictObject({ engine: z.string().max(80), sequence: sequenceNameSchema });
export type LandmarkParameters = z.infer<typeof parametersSchema>;

export interface LandmarkTotals extends Record<string, Float64Array> {
  /** Images. */
  readonly n: Float64Array;
  /** Σ of each landmark, 11. */
  readonly totals: Float64Array;
}

/** Landmarks of the view's images of one sequence, summed. Only an application that reads images has the site half. */
export const landmarkTotals: SumStep<LandmarkParameters, LandmarkTotals> = {
  name: 'extract/intensity-landmarks',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), totals: block() }),
  disclosure: { kind: 'sum', limits: ['patients'] },
  implausible: ({ n, totals }) => countFinding('n', n) ?? (totals.every((total) => total >= 0 && total <= 100 * n[0]! * (1 + 1e-9)) ? undefined : 'a mean landmark lies outside 0 to 100'),
};

/** The standard scale of some sequences: where the landmarks of the training images lie on average. Published; a view names it by its sha256. */
export interface IntensityScale {
  readonly sequences: readonly { readonly sequence: string; readonly landmarks: Float64Array }[];
}

export interface FederatedIntensityScale {
  readonly scale: IntensityScale;
  readonly digest: string;
  /** Images behind each sequence, in the order of the scale. */
  readonly images: readonly number[];
}

/**
 * The standard scale of Nyúl and Udupa over the images of all sites: the exact mean of their landmarks. One round for all sequences; the view's rows are training rows, so that no other image takes
 * part.
 */
export async function federatedIntensityScale(federation: Federation, view: ViewSpec, sequences: readonly string[]): Promise<FederatedIntensityScale> {
  const sums = await federation.inParallel(sequences.map((sequence) => async (branch) => (await branch.sum(landmarkTotals, { view, parameters: { engine: extractionEngine, sequence } })).sums));
  const found = sums.map(({ n, totals }, s) => {
    const images = n[0]!;
    if (images === 0) throw new ConsiliumError(methodErrors.noRows, `No training image of ${sequences[s]} could be measured, so its intensities have no scale.`);
    return { images, sequence: sequences[s]!, landmarks: totals.map((total) => total / images) };
  });
  const scale = { sequences: found.map(({ sequence, landmarks }) => ({ sequence, landmarks })) };
  return { scale, digest: await federation.publish({ kind: 'intensity-scale', ...scale }), images: found.map(({ images }) => images) };
}

const scaleSchema = z.strictObject({
  kind: z.literal('intensity-scale'),
  sequences: z.array(z.strictObject({ sequence: sequenceNameSchema, landmarks: block().refine((places) => places.length === LANDMARKS && places.every((x, i) => Number.isFinite(x) && (i === 0 || x >= places[i - 1]!)) && places[LANDMARKS - 1]! > places[0]!) })).min(1).max(100),
});

/** A published scale, or null where the value is none: another kind, landmarks that do not ascend. */
export function parseIntensityScale(value: Value): IntensityScale | null {
  const parsed = scaleSchema.safeParse(value);
  return parsed.success ? { sequences: parsed.data.sequences } : null;
}
