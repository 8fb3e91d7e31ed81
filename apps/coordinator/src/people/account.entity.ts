import type { Role } from '@consilium/protocol/requests';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export { roles, type Role } from '@consilium/protocol/requests';

@Entity('account')
export class Account {
  @PrimaryColumn({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  role: Role;

  /** argon2id, in its own text form with salt and costs. Null where an identity provider says who somebody is. */
  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash: string | null;

  /** Issuer and subject of the identity provider; null for accounts with a password. */
  @Column({ type: 'text', nullable: true, unique: true })
  identity: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'closed_at', nullable: true })
  closedAt: Date | null;
}
