import { z } from 'zod';
import { orSuppressed } from '../disclosure.js';
import { block, type GatherStep } from '../step.js';

const parametersSchema = z.strictObject({ mean: block(), sd: block() });
export type GroupMeanParameters = z.infer<typeof parametersSchema>;

const meansSchema = orSuppressed(z.strictObject({ patients: z.int().nonnegative(), means: block() }));

const groupMeansSchema = z.strictObject({ events: meansSchema, nonEvents: meansSchema });
export type GroupMeans = z.infer<typeof groupMeansSchema>;

/** The mean z-score of each feature among a site's patients with the event, and among those without. */
export const groupMeans: GatherStep<GroupMeanParameters, GroupMeans> = {
  name: 'group-means/site-means',
  version: 1,
  kind: 'gather',
  parameters: parametersSchema,
  contribution: groupMeansSchema,
  disclosure: { kind: 'per-site', limits: ['patients', 'per-class', 'cells'], together: [['events', 'nonEvents']] },
};
