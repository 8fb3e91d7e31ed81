import { randomBytes } from 'node:crypto';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import nacl from 'tweetnacl';
import { agreedKey, sessionKeysOf, type SessionKeys } from './key-agreement.js';
import { maskBlocks, type Blocks } from './masked-sums.js';
import { pairStreams, seedFor, type MaskPurpose } from './pair-seeds.js';
import { bytesOf, newSecret, numberOf, SECRET_BYTES, shareSecret } from './secret-sharing.js';

/** What a member tells the others first. The caller signs it with the site's identity and checks that of every other. */
export interface MemberKeys {
  readonly site: string;
  /** Boxes with shares are sealed to it. */
  readonly channelKey: Uint8Array;
  /** The pairwise masks are agreed with it. */
  readonly maskKey: Uint8Array;
}

/** Shares that a member gives of the others' secrets: of the self-mask of those whose terms are in the sum, of the mask key of those who dropped out. */
export interface Revelation {
  readonly site: string;
  readonly selfMasks: ReadonlyMap<string, bigint>;
  readonly maskKeys: ReadonlyMap<string, bigint>;
}

export interface RecoverableOptions {
  readonly site: string;
  /** Members whose shares give a secret back. At most one member fewer may drop out than is left over it. */
  readonly threshold: number;
  readonly purpose: Omit<MaskPurpose, 'sites'>;
}

interface HeldShares {
  readonly selfMask: bigint;
  readonly maskKey: bigint;
}

/** Below three, the sum gives each of two members the other's term. */
export const FEWEST_MEMBERS = 3;

/** The threshold against a coordinator that lies: two thirds of the members and one. */
export const safeThreshold = (members: number): number => Math.floor((2 * members) / 3) + 1;

const NONCE_BYTES = 24;

/**
 * One site in one recoverable sum: Bonawitz et al., "Practical Secure Aggregation for Privacy-Preserving Machine Learning" (CCS 2017), with pairwise and self-masks.
 * Four steps, each once and in this order: keys, shareOut, mask, reveal. All secrets are new for every sum and every attempt at it, so that what is revealed of
 * a member that dropped out says nothing about any other sum.
 *
 * A member refuses what would uncover a term: fewer than the threshold or than three members at any step, two lists of survivors, a list without itself.
 */
export class RecoverableMember {
  private readonly channel: SessionKeys = sessionKeysOf(newSecret());
  private readonly maskKeys: SessionKeys = sessionKeysOf(newSecret());
  private readonly selfMask = newSecret();
  private readonly held = new Map<string, HeldShares>();
  private readonly boxKeys = new Map<string, Uint8Array | null>();
  private list: readonly MemberKeys[] | undefined;
  private masked = false;
  private revealed: string | undefined;

  constructor(private readonly options: RecoverableOptions) {}

  get keys(): MemberKeys {
    return { site: this.options.site, channelKey: this.channel.publicKey, maskKey: this.maskKeys.publicKey };
  }

  /** For each member of the list (oneself too) a box with its shares of this member's two secrets. */
  shareOut(list: readonly MemberKeys[]): Map<string, Uint8Array> {
    if (this.list) throw refused('The members were told already.');
    const sorted = [...list].sort((a, b) => (a.site < b.site ? -1 : 1));
    const own = sorted.find(({ site }) => site === this.options.site);
    if (!own || !sameKeys(own, this.keys)) throw refused('The list of members does not hold this site with its keys.');
    if (new Set(sorted.map(({ site }) => site)).size !== sorted.length) throw refused('The list of members names a site twice.');
    this.requireEnough(sorted.length);
    this.list = sorted;
    const selfMasks = shareSecret(numberOf(this.selfMask), this.options.threshold, sorted.length);
    const maskKeys = shareSecret(numberOf(this.maskKeys.secretKey), this.options.threshold, sorted.length);
    return new Map(sorted.map((peer, i) => [peer.site, this.seal(peer, { selfMask: selfMasks[i]!.y, maskKey: maskKeys[i]!.y })]));
  }

