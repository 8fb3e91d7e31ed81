import { agentErrors, ConsiliumError, digestSchema, siteNameSchema } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SiteFolder } from '../folder/site-folder.js';

const enrolmentSchema = z.strictObject({
  /** The coordinator's address. */
  url: z.url(),
  /** The site's name at the coordinating centre. */
  site: siteNameSchema,
  /** Ed25519, hexadecimal; no other coordinator is accepted. */
  coordinatorKey: digestSchema,
  /** sha256 of the coordinator's private CA certificate, or null for a public one. */
  caDigest: digestSchema.nullable(),
  enrolledAt: z.string(),
});

/** With whom the site is enrolled. */
export type Enrolment = z.infer<typeof enrolmentSchema>;

export function readEnrolment(folder: SiteFolder): Enrolment {
  if (!existsSync(folder.enrolment)) throw new ConsiliumError(agentErrors.notEnrolled);
  try {
    return enrolmentSchema.parse(JSON.parse(readFileSync(folder.enrolment, 'utf8')));
  } catch (error) {
    throw new ConsiliumError(agentErrors.notEnrolled, 'enrolment.json is damaged. The site is not enrolled as it stands.', { cause: error });
  }
}
