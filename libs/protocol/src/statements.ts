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
  /** Digest of the participants, where the plan's sums are masked. */
  readonly participants?: string | null;
  /** Stages, where the approval is not for the whole plan. */
  readonly stages?: readonly string[] | null;
}): Statement => ({
  purpose: 'decision',
  message: `${decision.plan} ${decision.decision} ${decision.decidedAt} ${decision.expiresAt ?? 'never'}${decision.participants ? ` ${decision.participants}` : ''}${decision.stages ? ` stages ${decision.stages.join(' ')}` : ''}`,
});

/** The coordinating centre offers a plan. */
export const planStatement = (digest: string): Statement => ({ purpose: 'plan', message: digest });

/** The sites of a plan with their identities, one spelling: what is signed, shown to stewards, and named by digest in their approvals. */
export const participantsText = (plan: string, participants: readonly { readonly site: string; readonly key: string }[]): string =>
  [plan, ...[...participants].sort((a, b) => (a.site < b.site ? -1 : 1)).map(({ site, key }) => `${key} ${site}`)].join('\n');

/** The coordinating centre vouches that these are the keys of these sites. */
export const participantsStatement = (plan: string, participants: readonly { readonly site: string; readonly key: string }[]): Statement => ({
  purpose: 'participants',
  message: participantsText(plan, participants),
});

/** A site's key for the masks of one session of one run; never two for one session. */
export const sessionKeyStatement = (of: { readonly plan: string; readonly run: string; readonly session: string; readonly site: string; readonly key: string }): Statement => ({
  purpose: 'mask key',
  message: `${of.plan} ${of.run} ${of.session} ${of.key} ${of.site}`,
});

/** All keys of a session, one spelling: whose digest goes into every mask, so that sites that were told different keys add noise. */
export const sessionText = (session: string, keys: readonly { readonly site: string; readonly key: string }[]): string =>
  [session, ...[...keys].sort((a, b) => (a.site < b.site ? -1 : 1)).map(({ site, key }) => `${key} ${site}`)].join('\n');

/** The coordinating centre gives a model out. */
export const modelStatement = (digest: string): Statement => ({ purpose: 'model', message: digest });

/** The aggregates of these contributions are committed. */
export const settledStatement = (parts: readonly (ContributionKey & { readonly digest: string })[]): Statement => ({
  purpose: 'settled',
  message: parts.map(({ run, round, attempt, digest }) => `${run} ${round} ${attempt} ${digest}`).join('\n'),
});

/** A site enrols with its key: proves that it holds it, for this invite only. */
export const enrolmentStatement = (code: string, publicKey: string): Statement => ({ purpose: 'enrolment', message: `${code} ${publicKey}` });
