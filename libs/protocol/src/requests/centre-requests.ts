import { z } from 'zod';
import { siteNameSchema } from '../parts.js';

/** Who may do what at the coordinating centre. */
export const roles = ['administrator', 'data-scientist', 'investigator'] as const;
export type Role = (typeof roles)[number];

const ACCOUNT_NAME = 'Begin with a lower-case letter; then lower-case letters, figures, . _ - (60 at most).';
const STUDY_NAME = 'Begin with a lower-case letter or a figure; then lower-case letters, figures, hyphens (60 at most).';

export const accountNameSchema = z.string().regex(/^[a-z][a-z0-9._-]{0,59}$/, ACCOUNT_NAME);
export const studyNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, STUDY_NAME);

/** POST /api/accounts */
export const accountRequestSchema = z.strictObject({
  name: accountNameSchema,
  role: z.enum(roles),
  password: z.string().min(12, 'Write at least 12 characters.').max(200, 'Write 200 characters at most.'),
});

/** POST /api/sites/invites */
export const inviteRequestSchema = z.strictObject({ site: siteNameSchema });

/** POST /api/sites/NAME/admission */
export const admissionRequestSchema = z.strictObject({ fingerprint: z.string().max(200, 'Write 200 characters at most.').describe('The ten words, as the site read them') });

/** POST /api/sites/NAME/revocation and what else is done to a site for a reason. */
export const siteReasonRequestSchema = z.strictObject({ reason: z.string().min(1, 'Write a reason. Nothing was changed.').max(500, 'Write 500 characters at most.') });

export const studySitesSchema = z.array(siteNameSchema).min(1, 'Choose at least one hospital.').max(1000);

/** POST /api/studies */
export const studyRequestSchema = z.strictObject({ name: studyNameSchema, title: z.string().min(1, 'Write a title.').max(200, 'Write 200 characters at most.'), sites: studySitesSchema });
