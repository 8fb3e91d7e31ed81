import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One link of the chain of a site's keys: the statement by which a key named its successor, signed by both. */
@Entity('key_succession')
export class KeySuccession {
  /** A key has one successor, and is never accepted again. */
  @PrimaryColumn({ type: 'text', name: 'old_key' })
  oldKey: string;

  @Column({ type: 'text', name: 'new_key', unique: true })
  newKey: string;

  @Column({ type: 'text' })
  site: string;

  /** Canonical text of the statement. */
  @Column({ type: 'text' })
  text: string;

  /** Public key of a signer to its signature. */
  @Column({ type: 'jsonb' })
  signatures: Record<string, string>;

  @Column({ type: 'timestamptz', name: 'accepted_at' })
  acceptedAt: Date;
}
