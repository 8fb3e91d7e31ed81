import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A steward's signed decision; the latest of a site about a plan holds. */
@Entity('plan_decision')
export class PlanDecision {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'text' })
  plan: string;

  @Column({ type: 'text' })
  site: string;

  @Column({ type: 'text' })
  decision: 'approved' | 'refused' | 'withdrawn';

  @Column({ type: 'timestamptz', name: 'decided_at' })
  decidedAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'text' })
  signature: string;

  @Column({ type: 'timestamptz', name: 'received_at' })
  receivedAt: Date;
}
