import { Column, Entity, PrimaryColumn } from 'typeorm';

export type SiteState = 'waiting' | 'admitted' | 'revoked';

@Entity('site')
export class Site {
  @PrimaryColumn({ type: 'text' })
  name: string;

  /** Ed25519, base64. */
  @Column({ type: 'text', name: 'public_key', unique: true })
  publicKey: string;

  @Column({ type: 'text' })
  fingerprint: string;

  @Column({ type: 'text' })
  state: SiteState;

  @Column({ type: 'text', name: 'agent_version' })
  agentVersion: string;

  @Column({ type: 'timestamptz', name: 'enrolled_at' })
  enrolledAt: Date;

  @Column({ type: 'timestamptz', name: 'admitted_at', nullable: true })
  admittedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'seen_at', nullable: true })
  seenAt: Date | null;

  /** The site's people stopped it then, and it has not come back since. */
  @Column({ type: 'timestamptz', name: 'stopped_at', nullable: true })
  stoppedAt: Date | null;
}
