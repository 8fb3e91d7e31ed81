import type pg from 'pg';

import { advisoryKey, connectAlone } from './session-lock.js';

export interface RunLock {
  readonly key: string;
  /** False from the moment the loss is known. */
  readonly held: boolean;
  release(): Promise<void>;
}

export interface RunLockOptions {
  /** Told once when the lock is lost: the connection died or the server did not answer in time. Not told after `release`. */
  readonly onLost: (reason: Error) => void;
  /** How often the server is asked. */
  readonly heartbeatMilliseconds?: number;
  /** How long an answer may take; the server frees the lock by itself after three times the sum of both without a heartbeat. */
  readonly answerWithinMilliseconds?: number;
}

class HeldLock implements RunLock {
  held = true;
  private readonly timer: NodeJS.Timeout;
  private asking = false;

  constructor(
    readonly key: string,
    private readonly client: pg.Client,
    private readonly options: Required<RunLockOptions>,
  ) {
    client.on('end', () => this.lose(new Error('The connection that held the lock ended.')));
    this.timer = setInterval(() => void this.ask(), options.heartbeatMilliseconds);
    this.timer.unref();
  }

  async release(): Promise<void> {
    this.held = false;
    clearInterval(this.timer);
    await this.client.end().catch(() => undefined);
  }

  private async ask(): Promise<void> {
    if (this.asking || !this.held) return;
    this.asking = true;
    const silence = new Error('The database did not answer the holder of the lock in time.');
    const late = setTimeout(() => this.lose(silence), this.options.answerWithinMilliseconds);
    try {
      await this.client.query('SELECT 1');
    } catch (error) {
      this.lose(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(late);
      this.asking = false;
    }
  }

  private lose(reason: Error): void {
    if (!this.held) return;
    this.held = false;
    clearInterval(this.timer);
    // A server that no longer answers would keep a polite goodbye waiting.
    void this.client.end().catch(() => undefined);
    this.options.onLost(reason);
  }
}

/**
 * Takes the advisory lock `key` on a connection of its own, or answers `undefined` when another process holds it. The lock is the right to
 * execute a run: it is freed by `release`, by the death of this process, and by the server when heartbeats stop. Losing it is told, never
 * repaired: what was done under it must be fenced (an epoch in the rows) because the next holder may already be at work.
 */
export async function acquireRunLock(url: string, key: string, options: RunLockOptions): Promise<RunLock | undefined> {
  const { heartbeatMilliseconds = 5_000, answerWithinMilliseconds = 5_000 } = options;
  const client = await connectAlone(url, 'consilium run lock');
  try {
    await client.query(`SET idle_session_timeout = ${Math.ceil(3 * (heartbeatMilliseconds + answerWithinMilliseconds))}`);
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS taken', [advisoryKey(key)]);
    if (rows[0]?.taken) return new HeldLock(key, client, { ...options, heartbeatMilliseconds, answerWithinMilliseconds });
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}
