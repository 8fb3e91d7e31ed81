import { z } from 'zod';

/** sha256 in lower-case hexadecimal. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A site's short name: what people and figures call it. */
export const siteNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/, 'Begin with a letter or a figure; then letters, figures, spaces, . _ - (60 at most).');

/** Names one contribution of the site that sends it; with the site's name the full key. */
export const keySchema = z.strictObject({ run: z.string().max(64), round: z.string().max(64), attempt: z.int().positive() });
export type ContributionKey = z.infer<typeof keySchema>;

/** Why a site did not send something: the rule and the figure that would pass, never the figure that failed. */
export const refusalSchema = z.strictObject({
  code: z.string().regex(/^E\d{3}$/),
  /** For example 'minimum-patients'. */
  rule: z.string().max(80),
  sentence: z.string().max(1000),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** The parts of a run that a steward may approve one by one. */
export const planStageSchema = z.enum(['extract', 'describe', 'train', 'evaluate']);
export type PlanStage = z.infer<typeof planStageSchema>;

export const disclosureProfileSchema = z.enum(['open-data', 'standard', 'strict']);
export type DisclosureProfile = z.infer<typeof disclosureProfileSchema>;
