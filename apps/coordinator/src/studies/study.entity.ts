import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('study')
export class Study {
  @PrimaryColumn({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}

@Entity('study_site')
export class StudySite {
  @PrimaryColumn({ type: 'text' })
  study: string;

  @PrimaryColumn({ type: 'text' })
  site: string;

  @Column({ type: 'timestamptz', name: 'joined_at' })
  joinedAt: Date;
}
