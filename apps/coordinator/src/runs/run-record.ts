import { hostname } from 'node:os';
import type { DataSource } from 'typeorm';
import { PRODUCT_VERSION } from '@consilium/protocol';
import { select } from '../sql.js';
import { runSigns } from './run-signs.js';
import type { Run } from './run.entity.js';

/** run.json: the evidence of a run, with the times, ids and hosts that results.json does not hold. No figure and no patient data. */
export async function runRecord(database: DataSource, run: Run, ended: { readonly at: Date; readonly results: string }): Promise<string> {
  const rounds = await select<{ bytesSent: number; bytesReceived: number }>(
    database,
    `SELECT id, generation, path, stage, stage_name AS "stageName", step, step_version AS "stepVersion", attempt, state, sites, epoch, opened_at AS "openedAt",
       closed_at AS "closedAt", outcome->>'kind' AS outcome, bytes_sent::float8 AS "bytesSent", bytes_received::float8 AS "bytesReceived"
     FROM round WHERE run = $1 ORDER BY opened_at, path, generation`,
    [run.id],
  );
  const siteSets = await select(
    database,
    `SELECT generation, from_stage AS "fromStage", sites, decided_by AS "decidedBy", decided_at AS "decidedAt" FROM run_site_set WHERE run = $1 ORDER BY generation`,
    [run.id],
  );
  const record = {
    format: 1,
    run: run.id,
    study: run.study,
    plan: run.plan,
    results: ended.results,
    launchedBy: run.launchedBy,
    launchedAt: run.launchedAt,
    endedAt: ended.at,
    host: hostname(),
    productVersion: PRODUCT_VERSION,
    protocolVersion: run.protocolVersion,
    executions: run.epoch,
    siteSets,
    signs: await runSigns(database, run.id),
    bytesSent: rounds.reduce((total, round) => total + round.bytesSent, 0),
    bytesReceived: rounds.reduce((total, round) => total + round.bytesReceived, 0),
    rounds,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
