import type { SteppedCount } from './messages.js';
import type { DisclosureProfile, Refusal } from './parts.js';

/** A contribution in a form a person can read: bounded whatever its size. */
export interface Rendering {
  /** Numbers in it. */
  readonly numbers: number;
  /** All values when they are at most a thousand; else names, shapes and a summary of each block. */
  readonly complete: boolean;
  readonly content: unknown;
}

/** Which rows and columns a contribution was made from, in few words. */
export interface ViewSummary {
  /** sha256 of the view's specification. */
  readonly digest: string;
  readonly outcome: string;
  readonly features: number;
  readonly firstFeatures: readonly string[];
  readonly conditions: readonly string[];
  readonly models: readonly string[];
}

export interface LedgerPart {
  readonly round: string;
  readonly attempt: number;
  readonly step: string;
  readonly version: number;
  readonly view: ViewSummary;
  /** The sites among which the term was masked: `rendering` shows the term, size and digest are of the masked bytes. */
  readonly maskedAmong?: readonly string[];
  /** The rules it was held against and passed. */
  readonly rules: readonly string[];
  readonly size: number;
  /** sha256 of the bytes. */
  readonly digest: string;
  /** sha256 of the request. */
  readonly asked: string;
  readonly rendering: Rendering;
  /** Where the gate held figures back: which, and the answer as it was before. Stays at the site. */
  readonly beforeGate?: { readonly heldBack: readonly string[]; readonly rendering: Rendering };
}

/** What the ledger records: everything that leaves the site, before it leaves, and what was held back. Times are ISO 8601, UTC. */
export type LedgerEntry =
  | { readonly event: 'enrolled'; readonly at: string; readonly site: string; readonly coordinator: string; readonly publicKey: string }
  | { readonly event: 'connected'; readonly at: string; readonly coordinator: string; readonly agentVersion: string; readonly unsettled: number }
  | { readonly event: 'decision'; readonly at: string; readonly plan: string; readonly decision: string; readonly expiresAt: string | null; readonly reason: string | null }
  | {
      readonly event: 'contributions';
      readonly at: string;
      readonly run: string;
      readonly plan: string;
      /** Null where the whole request was refused before any limit was looked at. */
      readonly profile: DisclosureProfile | null;
      readonly limits: Readonly<Record<string, number>> | null;
      readonly parts: readonly LedgerPart[];
      readonly refusals: readonly LedgerRefusal[];
    }
  /** The same bytes once more, because the coordinator asked or the connection broke. */
  | { readonly event: 'sent-again'; readonly at: string; readonly run: string; readonly parts: readonly { readonly round: string; readonly attempt: number; readonly digest: string; readonly size: number }[] }
  /** Recorded for sending, then held back: the approval ended in between. */
  | { readonly event: 'held-back'; readonly at: string; readonly run: string; readonly refusals: readonly LedgerRefusal[] }
  /** The site's signed key for the masks of a session, given or, with the reason, refused. */
  | { readonly event: 'mask-key'; readonly at: string; readonly run: string; readonly plan: string; readonly session: string; readonly refusal: Refusal | null }
  /** A private answer was made: what it costs each patient, and what the study has used with it. Recorded before the answer. */
  | { readonly event: 'privacy-spent'; readonly at: string; readonly run: string; readonly plan: string; readonly study: string; readonly round: string; readonly step: string; readonly cost: number; readonly epsilon: number; readonly delta: number }
  /** Before it is told: the site's key names its successor. */
  | { readonly event: 'key-rotated'; readonly at: string; readonly from: string; readonly to: string }
  | { readonly event: 'backed-up'; readonly at: string }
  /** The folder was made from a backup of that time. */
  | { readonly event: 'restored'; readonly at: string; readonly madeAt: string }
  /** The coordinator's signature under the digests of what it committed: settledStatement. */
  | { readonly event: 'receipt'; readonly at: string; readonly parts: readonly { readonly run: string; readonly round: string; readonly attempt: number; readonly digest: string }[]; readonly signature: string }
  /** People stopped the site: keys of sessions are wiped. `told`: the coordinator could be told. */
  | { readonly event: 'stopped'; readonly at: string; readonly reason: string | null; readonly told: boolean }
  | { readonly event: 'resumed'; readonly at: string; readonly reason: string | null }
  /** Runs whose training rests on patients who withdrew consent since: how many is told in steps of the minimum count. */
  | { readonly event: 'withdrawals'; readonly at: string; readonly runs: readonly { readonly run: string; readonly patients: SteppedCount }[] }
  | { readonly event: 'purged'; readonly at: string; readonly keys: readonly string[]; readonly why: string };

export interface LedgerRefusal extends Refusal {
  readonly round: string;
  readonly attempt: number;
}
