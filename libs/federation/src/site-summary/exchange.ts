import { z } from 'zod';
import { orSuppressed } from '../disclosure.js';
import { block, type GatherStep } from '../step.js';

const siteSummarySchema = z.strictObject({
  /** Rows, and each feature's mean and Σ (x - mean)². */
  moments: orSuppressed(z.strictObject({ patients: z.int().nonnegative(), mean: block(), m2: block() })),
});

export type SiteSummary = z.infer<typeof siteSummarySchema>;

/** Where one site's features lie, for pictures of differences between sites before and after harmonisation. */
export const siteSummary: GatherStep<null, SiteSummary> = {
  name: 'site-summary/moments',
  version: 1,
  kind: 'gather',
  parameters: z.null(),
  contribution: siteSummarySchema,
  disclosure: { kind: 'per-site', limits: ['patients', 'cells'] },
};
