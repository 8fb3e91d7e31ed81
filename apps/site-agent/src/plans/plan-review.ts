import type { DisclosureLimits } from '@consilium/federation';
import type { DecisionMessage, DisclosureProfile, PlanStage, Refusal, Rendering, ViewSummary } from '@consilium/protocol';
import type { PlanFit } from '../data/plan-fit.js';

/** What a steward reads before deciding. Made of the plan, the site's settings and a rehearsal on the site's own data; nothing is sent for it. */
export interface PlanReview {
  readonly digest: string;
  readonly title: string;
  readonly version: number;
  readonly study: string;
  readonly sites: readonly string[];
  readonly disclosure: DisclosureProfile;
  /** Words of the key whose signature under the plan was checked. */
  readonly signedBy: string;
  readonly decision: DecisionMessage | undefined;
  readonly fit: PlanFit;
  /** The stricter of the plan's and the site's, limit by limit. */
  readonly limits: DisclosureLimits;
  /** Sets of patients that this site has answered about, in all plans: questions about sets close to these are refused. */
  readonly answeredCohorts: number;
  /** Whether sums travel under masks, and among whom with which words. */
  readonly masked: boolean;
  readonly participants: readonly { readonly site: string; readonly words: string }[];
  readonly stages: readonly StageReview[];
  /** Whether the rehearsal came to the end of the plan. */
  readonly complete: boolean;
  /** Whole sentences that qualify the rehearsal. */
  readonly notes: readonly string[];
}

export interface StageReview {
  readonly stage: PlanStage;
  /** What the stage is for, in plain words. */
  readonly sentence: string;
  readonly steps: readonly StepReview[];
}

/** One computation that the plan asks of the site. */
export interface StepReview {
  readonly step: string;
  readonly version: number;
  /** What leaves, in plain words. */
  readonly sends: string;
  readonly kind: 'sum' | 'gather';
  /** How often it was asked in the rehearsal, how often the gate let it pass, and the bytes of these. */
  readonly asked: number;
  readonly passed: number;
  readonly bytes: number;
  /** The first payload that passed, as it would be written on the ledger. */
  readonly sample: Sample | null;
  /** Why the gate held one back, where it did. */
  readonly withheld: Refusal | null;
}

export interface Sample {
  readonly view: ViewSummary;
  readonly rendering: Rendering;
  readonly size: number;
  /** sha256 of the bytes before any mask. */
  readonly digest: string;
  /** Whether exactly these bytes would leave (before any mask): the question rests on nothing that other sites answered. */
  readonly exact: boolean;
}

export const STAGE_SENTENCES: Readonly<Record<PlanStage, string>> = {
  extract: 'Features are measured in the images of this site. They stay here; only how many could be measured leaves.',
  describe: 'The patients are counted and described.',
  train: 'Features are selected and models are fitted on the training patients of all sites together.',
  evaluate: 'The models are tried on patients and explained: how well they separate, how well they are calibrated.',
};
