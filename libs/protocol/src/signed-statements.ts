import type { DecisionMessage, SettledMessage } from './messages.js';

/** What the signatures in messages are for; a signature for one purpose says nothing for another. */
export const signaturePurposes = { plan: 'plan', decision: 'decision', settled: 'settled', enrolment: 'enrolment' } as const;

/** What the coordinating centre signs of a plan: the sha256 of its canonical text. */
export const planStatement = (digest: string): string => digest;

/** What a site signs when its steward decides. */
export const decisionStatement = ({ plan, decision, decidedAt, expiresAt }: Pick<DecisionMessage, 'plan' | 'decision' | 'decidedAt' | 'expiresAt'>): string =>
  `${plan} ${decision} ${decidedAt} ${expiresAt ?? 'null'}`;

/** What the coordinator signs when aggregates are committed: the digests of the contributions, one a line, each with its key. */
export const settledStatement = (parts: SettledMessage['parts']): string =>
  parts.map(({ run, round, attempt, digest }) => `${run} ${round} ${attempt} ${digest}`).join('\n');

/** What a site signs when it enrols: it holds the key it names. */
export const enrolmentStatement = (code: string, publicKey: string): string => `${code} ${publicKey}`;
