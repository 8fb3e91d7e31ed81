import type { DataSource, EntityManager } from 'typeorm';
import type { ErrorCode } from '@consilium/protocol';
import type { Act, AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { statesBefore } from '../lifecycle.js';
import { roundLifecycle, type RoundState } from '../rounds/round-lifecycle.js';
import { change, select } from '../sql.js';
import { runLifecycle, type RunState } from './run-lifecycle.js';

export interface Transition {
  readonly run: string;
  readonly to: Exclude<RunState, 'closed'>;
  /** Only while this epoch executes the run; absent for what a person commands. */
  readonly epoch?: number;
  readonly reason: string | null;
  readonly code?: ErrorCode;
  readonly act: Act;
}

/** What becomes of waiting rounds when the run changes its state. */
const roundsFollow: Readonly<Record<Transition['to'], RoundState>> = { open: 'open', paused: 'paused', failed: 'failed', cancelled: 'cancelled' };

/** Changes of a run's state: run, rounds and audit in one transaction. */
export class RunTransitions {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
  ) {}

  /** False when the run is not in a state from which this may follow, or another epoch executes it. */
  apply(transition: Transition, also?: (manager: EntityManager) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const { run, to, epoch = null, reason, code } = transition;
      const ended = to === 'failed' || to === 'cancelled' ? this.clock.now() : null;
      const changed = await change(
        manager,
        `UPDATE run SET state = $2, reason = $3, code = $4, ended_at = $5 WHERE id = $1 AND state = ANY($6) AND ($7::int IS NULL OR epoch = $7) RETURNING id`,
        [run, to, reason, code?.code ?? null, ended, statesBefore(runLifecycle, to), epoch],
      );
      if (changed.length === 0) return false;
      const follow = roundsFollow[to];
      await manager.query('UPDATE round SET state = $2 WHERE run = $1 AND state = ANY($3)', [run, follow, statesBefore(roundLifecycle, follow)]);
      await also?.(manager);
      await this.audit.add(manager, transition.act);
      return true;
    });
  }

  /** Rounds that go on waiting have their whole time again. */
  async renewDeadlines(manager: EntityManager, run: string, milliseconds: number): Promise<void> {
    await manager.query(`UPDATE round SET deadline_at = $2 WHERE run = $1 AND state = 'open'`, [
      run,
      new Date(this.clock.now().getTime() + milliseconds),
    ]);
  }

  /**
   * A smaller set of sites from the present stage on: that of the waiting rounds, or the last that began. Waiting rounds of the stage end;
   * its closed rounds stay as records and are asked again under the new generation.
   */
  async leaveOut(manager: EntityManager, change: { readonly run: string; readonly sites: readonly string[]; readonly by: string }): Promise<void> {
    const [present] = await select<{ stage: number }>(
      manager,
      `SELECT coalesce((SELECT min(stage) FROM round WHERE run = $1 AND state IN ('open', 'paused')), (SELECT max(stage) FROM round WHERE run = $1), 0) AS stage`,
      [change.run],
    );
    await manager.query(`UPDATE round SET state = 'cancelled' WHERE run = $1 AND state IN ('open', 'paused')`, [change.run]);
    await manager.query(
      `INSERT INTO run_site_set (run, generation, from_stage, sites, decided_by, decided_at)
       SELECT $1, max(generation) + 1, $2, $3::jsonb, $4, $5 FROM run_site_set WHERE run = $1`,
      [change.run, present?.stage ?? 0, JSON.stringify(change.sites), change.by, this.clock.now()],
    );
  }
}
