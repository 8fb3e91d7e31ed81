import { errorCodes, coordinatorErrors, type SessionAnswer, type SessionKey } from '@consilium/protocol';
import { MustWait } from '../federation/interruption.js';
import type { SiteLines } from '../federation/site-lines.js';

export interface WantedSession {
  readonly run: string;
  readonly plan: string;
  readonly session: string;
  readonly sites: readonly string[];
}

/** The keys of one session, while they come in. The coordinator hands them on; it cannot make one, for it holds no site's identity. */
export class KeyCollection {
  private readonly keys = new Map<string, SessionKey>();
  private finish: (keys: readonly SessionKey[]) => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;
  readonly complete: Promise<readonly SessionKey[]>;

  constructor(readonly wanted: WantedSession) {
    this.complete = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    this.complete.catch(() => undefined);
  }

  get missing(): readonly string[] {
    return this.wanted.sites.filter((site) => !this.keys.has(site));
  }

  take(site: string, { key, refusal }: SessionAnswer): void {
    if (!this.missing.includes(site)) return;
    if (!key || key.site !== site) {
      const code = errorCodes.find((one) => one.code === refusal?.code) ?? coordinatorErrors.contributionMisfits;
      return this.abandon(new MustWait(code, `${site} gives no key for the masks: ${refusal?.sentence ?? 'it answered for another site.'} The run waits.`));
    }
    this.keys.set(site, key);
    if (this.missing.length === 0) this.finish(this.wanted.sites.map((name) => this.keys.get(name)!));
  }

  ask(site: string, lines: SiteLines): void {
    const { run, plan, session } = this.wanted;
    if (this.missing.includes(site)) void lines.send(site, { type: 'session-wanted', run, plan, session });
  }

  abandon(error: unknown): void {
    this.fail(error);
  }
}

/** The sessions whose keys this process waits for, one a run. */
export class MaskSessions {
  private readonly open = new Map<string, KeyCollection>();

  add(collection: KeyCollection): void {
    this.open.set(collection.wanted.run, collection);
  }

  remove(collection: KeyCollection): void {
    if (this.open.get(collection.wanted.run) === collection) this.open.delete(collection.wanted.run);
  }

  take(site: string, answer: SessionAnswer): void {
    const collection = this.open.get(answer.run);
    if (collection?.wanted.session === answer.session) collection.take(site, answer);
  }

  /** A site that came back is asked again for the key it has not given. */
  askAgain(site: string, lines: SiteLines): void {
    for (const collection of this.open.values()) collection.ask(site, lines);
  }
}
