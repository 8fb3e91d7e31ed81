import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RunState } from './run-lifecycle.js';

@Entity('run')
export class Run {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ type: 'text' })
  plan: string;

  @Column({ type: 'text' })
  study: string;

  /** Fixed at launch, ascending. */
  @Column({ type: 'jsonb' })
  sites: string[];

  @Column({ type: 'text' })
  state: RunState;

  /** Why the run waits, failed or was cancelled, as one sentence or two. */
  @Column({ type: 'text', nullable: true })
  reason: string | null;

  /** The error code behind the reason, where there is one. */
  @Column({ type: 'text', nullable: true })
  code: string | null;

  /** Counts the processes that have executed the run; an older one may neither open nor close a round. */
  @Column({ type: 'integer' })
  epoch: number;

  @Column({ type: 'text', name: 'product_version' })
  productVersion: string;

  @Column({ type: 'integer', name: 'protocol_version' })
  protocolVersion: number;

  @Column({ type: 'text', name: 'launched_by' })
  launchedBy: string;

  @Column({ type: 'timestamptz', name: 'launched_at' })
  launchedAt: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** sha256 of results.json and run.json. */
  @Column({ type: 'text', nullable: true })
  results: string | null;

  @Column({ type: 'text', nullable: true })
  record: string | null;
}
