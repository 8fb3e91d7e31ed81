import { z } from 'zod';
import { block, type GatherStep } from '../step.js';

/** What one site, as a stratum, tells of the ranks of its patients. */
export type RankSums = {
  /** Patients with and without the event. */
  readonly events: number;
  readonly nonEvents: number;
  /** Mann-Whitney U of the patients with the event, a feature each; a tied pair counts one half. */
  readonly u: Float64Array;
  /** Σ (t³ - t) over groups of t tied values, a feature each. */
  readonly ties: Float64Array;
};

export const rankSums: GatherStep<null, RankSums> = {
  name: 'van-elteren/rank-sums',
  version: 1,
  kind: 'gather',
  parameters: z.null(),
  contribution: z.strictObject({ events: z.int().nonnegative(), nonEvents: z.int().nonnegative(), u: block(), ties: block() }),
  disclosure: { kind: 'per-site', limits: ['patients', 'per-class'] },
};
