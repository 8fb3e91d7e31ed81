import { runPrepared } from '@consilium/database';
import type { DataSource, EntityManager } from 'typeorm';
import { change, select } from '../sql.js';
import type { Arrival, RecordedOutcome } from './round.entity.js';
import type { RoundState } from './round-lifecycle.js';

/** Another process executes the run, or the run is no longer open: what this one was about to write must not be written. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

export interface NewRound {
  readonly id: string;
  readonly generation: number;
  readonly path: string;
  readonly stage: number;
  readonly stageName: string;
  readonly step: string;
  readonly stepVersion: number;
  readonly sites: readonly string[];
  readonly requestDigest: string;
  readonly bytesSent: number;
}

export interface KnownRound {
  readonly id: string;
  readonly state: RoundState;
  readonly attempt: number;
  readonly requestDigest: string;
  readonly deadlineAt: Date;
  readonly outcome: RecordedOutcome | null;
}

export interface ClosedRound {
  readonly id: string;
  readonly outcome: RecordedOutcome;
  readonly aggregate: Uint8Array | null;
  readonly bytesReceived: number;
  readonly arrivals: Readonly<Record<string, Arrival>>;
}

const ROUNDS_A_STATEMENT = 500;
const VALUES_A_ROUND = 5;

/** What stands in FROM of every write: the run's row, held, if this epoch may still write. */
const fence = `(SELECT id FROM run WHERE id = $1 AND epoch = $2 AND state = 'open' FOR SHARE) AS fence`;

const openRounds = `INSERT INTO round (id, run, generation, path, stage, stage_name, step, step_version, attempt, state, sites, request_digest, epoch, opened_at, deadline_at, bytes_sent)
  SELECT new.id, fence.id, new.generation, new.path, new.stage, new."stageName", new.step, new."stepVersion", 1, 'open', new.sites, new."requestDigest", $2, $4, $5, new."bytesSent"
  FROM ${fence}, jsonb_to_recordset($3::jsonb) AS new(id text, generation int, path text, stage int, "stageName" text, step text, "stepVersion" int, sites jsonb,
    "requestDigest" text, "bytesSent" bigint)
  ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch WHERE round.state = 'open'
  RETURNING id`;

function closeRounds(count: number): string {
  const values = Array.from({ length: count }, (_, i) => `($${4 + VALUES_A_ROUND * i}::text, $${5 + VALUES_A_ROUND * i}::jsonb, $${6 + VALUES_A_ROUND * i}::bytea, $${7 + VALUES_A_ROUND * i}::bigint, $${8 + VALUES_A_ROUND * i}::jsonb)`);
  return `UPDATE round SET state = 'closed', outcome = found.outcome, aggregate = found.aggregate, bytes_received = found.bytes, arrivals = found.arrivals, closed_at = $3
    FROM ${fence}, (VALUES ${values.join(', ')}) AS found(id, outcome, aggregate, bytes, arrivals)
    WHERE round.id = found.id AND round.run = fence.id AND round.state = 'open' RETURNING round.id`;
}

const closeOneRound = { name: 'close one round', text: closeRounds(1) };

const closedValues = ({ id, outcome, aggregate, bytesReceived, arrivals }: ClosedRound): unknown[] =>
  [id, JSON.stringify(outcome), aggregate && asBuffer(aggregate), bytesReceived, JSON.stringify(arrivals)];

/** The rounds of one run, as one execution reads and writes them. Every write holds the fence; every write may be done twice. */
export class RoundJournal {
  constructor(
    private readonly database: DataSource,
    readonly run: string,
    readonly epoch: number,
  ) {}

  /** All rounds of the run but cancelled and failed ones, without their sums. */
  async known(): Promise<Map<string, KnownRound>> {
    const rows = await select<KnownRound>(
      this.database,
      `SELECT id, state, attempt, request_digest AS "requestDigest", deadline_at AS "deadlineAt", outcome FROM round WHERE run = $1 AND state IN ('open', 'closed')`,
      [this.run],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async aggregates(ids: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await select<{ id: string; aggregate: Buffer }>(
      this.database,
      'SELECT id, aggregate FROM round WHERE id = ANY($1) AND aggregate IS NOT NULL',
      [ids],
    );
    return new Map(rows.map(({ id, aggregate }) => [id, aggregate]));
  }

  /** Opens the rounds of a batch, all or none. */
  async open(rounds: readonly NewRound[], openedAt: Date, deadlineAt: Date): Promise<void> {
    await this.inChunks(rounds, async (chunk, connection) => {
      const values = [this.run, this.epoch, JSON.stringify(chunk), openedAt, deadlineAt];
      const written = await (connection === this.database ? runPrepared(this.database, { name: 'open rounds', text: openRounds }, values) : select(connection, openRounds, values));
      if (written.length !== chunk.length) throw new Fenced();
    });
  }

  /** Open rounds are asked anew, under other keys: what comes for an earlier attempt is not added any more. */
  async renew(rounds: readonly { readonly id: string; readonly attempt: number }[]): Promise<void> {
    const sql = `UPDATE round SET attempt = new.attempt FROM ${fence}, jsonb_to_recordset($3::jsonb) AS new(id text, attempt int)
      WHERE round.id = new.id AND round.run = fence.id AND round.state = 'open' RETURNING round.id`;
    await this.inChunks(rounds, async (chunk, connection) => {
      const written = await change(connection, sql, [this.run, this.epoch, JSON.stringify(chunk)]);
      if (written.length !== chunk.length) throw new Fenced();
    });
  }

  /** Commits what a batch found, all or nothing. After this the sites may forget. */
  async close(rounds: readonly ClosedRound[], closedAt: Date): Promise<void> {
    await this.inChunks(rounds, async (chunk, connection) => {
      const values = [this.run, this.epoch, closedAt, ...chunk.flatMap(closedValues)];
      const written = await (chunk.length === 1 && connection === this.database ? runPrepared(this.database, closeOneRound, values) : change(connection, closeRounds(chunk.length), values));
      if (written.length !== chunk.length && !(await this.areMine(chunk, connection))) throw new Fenced();
    });
  }

  /** A commit whose answer was lost has taken place: the rows are closed, under this epoch. */
  private async areMine(rounds: readonly ClosedRound[], connection: DataSource | EntityManager): Promise<boolean> {
    const ids = rounds.map(({ id }) => id);
    const closed = await select(connection, `SELECT id FROM round WHERE id = ANY($1) AND state = 'closed' AND epoch = $2`, [ids, this.epoch]);
    return closed.length === rounds.length;
  }

  private async inChunks<T>(
    items: readonly T[],
    write: (chunk: readonly T[], connection: DataSource | EntityManager) => Promise<void>,
  ): Promise<void> {
    if (items.length <= ROUNDS_A_STATEMENT) return write(items, this.database);
    await this.database.transaction(async (manager) => {
      for (let from = 0; from < items.length; from += ROUNDS_A_STATEMENT) await write(items.slice(from, from + ROUNDS_A_STATEMENT), manager);
    });
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
