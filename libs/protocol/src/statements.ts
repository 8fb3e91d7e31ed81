import type { ContributionKey } from './parts.js';

/** What a party signs: a purpose, so that a signature for one says nothing for another, and a text. The same functions are used to sign and to check. */
export interface Statement {
  readonly purpose: string;
  readonly message: string;
}

/** A steward's decision about a plan. */
export const decisionStatement = (decision: {
  readonly plan: string;
  readonly decision: string;
  readonly decidedAt: string;
  readonly expiresAt: string | null;
}): Statement => ({
  purpose: 'decision',
  message: `${decision.plan} ${decision.decision} ${decision.decidedAt} ${decision.expiresAt ?? 'never'}`,
});

/** The coordinating centre offers a plan. */
export const planStatement = (digest: string): Statement => ({ purpose: 'plan', message: digest });

/** The aggregates of these contributions are committed. */
export const settledStatement = (parts: readonly (ContributionKey & { readonly digest: string })[]): Statement => ({
  purpose: 'settled',
  message: parts.map(({ run, round, attempt, digest }) => `${run} ${round} ${attempt} ${digest}`).join('\n'),
});

/** A site enrols with its key: proves that it holds it, for this invite only. */
export const enrolmentStatement = (code: string, publicKey: string): Statement => ({ purpose: 'enrolment', message: `${code} ${publicKey}` });
