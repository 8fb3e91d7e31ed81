import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The sites of a run from a stage on. Generation 0 is the launch; each later one leaves sites out. */
@Entity('run_site_set')
export class RunSiteSet {
  @PrimaryColumn({ type: 'text' })
  run: string;

  @PrimaryColumn({ type: 'integer' })
  generation: number;

  @Column({ type: 'integer', name: 'from_stage' })
  fromStage: number;

  @Column({ type: 'jsonb' })
  sites: string[];

  @Column({ type: 'text', name: 'decided_by' })
  decidedBy: string;

  @Column({ type: 'timestamptz', name: 'decided_at' })
  decidedAt: Date;
}
