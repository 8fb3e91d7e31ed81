import { z } from 'zod';
import { planStageSchema } from '../parts.js';

const TOO_LONG = 'Write 500 characters at most.';
const COUNT = 'Write a whole number from 0 to 100000.';
const PARAMETERS = 'Write a number from 0 to 1000.';
const DAYS = 'Write a whole number of days from 1 to 3650.';

const reasonSchema = z.string().trim().max(500, TOO_LONG);
const countSchema = z.int(COUNT).min(0, COUNT).max(100_000, COUNT);

/** Days that an approval holds, or that something is kept. */
export const daysSchema = z.int(DAYS).min(1, DAYS).max(3650, DAYS);

/** A time of the day, by the clock of the machine. */
export const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time of the day as 19:00.');

export const hoursSchema = z.strictObject({ from: clockSchema, to: clockSchema });
export type Hours = z.infer<typeof hoursSchema>;

/** POST /api/plans/DIGEST/approval at a site; no stages for all of them. */
export const approvalRequestSchema = z.strictObject({
  days: daysSchema,
  reason: reasonSchema.default(''),
  stages: z.array(planStageSchema).min(1, 'Tick at least one stage. Nothing was approved.').max(4).nullable().default(null),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** POST /api/plans/DIGEST/refusal and /withdrawal at a site. */
export const refusalRequestSchema = z.strictObject({ reason: reasonSchema.min(1, 'Write a reason in the note. Nothing was decided.') });
export type RefusalRequest = z.infer<typeof refusalRequestSchema>;

/** A patient is left out of every later question. */
export const exclusionRequestSchema = z.strictObject({ decision: z.literal('excluded'), reason: reasonSchema.min(1, 'Write a reason. Nothing was changed.'), consent: z.literal('withdrawn').optional() });

/** POST /api/patients/PATIENT/review */
export const reviewRequestSchema = z.discriminatedUnion('decision', [exclusionRequestSchema, z.strictObject({ decision: z.enum(['accepted', 'reset']), reason: reasonSchema.nullable().default(null) })]);
export type ReviewRequest = z.input<typeof reviewRequestSchema>;

/** The site's own minimum counts; 0 leaves one to the plan. */
export const limitsSchema = z.strictObject({
  minimumCell: countSchema,
  minimumPatients: countSchema,
  minimumPerClass: countSchema,
  minimumBin: countSchema,
  minimumLeaf: countSchema,
  minimumDifference: countSchema,
  parametersPerPatient: z.number(PARAMETERS).min(0, PARAMETERS).max(1000, PARAMETERS),
});
export type Limits = z.infer<typeof limitsSchema>;

/** PUT /api/settings: the part of agent.json that the console may change. */
export const settingsRequestSchema = z.strictObject({
  disclosure: limitsSchema,
  /** Names of steps, or beginnings that end in `*`; null allows every step of the release. */
  allowedSteps: z.array(z.string().min(1).max(100)).max(500).nullable(),
  approvalDays: daysSchema,
  keepDays: daysSchema,
  hours: hoursSchema.nullable(),
});
export type SettingsRequest = z.infer<typeof settingsRequestSchema>;
