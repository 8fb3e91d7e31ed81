import { settledStatement, type ContributionKey, type CoordinatorMessage, type Receipt } from '@consilium/protocol';
import type { Identity } from '@consilium/secure-channel';
import type { Body } from '@consilium/transport';
import type { SiteLines } from './site-lines.js';

/** How long a site may wait for the word that it may forget: signing for each round apart costs a tenth of a short round. */
const WAIT_MILLISECONDS = 250;
/** What a site keeps for longer than it must stays small. */
const BYTES_OWED = 1024 * 1024;
/** A message's head stays well below a mebibyte. */
const PARTS_A_MESSAGE = 2_000;
const PARTS_WITH_A_QUESTION = 200;

interface Owed {
  readonly parts: (ContributionKey & { digest: string })[];
  bytes: number;
  readonly since: number;
}

/**
 * Lines on which word that contributions are settled is gathered for a moment, signed once and sent with the next question, or by itself
 * where none follows. A site that is away asks when it comes back.
 */
export class ReceiptLines implements SiteLines {
  private readonly owed = new Map<string, Owed>();
  private waiting: NodeJS.Timeout | undefined;

  constructor(
    private readonly lines: SiteLines,
    private readonly identity: Identity,
  ) {}

  get connected(): ReadonlySet<string> {
    return this.lines.connected;
  }

  send(site: string, message: CoordinatorMessage, body?: Body): Promise<boolean> {
    const owed = message.type === 'request' ? this.owed.get(site) : undefined;
    if (message.type !== 'request' || !owed || !isDue(owed) || owed.parts.length > PARTS_WITH_A_QUESTION) return this.lines.send(site, message, body);
    this.owed.delete(site);
    return this.lines.send(site, { ...message, settled: this.receipt(owed.parts) }, body);
  }

  /** The aggregate that holds a site's contribution is committed. */
  settle(site: string, part: ContributionKey & { readonly digest: string }, bytes: number): void {
    const owed = this.owed.get(site) ?? { parts: [], bytes: 0, since: performance.now() };
    owed.parts.push(part);
    owed.bytes += bytes;
    this.owed.set(site, owed);
    this.waiting ??= setTimeout(() => this.tellAll(), WAIT_MILLISECONDS + 50);
  }

  /** Tells everything at once. */
  tellAll(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    for (const [site, { parts }] of this.owed) {
      for (let from = 0; from < parts.length; from += PARTS_A_MESSAGE) {
        void this.lines.send(site, { type: 'settled', ...this.receipt(parts.slice(from, from + PARTS_A_MESSAGE)) });
      }
    }
    this.owed.clear();
  }

  private receipt(parts: Receipt['parts']): Receipt {
    const { purpose, message } = settledStatement(parts);
    return { parts, signature: this.identity.signText(purpose, message) };
  }
}

const isDue = ({ bytes, since }: Owed): boolean => bytes >= BYTES_OWED || performance.now() - since >= WAIT_MILLISECONDS;
