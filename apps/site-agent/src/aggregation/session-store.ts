import { writeDurably } from '@consilium/operations';
import { digestSchema } from '@consilium/protocol';
import { newSessionKeys, sessionKeysOf, type SessionKeys } from '@consilium/secure-aggregation';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const storedSchema = z.strictObject({ run: z.string(), plan: digestSchema, session: digestSchema, secretKey: digestSchema });

/** A site's secret of one session of masks. */
export interface StoredSession {
  readonly run: string;
  readonly plan: string;
  readonly session: string;
  readonly keys: SessionKeys;
}

/**
 * The site's keys for the masks of the runs that are under way, one file a session. A session has one key, on the disk before anybody is told of it, so that a
 * site never signs two; a run that ends takes its keys with it, so that what was sent can be read by nobody afterwards. Not for backups: restored keys
 * are no loss, and lost ones cost a new session.
 */
export class SessionStore {
  private readonly open = new Map<string, StoredSession>();

  constructor(private readonly folder: string) {}

  find(session: string): StoredSession | undefined {
    const known = this.open.get(session);
    if (known || !digestSchema.safeParse(session).success || !existsSync(this.pathOf(session))) return known;
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.pathOf(session), 'utf8'));
    } catch {
      return undefined;
    }
    const read = storedSchema.safeParse(content);
    if (!read.success || read.data.session !== session) return undefined;
    const { run, plan, secretKey } = read.data;
    const stored = { run, plan, session, keys: sessionKeysOf(Uint8Array.from(Buffer.from(secretKey, 'hex'))) };
    this.open.set(session, stored);
    return stored;
  }

  /** The keys of a session, made when it is new. Undefined where the session was opened for another run or plan. */
  async join(run: string, plan: string, session: string): Promise<StoredSession | undefined> {
    const known = this.find(session);
    if (known) return known.run === run && known.plan === plan ? known : undefined;
    const keys = newSessionKeys();
    const stored = { run, plan, session, secretKey: Buffer.from(keys.secretKey).toString('hex') };
    await writeDurably(this.pathOf(session), JSON.stringify(stored));
    this.open.set(session, { run, plan, session, keys });
    return this.open.get(session);
  }

  /** Wipes the keys of a run that has ended. */
  async forget(run: string): Promise<void> {
    for (const name of readdirSync(this.folder)) {
      const session = name.slice(0, 64);
      if (!/^[0-9a-f]{64}\.json$/.test(name) || this.find(session)?.run !== run) continue;
      this.open.delete(session);
      await rm(this.pathOf(session), { force: true });
    }
  }

  /** Wipes the keys of every session. */
  async forgetAll(): Promise<void> {
    this.open.clear();
    for (const name of readdirSync(this.folder)) if (/^[0-9a-f]{64}\.json$/.test(name)) await rm(join(this.folder, name), { force: true });
  }

  private pathOf(session: string): string {
    return join(this.folder, `${session}.json`);
  }
}
