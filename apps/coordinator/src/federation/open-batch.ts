import type { RequestMessage } from '@consilium/protocol';
import { prepareBody, type PreparedBody } from '@consilium/transport';
import type { RoundInbox } from './round-inbox.js';
import type { SiteLines } from './site-lines.js';

/** A head stays well below a mebibyte. */
const PARTS_A_MESSAGE = 2_000;
const HEAD_BYTES = 600_000;
const LOOK_MILLISECONDS = 1_000;

/** An asked part: the bytes are encoded once and shared by all sites. */
export interface AskedPart {
  readonly inbox: RoundInbox;
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** The terms are masked among the sites of the inbox. */
  readonly masked: boolean;
}

/** The rounds a run waits for at one moment: all steps asked at once. */
export class OpenBatch {
  private readonly inboxes: ReadonlyMap<string, RoundInbox>;
  private readonly bodies = new Map<string, PreparedBody>();
  private watching: NodeJS.Timeout | undefined;
  private asking = 0;
  private finish: () => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;
  /** Resolves when every site has answered every part; rejects when the batch is abandoned. */
  readonly complete: Promise<void>;

  constructor(
    readonly run: string,
    readonly plan: string,
    readonly parts: readonly AskedPart[],
    /** Where parts are masked, the session with every site's key. */
    private readonly session: RequestMessage['session'] = null,
  ) {
    this.inboxes = new Map(parts.map(({ inbox }) => [`${inbox.key.round}/${inbox.key.attempt}`, inbox]));
    this.complete = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    this.complete.catch(() => undefined);
    this.check();
  }

  /** Sites some part still waits for, ascending. */
  get missing(): readonly string[] {
    return [...new Set(this.parts.flatMap(({ inbox }) => inbox.missing))].sort();
  }

  get sites(): readonly string[] {
    return [...new Set(this.parts.flatMap(({ inbox }) => inbox.sites))].sort();
  }

  /** Whether questions are still on their way out. */
  get isAsking(): boolean {
    return this.asking > 0;
  }

  inbox(round: string, attempt: number): RoundInbox | undefined {
    return this.inboxes.get(`${round}/${attempt}`);
  }

  /** Call after an inbox took something. */
  check(): void {
    if (this.parts.every(({ inbox }) => inbox.missing.length === 0)) this.finish();
  }

  abandon(error: unknown): void {
    this.end();
    this.fail(error);
  }

  end(): void {
    clearTimeout(this.watching);
  }

  /** Sends a site what it has not answered, but for the rounds to which its answer is on the way. */
  async ask(site: string, lines: SiteLines, coming?: ReadonlySet<RoundInbox>): Promise<void> {
    this.asking++;
    await this.sendQuestions(site, lines, coming).finally(() => this.asking--);
  }

  private async sendQuestions(site: string, lines: SiteLines, coming?: ReadonlySet<RoundInbox>): Promise<void> {
    const asked = this.parts.filter(({ inbox }) => inbox.sites.includes(site) && !inbox.hasAnswered(site) && !coming?.has(inbox));
    const names = asked.reduce((most, { inbox, masked }) => Math.max(most, masked ? inbox.sites.join().length : 0), 0);
    const partsAMessage = Math.max(1, Math.min(PARTS_A_MESSAGE, Math.floor(HEAD_BYTES / (2 * names + 300))));
    for (let from = 0; from < asked.length; from += partsAMessage) {
      const parts = asked.slice(from, from + partsAMessage);
      const message: RequestMessage = {
        type: 'request',
        run: this.run,
        plan: this.plan,
        session: parts.some(({ masked }) => masked) ? this.session : null,
        parts: parts.map(({ inbox, bytes, digest, masked }) => ({
          round: inbox.key.round,
          attempt: inbox.key.attempt,
          step: inbox.step.name,
          version: inbox.step.version,
          length: bytes.length,
          digest,
          ...(masked ? { maskedAmong: [...inbox.sites] } : {}),
        })),
      };
      if (!(await lines.send(site, message, this.body(parts)))) return;
    }
  }

  /** Rejects `complete` when the time comes. Looks at the clock each second, so that a machine that slept is not late by the sleep. */
  watch(deadline: Date, now: () => number, late: () => unknown): void {
    const look = (): void => {
      const left = deadline.getTime() - now();
      if (left > 0) this.watching = setTimeout(look, Math.min(left, LOOK_MILLISECONDS)).unref();
      else if (this.missing.length > 0) this.abandon(late());
    };
    look();
  }

  /** Sites that are asked the same parts share one body, hashed once. */
  private body(parts: readonly AskedPart[]): PreparedBody {
    const name = parts.map(({ inbox }) => inbox.key.round).join();
    let body = this.bodies.get(name);
    const known = parts.length === 1 ? parts[0]!.digest : undefined;
    if (!body) this.bodies.set(name, (body = prepareBody(parts.map(({ bytes }) => bytes), known)));
    return body;
  }
}
