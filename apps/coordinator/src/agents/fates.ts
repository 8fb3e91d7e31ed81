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
  /** The round goes on without this site. */
  readonly without?: boolean;
}

/** What is to become of a contribution, by what is recorded of its round. */
export function fateOf(attempt: number, recorded: RecordedRound | undefined): Fate {
  if (!recorded) return 'unknown';
  const { run, round } = recorded;
  if (round === 'closed' && recorded.attempt === attempt && !recorded.without) return 'settled';
  if (run === 'closed' || run === 'failed' || run === 'cancelled' || recorded.without) return 'void';
  // A round that was opened just before a crash may be lost; the run opens it again under the same id.
  if (round === null) return 'unknown';
  if ((round === 'open' || round === 'paused') && recorded.attempt === attempt) return 'wanted';
  return 'void';
}

/** Why a contribution is void: for the log of the agent, and for the steward who reads it. */
export function reasonOf({ run, round, attempt, without }: RecordedRound): string {
  if (run === 'cancelled' || run === 'failed') return `The run is ${run}. The contribution was not added.`;
  if (without) return 'The round went on without this site. The contribution came too late and was not added.';
  if (run === 'closed') return 'The run is closed. The contribution came too late and was not added.';
  return round === 'cancelled' ? 'The round was given up. The contribution was not added.' : `The round was asked again and waits for attempt ${attempt ?? 1}. The contribution was not added.`;
}

/** Those of the runs that exist, and that the site never took part in. */
export async function runsWithout(database: DataSource, site: string, runs: readonly string[]): Promise<string[]> {
  if (runs.length === 0) return [];
  const rows = await select<{ id: string }>(database, 'SELECT id FROM run WHERE id = ANY($1) AND NOT sites @> to_jsonb($2::text)', [[...new Set(runs)], site]);
  return rows.map(({ id }) => id);
}

/** Fates of a site's unsettled contributions; of runs without the site nothing is told. */
export async function fatesOf(database: DataSource, site: string, keys: readonly ContributionKey[]): Promise<WelcomeMessage['fates']> {
  if (keys.length === 0) return [];
  const rows = await select<{ run: string; id: string; state: RunState; round: RoundState | null; attempt: number | null; without: boolean | null }>(
    database,
    `SELECT asked.run, asked.round AS id, run.state, round.state AS round, round.attempt, NOT round.sites @> to_jsonb($2::text) AS without
     FROM jsonb_to_recordset($1::jsonb) AS asked(run text, round text)
     JOIN run ON run.id = asked.run AND run.sites @> to_jsonb($2::text)
     LEFT JOIN round ON round.id = asked.round AND round.run = run.id`,
    [JSON.stringify(keys.map(({ run, round }) => ({ run, round }))), site],
  );
  const recorded = new Map(rows.map((row) => [`${row.run}/${row.id}`, { run: row.state, round: row.round, attempt: row.attempt, without: row.without === true }]));
  return keys.map(({ run, round, attempt }) => {
    const known = recorded.get(`${run}/${round}`);
    const fate = fateOf(attempt, known);
    return { run, round, attempt, fate, ...(known && fate === 'void' ? { reason: reasonOf(known) } : {}) };
  });
}
