import { z } from 'zod';
import { digestSchema, keySchema, planStageSchema, refusalSchema, siteNameSchema } from './parts.js';

/**
 * The messages between an agent and the coordinator, inside the sealed channel. A message is a small head (these schemas) and, where it
 * carries values, one body: the encoded values of its parts, one after another, each as long as its part says. A part's digest is the
 * sha256 of its own bytes.
 */

const partOf = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, length: z.int().nonnegative(), digest: digestSchema });

/** First message of an agent after every connection: who it is in versions, and what it keeps that is not settled. */
export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  agentVersion: z.string().max(40),
  steps: z.array(z.strictObject({ name: z.string().max(120), version: z.int().positive() })).max(1000),
  unsettled: z.array(keySchema.extend({ digest: digestSchema })).max(100_000),
  clock: z.iso.datetime(),
});

/** A steward's decision about a plan, signed by the site: decisionStatement. */
export const decisionSchema = z.strictObject({
  type: z.literal('decision'),
  plan: digestSchema,
  decision: z.enum(['approved', 'refused', 'withdrawn']),
  decidedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  reason: z.string().max(500).nullable(),
  /** sha256 of participantsText: with whom the steward agreed to add under masks; null where the plan's sums are plain. */
  participants: digestSchema.nullable().default(null),
  /** The stages the approval is for; null for all of the plan. */
  stages: z.array(planStageSchema).min(1).max(4).nullable().default(null),
  signature: z.string().max(200),
});

/** A site's key for the masks of a session, signed by the site: sessionKeyStatement. */
export const sessionKeySchema = z.strictObject({ site: siteNameSchema, key: digestSchema, signature: z.string().max(200) });
export type SessionKey = z.infer<typeof sessionKeySchema>;

/** The answer to session-wanted: the site's key, or why it gives none. */
export const sessionAnswerSchema = z.strictObject({
  type: z.literal('session'),
  run: z.string().max(64),
  session: digestSchema,
  key: sessionKeySchema.nullable(),
  refusal: refusalSchema.nullable(),
});

/** Contributions (in the body) and refusals of one request. */
export const answersSchema = z.strictObject({
  type: z.literal('answers'),
  parts: z.array(partOf(keySchema.shape)).max(10_000),
  refusals: z.array(keySchema.extend({ refusal: refusalSchema })).max(10_000),
});

/** How far the computation of an open request is; never needed for correctness. */
export const workSchema = z.strictObject({ type: z.literal('work'), run: z.string(), done: z.number(), total: z.number(), message: z.string().max(200) });

/** What is to become of unsettled contributions: the answer to hello, and to a contribution that no open round waits for. */
export const welcomeSchema = z.strictObject({
  type: z.literal('welcome'),
  coordinatorVersion: z.string().max(40),
  clock: z.iso.datetime(),
  /** `reason`: why a contribution is void, a sentence. */
  fates: z.array(keySchema.extend({ fate: z.enum(['wanted', 'settled', 'void', 'unknown']), reason: z.string().max(300).optional() })).max(100_000),
});

/** A site with its identity, as the coordinating centre admitted it. */
export const participantSchema = z.strictObject({ site: siteNameSchema, key: digestSchema });
export type Participant = z.infer<typeof participantSchema>;

/** A plan offered for approval. The body is its canonical text, the digest that of the text; signed by the coordinating centre: planStatement. */
export const planSchema = z.strictObject({
  type: z.literal('plan'),
  study: z.string().max(200),
  signature: z.string().max(200),
  part: partOf({}),
  /** Of a plan whose sums are masked: the sites with their identities, signed by the coordinating centre: participantsStatement. */
  participants: z.strictObject({ sites: z.array(participantSchema).max(1000), signature: z.string().max(200) }).nullable().default(null),
});

/** A run of an approved plan: announced before its first round; the set of sites is fixed here. */
export const runSchema = z.strictObject({
  type: z.literal('run'),
  run: z.string(),
  plan: digestSchema,
  sites: z.array(siteNameSchema).min(1),
  state: z.enum(['open', 'paused', 'closed', 'failed', 'cancelled']),
});

