import { z } from 'zod';
import { orSuppressed } from '../disclosure.js';
import type { GatherStep } from '../step.js';

export type SiteCountParameters = { readonly columns: readonly string[] };

const count = orSuppressed(z.int().nonnegative());
const siteCountsSchema = z.strictObject({ patients: count, events: count, nonEvents: count, missing: z.array(count) });

/** One site's patients, by outcome, and how many lack each column. */
export type SiteCounts = z.infer<typeof siteCountsSchema>;

export const siteCounts: GatherStep<SiteCountParameters, SiteCounts> = {
  name: 'describe/site-counts',
  version: 1,
  kind: 'gather',
  parameters: z.strictObject({ columns: z.array(z.string()).max(10_000) }),
  contribution: siteCountsSchema,
  disclosure: { kind: 'per-site', limits: ['patients', 'cells'], together: [['events', 'nonEvents']] },
};
