import type { ContributionSign, SiteInfluence } from '@consilium/federation';
import type { Refusal } from '@consilium/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RoundState } from './round-lifecycle.js';

/** What was found in the contributions of a round that is not masked, and how much of it rests on each site. */
interface Looks {
  readonly signs?: readonly ContributionSign[];
  readonly influence?: readonly SiteInfluence[];
}

/** What a closed round answers with, beside the bytes of a sum. */
export type RecordedOutcome =
  | Looks & { readonly kind: 'sum'; readonly sites: readonly string[]; /** Holds a sum too large for the row. */ readonly artefact?: string; /** The terms came under masks. */ readonly masked?: true }
  | Looks & {
      readonly kind: 'gather';
      readonly answers: readonly ({ readonly site: string; readonly artefact: string } | { readonly site: string; readonly refusal: Refusal })[];
    }
  | { readonly kind: 'refused'; readonly refusals: readonly { readonly site: string; readonly refusal: Refusal }[] };

/** A site's answer to a round, as it came. */
export interface Arrival {
  readonly at: number;
  readonly bytes: number;
  readonly refused?: true;
}

/** A line of the journal. */
@Entity('round')
export class Round {
  /** sha256 of run, generation of the site set, and branch path with the index in the branch. */
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ type: 'text' })
  run: string;

  @Column({ type: 'integer' })
  generation: number;

  @Column({ type: 'text' })
  path: string;

  /** How many stages had begun, and the name of the last. */
  @Column({ type: 'integer' })
  stage: number;

  @Column({ type: 'text', name: 'stage_name' })
  stageName: string;

  @Column({ type: 'text' })
  step: string;

  @Column({ type: 'integer', name: 'step_version' })
  stepVersion: number;

  @Column({ type: 'integer' })
  attempt: number;

  @Column({ type: 'text' })
  state: RoundState;

  @Column({ type: 'jsonb' })
  sites: string[];

  @Column({ type: 'text', name: 'request_digest' })
  requestDigest: string;

  @Column({ type: 'integer' })
  epoch: number;

  @Column({ type: 'timestamptz', name: 'opened_at' })
  openedAt: Date;

  /** When the run pauses if a site has not answered; a resumed run has the whole time again. */
  @Column({ type: 'timestamptz', name: 'deadline_at' })
  deadlineAt: Date;

  @Column({ type: 'timestamptz', name: 'closed_at', nullable: true })
  closedAt: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  outcome: RecordedOutcome | null;

  /** The encoded sums of a sum, where they are small; no site's term of it is anywhere. */
  @Column({ type: 'bytea', nullable: true, select: false })
  aggregate: Buffer | null;

  /** Milliseconds since 1970 at which each site answered, and the bytes of its answer. */
  @Column({ type: 'jsonb', nullable: true })
  arrivals: Readonly<Record<string, Arrival>> | null;

  /** Bytes asked of and answered by all sites together. */
  @Column({ type: 'bigint', name: 'bytes_sent' })
  bytesSent: string;

  @Column({ type: 'bigint', name: 'bytes_received' })
  bytesReceived: string;
}