/** The aggregates of these contributions are committed: the site may delete their bytes. Signed: settledStatement. */
const receiptSchema = z.strictObject({ parts: z.array(keySchema.extend({ digest: digestSchema })).max(10_000), signature: z.string().max(200) });

/** One request to a site: all steps asked at once. The body holds the encoded { view, parameters } of each part. */
export const requestSchema = z.strictObject({
  type: z.literal('request'),
  run: z.string(),
  plan: digestSchema,
  /** The session of the masks, with every site's key; null where no part is masked. */
  session: z.strictObject({ id: digestSchema, keys: z.array(sessionKeySchema).max(1000) }).nullable().default(null),
  parts: z
    .array(
      partOf({
        round: z.string(),
        attempt: z.int().positive(),
        step: z.string().max(120),
        version: z.int().positive(),
        /** The sites among which the term is masked; absent for what is sent as it is. */
        maskedAmong: z.array(siteNameSchema).max(1000).optional(),
      }),
    )
    .min(1)
    .max(10_000),
  /** What was settled since the last question. */
  settled: receiptSchema.optional(),
});

/** Asks a site for its key of a session: before the first masked sum of an execution of a run. */
export const sessionWantedSchema = z.strictObject({ type: z.literal('session-wanted'), run: z.string().max(64), plan: digestSchema, session: digestSchema });

/** The contributions arrived whole; only progress, nothing may be deleted for it. */
export const receivedSchema = z.strictObject({ type: z.literal('received'), keys: z.array(keySchema).max(10_000) });

/** The same by itself, where no question follows. */
export const settledSchema = receiptSchema.extend({ type: z.literal('settled') });

/** A published artefact, named by the sha256 of its bytes. */
export const artefactSchema = z.strictObject({ type: z.literal('artefact'), part: partOf({}) });

/** The agent does not have an artefact that a view names. */
export const wantedArtefactSchema = z.strictObject({ type: z.literal('wanted-artefact'), digest: digestSchema });

/** People at the hospital stopped the site: it hangs up after this and stays away until they resume it. */
export const stoppedSchema = z.strictObject({ type: z.literal('stopped'), at: z.iso.datetime(), reason: z.string().max(500).nullable() });

/** A count that is told in steps of the site's minimum count k: at least so many, and fewer than `below`. Below k it is 1 to k - 1. */
export const steppedCountSchema = z.strictObject({ atLeast: z.int().positive(), below: z.int().positive() });
export type SteppedCount = z.infer<typeof steppedCountSchema>;

/** All runs of the site whose training rests on patients who withdrew their consent since. What it does not name (any more) rests on none. */
export const withdrawalsSchema = z.strictObject({
  type: z.literal('withdrawals'),
  runs: z.array(z.strictObject({ run: z.string().max(64), patients: steppedCountSchema })).max(10_000),
});

export const agentMessageSchema = z.discriminatedUnion('type', [stoppedSchema, withdrawalsSchema, helloSchema, decisionSchema, answersSchema, workSchema, sessionAnswerSchema, wantedArtefactSchema]);
export const coordinatorMessageSchema = z.discriminatedUnion('type', [welcomeSchema, planSchema, runSchema, requestSchema, receivedSchema, settledSchema, artefactSchema, sessionWantedSchema]);

export type AgentMessage = z.infer<typeof agentMessageSchema>;
export type CoordinatorMessage = z.infer<typeof coordinatorMessageSchema>;
export type HelloMessage = z.infer<typeof helloSchema>;
export type WithdrawalsMessage = z.infer<typeof withdrawalsSchema>;
export type StoppedMessage = z.infer<typeof stoppedSchema>;
export type DecisionMessage = z.infer<typeof decisionSchema>;
export type AnswersMessage = z.infer<typeof answersSchema>;
export type WelcomeMessage = z.infer<typeof welcomeSchema>;
export type PlanMessage = z.infer<typeof planSchema>;
export type RunMessage = z.infer<typeof runSchema>;
export type RequestMessage = z.infer<typeof requestSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type SettledMessage = z.infer<typeof settledSchema>;
export type SessionAnswer = z.infer<typeof sessionAnswerSchema>;
export type SessionWanted = z.infer<typeof sessionWantedSchema>;
