import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A site said that patients among the training rows of a run withdrew their consent since. */
@Entity('training_withdrawal')
export class TrainingWithdrawal {
  @PrimaryColumn({ type: 'text' })
  run: string;

  @PrimaryColumn({ type: 'text' })
  site: string;

  /** How many patients: at least so many, */
  @Column({ type: 'integer', name: 'at_least' })
  atLeast: number;

  /** and fewer than this. */
  @Column({ type: 'integer' })
  below: number;

  @Column({ type: 'timestamptz', name: 'told_at' })
  toldAt: Date;
}
