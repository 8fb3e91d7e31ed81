import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of an analysis plan, named by the sha256 of its canonical text. */
@Entity('plan')
export class Plan {
  @PrimaryColumn({ type: 'text' })
  digest: string;

  @Column({ type: 'text' })
  study: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'text' })
  version: string;

  /** The canonical text that sites approve. */
  @Column({ type: 'text' })
  text: string;

  @Column({ type: 'jsonb' })
  sites: string[];

  /** The coordinating centre's Ed25519 signature of the digest; null until the plan is signed and offered. */
  @Column({ type: 'text', nullable: true })
  signature: string | null;

  @Column({ type: 'text', name: 'uploaded_by' })
  uploadedBy: string;

  @Column({ type: 'timestamptz', name: 'uploaded_at' })
  uploadedAt: Date;

  @Column({ type: 'timestamptz', name: 'signed_at', nullable: true })
  signedAt: Date | null;
}
