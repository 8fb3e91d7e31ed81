import {
  answerSigns,
  decodeContribution,
  encodeSums,
  MaskedSumAccumulator,
  SumAccumulator,
  TermSigns,
  type LimbStore,
  type RoundOutcome,
  type SiteAnswer,
  type Step,
  type Sums,
} from '@consilium/federation';
import { ConsiliumError, coordinatorErrors, type ContributionKey, type Refusal, type Value } from '@consilium/protocol';
import { discard, memoryFor } from '@consilium/secure-channel';
import type { StoredFile } from '../artefacts/artefact-registry.js';
import type { ArtefactStore } from '../artefacts/artefact-store.js';
import type { Arrival, RecordedOutcome } from '../rounds/round.entity.js';

export interface FoundRound {
  readonly recorded: RecordedOutcome;
  readonly aggregate: Uint8Array | null;
  readonly outcome: RoundOutcome;
  /** The answers' files, on the disk. */
  readonly files: readonly StoredFile[];
}

export interface AskedRound {
  readonly key: ContributionKey;
  readonly step: Step;
  readonly sites: readonly string[];
  /** Sites that the method asks and that left the run; they stand as refusals. */
  readonly absent: readonly { readonly site: string; readonly refusal: Refusal }[];
  readonly artefacts: ArtefactStore;
  readonly limbs: LimbStore;
  /** The parameters that every site was sent. */
  readonly sent: Value;
  /** The terms come under masks. */
  readonly masked: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * One open round: takes each site's contribution or refusal once, whole, after its digest was checked. A sum keeps no term of itself.
 */
export abstract class RoundInbox {
  /** sha256 of each contribution taken. */
  readonly digests = new Map<string, string>();
  readonly refusals = new Map<string, Refusal>();
  /** When each site answered. */
  readonly arrivals = new Map<string, Arrival>();
  bytesReceived = 0;

  readonly key: ContributionKey;
  readonly step: Step;
  readonly sites: readonly string[];

  constructor(protected readonly round: AskedRound) {
    this.key = round.key;
    this.step = round.step;
    this.sites = round.sites;
  }

  get missing(): readonly string[] {
    return this.sites.filter((site) => !this.hasAnswered(site));
  }

  hasAnswered(site: string): boolean {
    return this.digests.has(site) || this.refusals.has(site);
  }

  /** False when the site has answered before: the same contribution twice counts once. */
  accept(site: string, bytes: Uint8Array, digest: string): boolean {
    if (this.hasAnswered(site)) return false;
    try {
      this.take(site, bytes);
    } catch (error) {
      if (!(error instanceof ConsiliumError)) throw error;
      throw new ConsiliumError(
        coordinatorErrors.contributionMisfits,
        `${site} sent a contribution that does not fit ${this.step.name}. It was not added.`,
        { cause: error },
      );
    }
    this.digests.set(site, digest);
    this.arrivals.set(site, { at: this.round.now(), bytes: bytes.length });
    this.bytesReceived += bytes.length;
    return true;
  }

  refuse(site: string, refusal: Refusal): boolean {
    if (this.hasAnswered(site)) return false;
    this.refusals.set(site, refusal);
    this.arrivals.set(site, { at: this.round.now(), bytes: 0, refused: true });
    return true;
  }

  /** Whether contributions outlive the message they came in. */
  abstract readonly keepsContributions: boolean;
  abstract found(): Promise<FoundRound>;
  protected abstract take(site: string, bytes: Uint8Array): void;
}

/** Sums up to this size live in the journal's row; larger ones in a file, which costs a third of it. */
const LARGEST_IN_ROW = 256 * 1024;

class SumInbox extends RoundInbox {
  readonly keepsContributions = false;
  private readonly accumulator = this.round.masked ? new MaskedSumAccumulator(this.sites.length, this.round.limbs) : new SumAccumulator(this.sites.length, this.round.limbs);

  private readonly signs = this.round.masked ? undefined : new TermSigns(this.round.step, this.round.sent);

  protected take(site: string, bytes: Uint8Array): void {
    if (this.accumulator instanceof MaskedSumAccumulator) return this.accumulator.add(bytes);
    const term = decodeContribution(this.step, bytes, { shareMemory: true, uncheckedBlocks: true }) as Sums;
    // Looks at each number.
    this.accumulator.add(term);
    this.signs?.add(site, term);
  }

  async found(): Promise<FoundRound> {
    if (this.refusals.size > 0 || this.sites.length === 0) {
      const own = this.sites.flatMap((site) => (this.refusals.has(site) ? [{ site, refusal: this.refusals.get(site)! }] : []));
      const outcome = { kind: 'refused', refusals: this.sites.length === 0 ? this.round.absent : own } as const;
      return { recorded: outcome, aggregate: null, outcome, files: [] };
    }
    const sums = this.accumulator.total();
    this.accumulator.release();
    const masked = this.round.masked ? { masked: true as const } : this.signs!.found();
    const outcome = { kind: 'sum', sums, sites: this.sites } as const;
    const aggregate = encodeSums(sums, memoryFor);
    if (aggregate.length <= LARGEST_IN_ROW) return { recorded: { kind: 'sum', sites: this.sites, ...masked }, aggregate, outcome, files: [] };
    const size = aggregate.length;
    const digest = await this.round.artefacts.put(aggregate);
    discard(aggregate);
    return {
      recorded: { kind: 'sum', sites: this.sites, ...masked, artefact: digest },
      aggregate: null,
      outcome,
      files: [{ digest, size, kind: 'aggregate' }],
    };
  }
}

class GatherInbox extends RoundInbox {
  readonly keepsContributions = true;
  private readonly answers = new Map<string, { readonly value: Value; readonly size: number; readonly artefact: Promise<string> }>();

  protected take(site: string, bytes: Uint8Array): void {
    const contribution = decodeContribution(this.step, bytes);
    const artefact = this.round.artefacts.put(bytes);
    // Awaited in found(); a full disk must not end the process before that.
    artefact.catch(() => undefined);
    this.answers.set(site, { value: contribution, size: bytes.length, artefact });
  }

  async found(): Promise<FoundRound> {
    const sites = [...this.sites, ...this.round.absent.map(({ site }) => site)].sort();
    const answers: SiteAnswer<Value>[] = [];
    const recorded: Extract<RecordedOutcome, { kind: 'gather' }>['answers'][number][] = [];
    const files: StoredFile[] = [];
    for (const site of sites) {
      const answer = this.answers.get(site);
      const refusal = this.refusals.get(site) ?? this.round.absent.find((one) => one.site === site)?.refusal;
      if (answer) {
        answers.push({ site, answer: answer.value });
        const digest = await answer.artefact;
        recorded.push({ site, artefact: digest });
        files.push({ digest, size: answer.size, kind: 'answer' });
      } else if (refusal) {
        answers.push({ site, refusal });
        recorded.push({ site, refusal });
      }
    }
    const looks = answerSigns(this.step, [...this.answers].map(([site, { value }]) => ({ site, value })), this.round.sent);
    return { recorded: { kind: 'gather', answers: recorded, ...looks }, aggregate: null, outcome: { kind: 'gather', answers }, files };
  }
}

export const openInbox = (kind: 'sum' | 'gather', round: AskedRound): RoundInbox => (kind === 'sum' ? new SumInbox(round) : new GatherInbox(round));
