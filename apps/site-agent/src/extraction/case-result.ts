import { intensityFigures } from '@consilium/federation';
import { digestSchema } from '@consilium/protocol';
import type { IntensityNormalisation } from '@consilium/radiomics';
import { z } from 'zod';

const intensities = z.array(z.number()).length(intensityFigures.length);

/** What one image and mask came to under one settings text: a file of the site, never sent. */
export const caseResultSchema = z.strictObject({
  format: z.literal(1),
  /** The key the file is named by. */
  key: digestSchema,
  outcome: z.union([
    z.strictObject({
      names: z.array(z.string()),
      /** Null where a feature has no value for this region. */
      values: z.array(z.number().nullable()),
      /** Of the unfiltered image; null where it was not among the image types. */
      greyLevels: z.int().nullable(),
      notes: z.array(z.string()),
      /** Where the image's intensities lay before and after they were brought to a scale, in the order of federation's intensityFigures. Absent where they stay as they are. */
      intensities: z.strictObject({ before: intensities, after: intensities }).optional(),
    }),
    z.strictObject({ refused: z.string().regex(/^[a-z0-9-]{1,40}$/), sentence: z.string() }),
  ]),
});

export type CaseResult = z.infer<typeof caseResultSchema>;
export type CaseOutcome = CaseResult['outcome'];
export type RefusedCase = Extract<CaseOutcome, { readonly refused: string }>;

/** One image and mask to be measured. */
export interface CaseTask {
  readonly image: string;
  readonly mask: string;
  readonly label: number | null;
  /** Of a folder of several. */
  readonly series?: string;
  /** Text of a parameter file. */
  readonly settings: string;
  /** What is asked of the image's intensities: to be brought to a scale first, or nothing but their landmarks. */
  readonly intensity?: IntensityNormalisation | { readonly kind: 'landmarks' };
}

/** Measures a case. Rejects with the signal's reason when it is aborted. */
export interface CaseExtractor {
  extract(task: CaseTask, signal: AbortSignal): Promise<CaseOutcome>;
  close(): Promise<void>;
}