  /** The term under its masks, among those whose boxes arrived. A box that does not open is as none. */
  mask(blocks: Blocks, boxes: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
    if (!this.list || this.masked) throw refused('A term is masked once, after the members were told.');
    for (const peer of this.list) {
      const box = boxes.get(peer.site);
      const shares = box && this.open(peer, box);
      if (shares) this.held.set(peer.site, shares);
    }
    if (!this.held.has(this.options.site)) throw refused("The site's own shares are missing.");
    this.requireEnough(this.held.size);
    const purpose = { ...this.options.purpose, sites: [...this.held.keys()].sort() };
    const keys = new Map<string, Uint8Array>();
    for (const { site, maskKey } of this.list) {
      const key = this.held.has(site) && site !== this.options.site ? agreedKey(this.maskKeys.secretKey, maskKey) : null;
      if (key) keys.set(site, key);
      else if (this.held.has(site) && site !== this.options.site) throw refused(`The key of ${site} is weak.`);
    }
    this.masked = true;
    const streams = [...pairStreams(this.options.site, keys, purpose), { seed: seedFor(this.selfMask, purpose), sign: 1 as const }];
    return maskBlocks(blocks, streams, purpose.sites.length);
  }

  /** Shares for the sum of exactly these survivors. A second, different list gets nothing. */
  reveal(survivors: readonly string[]): Revelation {
    const { site } = this.options;
    const names = [...new Set(survivors)].sort();
    if (!this.masked) throw refused('Nothing was masked yet.');
    if (this.revealed !== undefined && this.revealed !== names.join('\n')) throw refused('Another list of survivors was answered before.');
    if (!names.includes(site) || names.some((name) => !this.held.has(name))) throw refused('The list of survivors names a site that gave no shares, or not this one.');
    this.requireEnough(names.length);
    this.revealed = names.join('\n');
    const survived = new Set(names);
    const entries = [...this.held];
    return {
      site,
      selfMasks: new Map(entries.filter(([name]) => survived.has(name)).map(([name, { selfMask }]) => [name, selfMask])),
      maskKeys: new Map(entries.filter(([name]) => !survived.has(name)).map(([name, { maskKey }]) => [name, maskKey])),
    };
  }

  private boxKey({ site, channelKey }: MemberKeys): Uint8Array | null {
    const known = this.boxKeys.get(site);
    if (known !== undefined) return known;
    const key = agreedKey(this.channel.secretKey, channelKey);
    this.boxKeys.set(site, key);
    return key;
  }

  private requireEnough(members: number): void {
    const fewest = Math.max(FEWEST_MEMBERS, this.options.threshold);
    if (members < fewest) throw refused(`${members} of at least ${fewest} members are left.`);
  }

  /** Names in the box: one that is sent back, or to somebody else, does not open as what it is not. */
  private seal(peer: MemberKeys, { selfMask, maskKey }: HeldShares): Uint8Array {
    const text = Buffer.concat([bytesOf(selfMask), bytesOf(maskKey), Buffer.from(direction(this.options.site, peer.site), 'utf8')]);
    const key = this.boxKey(peer);
    if (!key) throw refused(`The key of ${peer.site} is weak.`);
    const nonce = randomBytes(NONCE_BYTES);
    return Buffer.concat([nonce, nacl.box.after(text, nonce, key)]);
  }

  private open(peer: MemberKeys, box: Uint8Array): HeldShares | null {
    const key = this.boxKey(peer);
    const text = key && box.length >= NONCE_BYTES + nacl.box.overheadLength ? nacl.box.open.after(box.subarray(NONCE_BYTES), box.subarray(0, NONCE_BYTES), key) : null;
    if (!text || Buffer.from(text.subarray(2 * SECRET_BYTES)).toString('utf8') !== direction(peer.site, this.options.site)) return null;
    return { selfMask: numberOf(text.subarray(0, SECRET_BYTES)), maskKey: numberOf(text.subarray(SECRET_BYTES, 2 * SECRET_BYTES)) };
  }
}

const direction = (from: string, to: string): string => JSON.stringify(['consilium shares 1', from, to]);

const sameKeys = (a: MemberKeys, b: MemberKeys): boolean => Buffer.from(a.channelKey).equals(b.channelKey) && Buffer.from(a.maskKey).equals(b.maskKey);

const refused = (sentence: string) => new ConsiliumError(methodErrors.aggregationRefused, `${sentence} No term was uncovered.`);
