import type { DisclosureLimits } from '@consilium/federation';
import type { CutsByOrder, Selection } from '@consilium/federation/site';
import type { LedgerPart, Refusal, Rendering, ViewSummary } from '@consilium/protocol';
import type { ExtractOptions } from '@consilium/study';
import type { TermMask } from '../aggregation/masking.js';
import type { ExtractedFeatures } from '../extraction/extracted-features.js';

export interface StepCall {
  readonly step: string;
  readonly version: number;
  /** Long ones may be handed over: empty afterwards, and given back where artefacts are wanted. */
  readonly request: Uint8Array;
  readonly limits: DisclosureLimits;
  /** Digest of the approved plan, whose columns alone a step may read. */
  readonly plan?: string;
  /** What the approved plan extracts, where it does. */
  readonly extract?: ExtractOptions | undefined;
  /** The features that were extracted: set before a step reaches rows. */
  readonly features?: ExtractedFeatures;
  /** The request that the step is a part of: images are looked at once for all its parts. */
  readonly moment?: object;
  /** Masks the term of a sum; absent where it is sent as it is. */
  readonly mask?: TermMask;
  /** What the site has shown of orders of predictions. */
  readonly shownCuts?: CutsByOrder;
  /** Seed of the noise of a private answer. */
  readonly noise?: Uint8Array;
  /** Aborted when the run is no longer open, or the agent stops. */
  readonly signal?: AbortSignal;
  /** How far long work is. */
  readonly onWork?: (done: number, total: number, message: string) => void;
}

export type StepOutcome =
  | {
      readonly kind: 'contribution';
      readonly bytes: Uint8Array;
      /** sha256 of the bytes. */
      readonly digest: string;
      readonly rendering: Rendering;
      readonly beforeGate?: LedgerPart['beforeGate'];
      readonly view: ViewSummary;
      readonly rules: readonly string[];
      /** Whom it is about, for the history; null where no row was looked at. */
      readonly selection: Selection | null;
      /** What it shows of orders of predictions, for the history. */
      readonly cuts?: CutsByOrder;
    }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The view names models that have not arrived. */
  | { readonly kind: 'artefacts-wanted'; readonly digests: readonly string[]; readonly request?: Uint8Array };

/** Where steps are computed: the only part of the agent that holds patient rows. */
export interface StepExecutor {
  /** sha256 of the site's data as they are now, with the images where a plan reads them. */
  cohortDigest(extract?: ExtractOptions | null): Promise<string>;
  run(call: StepCall): Promise<StepOutcome>;
  close(): Promise<void>;
}

/** The agent is being stopped: what was under way is neither answered nor refused, and is asked again later. */
export class AgentStopping extends Error {
  override readonly name = 'AgentStopping';
}
