import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestMessage } from '@consilium/protocol';
import type { SiteLines } from '../federation/site-lines.js';
import { KeyCollection, type MaskSessions } from './mask-sessions.js';

export type Session = NonNullable<RequestMessage['session']>;

export interface SessionKeysParts {
  readonly run: string;
  readonly plan: string;
  /** Which execution of the run: each has masks of its own, so that what is asked again comes under new ones. */
  readonly epoch: number;
  readonly sessions: MaskSessions;
  readonly lines: SiteLines;
  readonly now: () => number;
}

/**
 * The sessions of one execution, one for each set of sites. Never random: the same execution names the same session. A key is asked of each site once, before
 * the first masked sum; every later one costs no message.
 */
export class SessionKeys {
  private readonly agreed = new Map<number, Session>();
  private collecting: KeyCollection | undefined;

  constructor(private readonly parts: SessionKeysParts) {}

  interrupt(error: unknown): void {
    this.collecting?.abandon(error);
  }

  /** Resolves when every site of the generation has given its key. Rejects when the time is over, with what `late` says. */
  async of(generation: number, sites: readonly string[], wait: { readonly until: Date; readonly late: (missing: readonly string[]) => unknown }): Promise<Session> {
    const known = this.agreed.get(generation);
    if (known) return known;
    const { run, plan, epoch, sessions, lines } = this.parts;
    const id = createHash('sha256').update(`consilium masks\n${run}\n${generation}\n${epoch}`).digest('hex');
    const collection = new KeyCollection({ run, plan, session: id, sites });
    this.collecting = collection;
    sessions.add(collection);
    const ended = new AbortController();
    try {
      for (const site of sites) collection.ask(site, lines);
      void this.watch(collection, wait, ended.signal);
      const session = { id, keys: [...(await collection.complete)] };
      this.agreed.set(generation, session);
      return session;
    } finally {
      ended.abort();
      sessions.remove(collection);
      this.collecting = undefined;
    }
  }

  private async watch(collection: KeyCollection, wait: { readonly until: Date; readonly late: (missing: readonly string[]) => unknown }, ended: AbortSignal): Promise<void> {
    const left = () => wait.until.getTime() - this.parts.now();
    try {
      while (left() > 0) await sleep(Math.min(left(), 1_000), undefined, { signal: ended, ref: false });
    } catch {
      return;
    }
    if (collection.missing.length > 0) collection.abandon(wait.late(collection.missing));
  }
}
