import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { select } from '../sql.js';
import { runSigns, type RunSigns } from './run-signs.js';
import { timelineLanes, type SiteAnswerTime, type TimelineLane } from './run-timeline.js';
import type { Run } from './run.entity.js';

/** A line of the table of rounds. */
export interface ShownRound {
  readonly number: number;
  readonly id: string;
  readonly stageName: string;
  readonly step: string;
  readonly state: string;
  readonly sites: number;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly outcome: string | null;
}

export interface RunTimeline {
  readonly from: number;
  readonly to: number;
  /** Null when the run has ended. */
  readonly now: number | null;
  readonly lanes: readonly TimelineLane[];
  readonly stages: readonly { readonly name: string; readonly from: number }[];
}

interface Batch {
  readonly site: string;
  readonly step: string;
  readonly asked: number;
  readonly arrived: number | null;
  readonly bytes: number;
  readonly refused: boolean;
}

/** What happened in a run, read from its journal; nothing here rests in memory. */
export class RunHistory {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  rounds(run: string, page: { readonly from: number; readonly limit: number }): Promise<ShownRound[]> {
    return select(
      this.database,
      `SELECT * FROM (
         SELECT (row_number() OVER (ORDER BY opened_at, path, generation))::int AS number, id, stage_name AS "stageName", step, state, jsonb_array_length(sites) AS sites,
           opened_at AS "openedAt", closed_at AS "closedAt", bytes_sent::float8 AS "bytesSent", bytes_received::float8 AS "bytesReceived", outcome->>'kind' AS outcome
         FROM round WHERE run = $1) AS numbered
       WHERE number > $2 ORDER BY number LIMIT $3`,
      [run, page.from, page.limit],
    );
  }

  /** Rounds that were asked together are one bar: a site answers them together. `arrivals`: who has answered what is open now. */
  async timeline(run: Run, window: { readonly from?: number | undefined; readonly to?: number | undefined } = {}, arrivals: Readonly<Record<string, number>> = {}): Promise<RunTimeline> {
    const batches = await select<Batch>(
      this.database,
      `SELECT site, min(step) AS step, extract(epoch FROM opened_at)::float8 * 1000 AS asked,
         CASE WHEN bool_and(arrivals ? site) THEN max((arrivals->site->>'at')::float8) WHEN bool_and(state <> 'open') THEN extract(epoch FROM max(closed_at))::float8 * 1000 END AS arrived,
         coalesce(sum((arrivals->site->>'bytes')::float8), 0) AS bytes,
         bool_or(coalesce((arrivals->site->>'refused')::boolean, false)) AS refused
       FROM round, jsonb_array_elements_text(sites) AS site WHERE run = $1 AND state IN ('open', 'paused', 'closed') GROUP BY site, opened_at ORDER BY opened_at`,
      [run.id],
    );
    const stages = await select<{ name: string; from: number }>(
      this.database,
      `SELECT stage_name AS name, extract(epoch FROM min(opened_at))::float8 * 1000 AS "from" FROM round WHERE run = $1 GROUP BY stage, stage_name ORDER BY stage`,
      [run.id],
    );
    const now = this.clock.now().getTime();
    const ended = run.endedAt?.getTime() ?? null;
    const from = window.from ?? Math.min(run.launchedAt.getTime(), ...stages.map((stage) => stage.from));
    const to = Math.max(from + 1, window.to ?? ended ?? now);
    const answers = batches.map(({ site, step, asked, arrived, bytes, refused }): SiteAnswerTime => ({ site, step, askedAt: asked, answeredAt: arrived ?? ended ?? arrivals[site] ?? null, bytes, refused }));
    return { from, to, now: ended === null ? now : null, lanes: timelineLanes(answers, run.sites, { from, to, now: ended ?? now }), stages };
  }

  /** What was seen in the contributions of a run, for people to look at. */
  signs(run: string): Promise<RunSigns> {
    return runSigns(this.database, run);
  }

  /** When each site last answered a round of any run. */
  async lastContributions(): Promise<ReadonlyMap<string, Date>> {
    const rows = await select<{ site: string; at: Date }>(
      this.database,
      `SELECT site, max(closed_at) AS at FROM round, jsonb_object_keys(arrivals) AS site WHERE arrivals IS NOT NULL GROUP BY site`,
    );
    return new Map(rows.map(({ site, at }) => [site, at]));
  }
}
