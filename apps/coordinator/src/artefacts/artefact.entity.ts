import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ArtefactKind = 'published' | 'answer' | 'aggregate' | 'results' | 'record';

/** A content-addressed file, and the run it belongs to. The file is on disk before this row is. */
@Entity('artefact')
export class Artefact {
  @PrimaryColumn({ type: 'text' })
  run: string;

  @PrimaryColumn({ type: 'text' })
  digest: string;

  @PrimaryColumn({ type: 'text' })
  kind: ArtefactKind;

  @Column({ type: 'bigint' })
  size: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}
