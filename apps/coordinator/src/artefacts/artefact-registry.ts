import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { select } from '../sql.js';
import type { ArtefactKind } from './artefact.entity.js';
import type { ArtefactStore } from './artefact-store.js';

export interface StoredFile {
  readonly kind: ArtefactKind;
  readonly digest: string;
  readonly size: number;
}

/** Which file belongs to which run, and as what. */
export class ArtefactRegistry {
  constructor(
    private readonly database: DataSource,
    readonly store: ArtefactStore,
    private readonly clock: Clock,
  ) {}

  /** The file first, then its row. Safe to do twice. */
  async keep(run: string, kind: ArtefactKind, bytes: Uint8Array): Promise<{ digest: string; isNew: boolean }> {
    const digest = await this.store.put(bytes, createHash('sha256').update(bytes).digest('hex'));
    const rows = await this.register(run, [{ kind, digest, size: bytes.length }]);
    return { digest, isNew: rows.length > 0 };
  }

  /** Rows of files that are on the disk. */
  register(run: string, files: readonly StoredFile[]): Promise<{ digest: string }[]> {
    return select(
      this.database,
      `INSERT INTO artefact (run, digest, kind, size, created_at) SELECT DISTINCT $1, file.digest, file.kind, file.size, $2::timestamptz
       FROM jsonb_to_recordset($3::jsonb) AS file(digest text, kind text, size bigint) ON CONFLICT DO NOTHING RETURNING digest`,
      [run, this.clock.now(), JSON.stringify(files)],
    );
  }

  list(run: string): Promise<{ digest: string; kind: ArtefactKind; size: string; createdAt: Date }[]> {
    return select(
      this.database,
      'SELECT digest, kind, size, created_at AS "createdAt" FROM artefact WHERE run = $1 ORDER BY created_at, kind, digest',
      [run],
    );
  }

  /** The runs a published artefact was made in. */
  async runsOf(digest: string, kind: ArtefactKind): Promise<string[]> {
    return (await select<{ run: string }>(this.database, 'SELECT run FROM artefact WHERE digest = $1 AND kind = $2', [digest, kind])).map(
      ({ run }) => run,
    );
  }
}
