import { z } from 'zod';
import { digestSchema, siteNameSchema } from './parts.js';

/** What the coordinating centre hands to a hospital: where, under which name, and whom to trust. Works once. */
export const inviteSchema = z.strictObject({
  url: z.url(),
  site: siteNameSchema,
  code: z.string().min(20).max(100),
  /** sha256 of the private CA's certificate, to be pinned; null where the certificate is a public one. */
  ca: digestSchema.nullable(),
  /** The coordinator's Ed25519 public key, hexadecimal. */
  key: digestSchema,
});
export type InviteContent = z.infer<typeof inviteSchema>;

/** Base64url of the invite's JSON: one word, safe in a command line and in a letter. */
export const encodeInvite = (invite: InviteContent): string =>
  btoa(JSON.stringify(invite)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** The invite in a text, or null where it is none. */
export function parseInvite(text: string): InviteContent | null {
  try {
    const parsed = inviteSchema.safeParse(JSON.parse(atob(text.trim().replaceAll('-', '+').replaceAll('_', '/'))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** POST /api/enrolment, by the agent. */
export const enrolmentRequestSchema = z.strictObject({
  code: z.string().max(100),
  /** Ed25519, 64 hexadecimal characters. */
  publicKey: z.string().max(64),
  agentVersion: z.string().max(40),
  /** Of enrolmentStatement(code, publicKey), base64. */
  signature: z.string().max(200),
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequestSchema>;

/** POST /api/enrolment/succession, by the agent: a statement of succession, signed by the old key and the new one. */
export const successionRequestSchema = z.strictObject({
  text: z.string().max(1000),
  signatures: z.record(digestSchema, z.string().max(200)).refine((signatures) => Object.keys(signatures).length === 2),
});
export type SuccessionRequest = z.infer<typeof successionRequestSchema>;

export const successionAnswerSchema = z.object({ site: siteNameSchema, fingerprint: z.string(), coordinatorKey: digestSchema });
export type SuccessionAnswer = z.infer<typeof successionAnswerSchema>;

export const enrolmentAnswerSchema = z.object({
  site: siteNameSchema,
  /** 'waiting' until the centre has compared the fingerprints. */
  state: z.enum(['waiting', 'admitted']),
  /** The words both ends read to each other. */
  fingerprint: z.string(),
  coordinatorKey: digestSchema,
});
export type EnrolmentAnswer = z.infer<typeof enrolmentAnswerSchema>;
