import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One act of a person or of the program. Each entry holds the hash of the one before it. */
@Entity('audit_entry')
export class AuditEntry {
  @PrimaryColumn({ type: 'integer' })
  sequence: number;

  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  action: string;

  @Column({ type: 'text' })
  subject: string;

  /** JSON text, kept as it was hashed. */
  @Column({ type: 'text' })
  detail: string;

  @Column({ type: 'text' })
  previous: string;

  @Column({ type: 'text' })
  hash: string;
}
