import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A token as it can be checked but not used: its sha256. */
@Entity('access_token')
export class AccessToken {
  @PrimaryColumn({ type: 'text' })
  hash: string;

  @Column({ type: 'text' })
  account: string;

  @Column({ type: 'text' })
  label: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;
}
