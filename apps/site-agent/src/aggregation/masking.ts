import { agentErrors, ConsiliumError, sessionKeyStatement, sessionText, type Participant, type RequestMessage, type SessionKey } from '@consilium/protocol';
import { agreedKey, pairStreams, type MaskStream } from '@consilium/secure-aggregation';
import { verifySignature, type Identity } from '@consilium/secure-channel';
import { FEWEST_MASKED_SITES, masksSums, siteGroups, type AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import type { AskedPart } from '../exchange/request-parts.js';
import type { SessionStore, StoredSession } from './session-store.js';

/** How a term is masked: handed to where it is computed. */
export interface TermMask {
  readonly streams: readonly MaskStream[];
  readonly terms: number;
}

/** What the steward approved of a run, as far as masks are concerned. */
export interface ApprovedRun {
  readonly plan: AnalysisPlan;
  readonly participants: readonly Participant[];
  /** Sites of the run as announced. */
  readonly sites: readonly string[];
}

interface CheckedSession {
  readonly text: string;
  readonly digest: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/**
 * The masks of a site. Every key of a session is held against the identities that the steward approved; the digest of all of them goes into every seed. A plan
 * that has its sums masked gets no plain term of a sum from this site, but where the plan itself asks for a sum over this site alone.
 */
export class Masking {
  private readonly checked = new Map<string, CheckedSession>();

  constructor(
    private readonly store: SessionStore,
    private readonly site: string,
    private readonly identity: Identity,
  ) {}

  /** This site's signed key of a session; the same one whenever it is asked. */
  async keyFor({ run, plan, session }: { readonly run: string; readonly plan: string; readonly session: string }): Promise<SessionKey> {
    const stored = await this.store.join(run, plan, session);
    if (!stored) throw new ConsiliumError(agentErrors.maskKeysMissing, 'These masks belong to another run. Nothing was sent.');
    const key = Buffer.from(stored.keys.publicKey).toString('hex');
    const { purpose, message } = sessionKeyStatement({ plan, run, session, site: this.site, key });
    return { site: this.site, key, signature: this.identity.signText(purpose, message) };
  }

  forget(run: string): Promise<void> {
    return this.store.forget(run);
  }

  /** Wipes every key of every session: what is masked by them can be made again by nobody. */
  forgetAll(): Promise<void> {
    this.checked.clear();
    return this.store.forgetAll();
  }

  /** The mask of a part; undefined where its term is sent as it is. Throws where that must not be. */
  maskFor(request: Pick<RequestMessage, 'plan' | 'session'>, part: AskedPart, approved: ApprovedRun, isSum: boolean): TermMask | undefined {
    if (!isSum || !masksSums(approved.plan)) {
      if (part.maskedAmong) throw new ConsiliumError(agentErrors.messageShape, 'A mask was asked for what is not added under masks. Nothing was sent.');
      return undefined;
    }
    const group = part.maskedAmong ?? [this.site];
    // Of a run that lost sites a sum over the last one is no sum: whether a site is alone is for the plan to say.
    const groups = siteGroups(approved.plan, part.maskedAmong ? approved.sites : approved.plan.sites);
    const isGroup = group.includes(this.site) && groups.some((one) => one.join('\n') === [...group].sort().join('\n'));
    if (!part.maskedAmong) {
      if (isGroup) return undefined;
      throw new ConsiliumError(agentErrors.masksDemanded, 'The approved plan has its sums masked, and a term was asked without masks. Nothing was sent.');
    }
    if (!isGroup) throw new ConsiliumError(agentErrors.siteGroupRefused, 'The sum is over a group of sites that the approved plan does not have. Nothing was sent.');
    const fewest = approved.plan.secureAggregation === 'required' ? FEWEST_MASKED_SITES : 2;
    if (group.length < fewest) throw new ConsiliumError(agentErrors.siteGroupRefused, `Masks need at least ${fewest} sites here. Nothing was sent.`);
    return { streams: this.streamsOf(request, part, approved, group), terms: group.length };
  }

  private streamsOf({ plan, session }: Pick<RequestMessage, 'plan' | 'session'>, part: AskedPart, approved: ApprovedRun, group: readonly string[]): MaskStream[] {
    const stored = session ? this.store.find(session.id) : undefined;
    if (!session || !stored || stored.run !== part.run || stored.plan !== plan) throw new ConsiliumError(agentErrors.maskKeysMissing, 'The site does not have the keys of these masks. Nothing was sent.');
    const { digest, keys } = this.check(stored, session.keys, approved.participants);
    const absent = group.find((site) => site !== this.site && !keys.has(site));
    if (absent !== undefined) throw new ConsiliumError(agentErrors.maskKeysMissing, `The key of ${absent} is missing. Nothing was sent.`);
    const question = `${part.step} ${part.version} ${part.asked}`;
    return pairStreams(this.site, keys, { run: part.run, round: part.round, attempt: part.attempt, question, list: digest, sites: group });
  }

  /** Each key by the identity the steward approved for its site, and what this site shares with each. */
  private check({ run, plan, session, keys: own }: StoredSession, told: readonly SessionKey[], participants: readonly Participant[]): CheckedSession {
    const text = sessionText(session, told);
    const identities = new Map(participants.map(({ site, key }) => [site, key]));
    const known = this.checked.get(session);
    const signed = `${text}\n${JSON.stringify([...identities])}`;
    if (known?.text === signed) return known;
    const keys = new Map<string, Uint8Array>();
    for (const { site, key, signature } of told) {
      const publicKey = identities.get(site);
      const genuine = publicKey !== undefined && verifySignature({ publicKey, signature, ...sessionKeyStatement({ plan, run, session, site, key }) });
      const shared = genuine && (site === this.site ? Buffer.from(own.publicKey).toString('hex') === key && own.publicKey : agreedKey(own.secretKey, Uint8Array.from(Buffer.from(key, 'hex'))));
      if (!shared || keys.has(site)) {
        throw new ConsiliumError(agentErrors.participantsChanged, `The key of ${site} for these masks is not signed by the identity that the steward approved. Nothing was sent.`);
      }
      keys.set(site, shared);
    }
    keys.delete(this.site);
    const checked = { text: signed, digest: createHash('sha256').update(text).digest('hex'), keys };
    this.checked.set(session, checked);
    return checked;
  }
}
