import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A one-time right to enrol under a name; only the sha256 of its code is kept. */
@Entity('invite')
export class Invite {
  @PrimaryColumn({ type: 'text', name: 'code_hash' })
  codeHash: string;

  @Column({ type: 'text' })
  site: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'used_at', nullable: true })
  usedAt: Date | null;
}
