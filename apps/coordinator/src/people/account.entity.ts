import { Column, Entity, PrimaryColumn } from 'typeorm';

export const roles = ['administrator', 'data-scientist', 'investigator'] as const;
export type Role = (typeof roles)[number];

@Entity('account')
export class Account {
  @PrimaryColumn({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  role: Role;

  /** argon2id, in its own text form with salt and costs. */
  @Column({ type: 'text', name: 'password_hash' })
  passwordHash: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'closed_at', nullable: true })
  closedAt: Date | null;
}
