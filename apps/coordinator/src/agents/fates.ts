import type { DataSource } from 'typeorm';
import type { ContributionKey, WelcomeMessage } from '@consilium/protocol';
import type { RoundState } from '../rounds/round-lifecycle.js';
import type { RunState } from '../runs/run-lifecycle.js';
import { select } from '../sql.js';

export type Fate = WelcomeMessage['fates'][number]['fate'];

export interface RecordedRound {
  readonly run: RunState;
  /** Null when the run has no such round (yet). */
  readonly round: RoundState | null;
  readonly attempt: number | null;
}

/** What is to become of a contribution, by what is recorded of its round. */
export function fateOf(attempt: number, recorded: RecordedRound | undefined): Fate {
  if (!recorded) return 'unknown';
  const { run, round } = recorded;
  if (round === 'closed' && recorded.attempt === attempt) return 'settled';
  if (run === 'closed' || run === 'failed' || run === 'cancelled') return 'void';
  // A round that was opened just before a crash may be lost; the run opens it again under the same id.
  if (round === null) return 'unknown';
  if ((round === 'open' || round === 'paused') && recorded.attempt === attempt) return 'wanted';
  return 'void';
}

/** Fates of a site's unsettled contributions; of runs without the site nothing is told. */
export async function fatesOf(database: DataSource, site: string, keys: readonly ContributionKey[]): Promise<WelcomeMessage['fates']> {
  if (keys.length === 0) return [];
  const rows = await select<{ run: string; id: string; state: RunState; round: RoundState | null; attempt: number | null }>(
    database,
    `SELECT asked.run, asked.round AS id, run.state, round.state AS round, round.attempt
     FROM jsonb_to_recordset($1::jsonb) AS asked(run text, round text)
     JOIN run ON run.id = asked.run AND run.sites @> to_jsonb($2::text)
     LEFT JOIN round ON round.id = asked.round AND round.run = run.id AND round.sites @> to_jsonb($2::text)`,
    [JSON.stringify(keys.map(({ run, round }) => ({ run, round }))), site],
  );
  const recorded = new Map(rows.map((row) => [`${row.run}/${row.id}`, { run: row.state, round: row.round, attempt: row.attempt }]));
  return keys.map(({ run, round, attempt }) => ({ run, round, attempt, fate: fateOf(attempt, recorded.get(`${run}/${round}`)) }));
}
