import { createHash } from 'node:crypto';
import { retryWhileDown } from '@consilium/database';
import {
  decodeContribution,
  decodeSums,
  encodeRequest,
  LimbStore,
  type RoundCall,
  type RoundExecutor,
  type RoundOutcome,
  type SiteAnswer,
} from '@consilium/federation';
import { ConsiliumError, coordinatorErrors, encodeValue, PRODUCT_VERSION, type Value } from '@consilium/protocol';
import { discard, memoryFor, type Identity } from '@consilium/secure-channel';
import type { MaskSessions } from '../aggregation/mask-sessions.js';
import { SessionKeys, type Session } from '../aggregation/session-keys.js';
import type { ArtefactRegistry } from '../artefacts/artefact-registry.js';
import type { Clock } from '../clock.js';
import { Fenced, type KnownRound, type RoundJournal } from '../rounds/round-journal.js';
import { roundId } from '../rounds/round-id.js';
import { Interruption, MustWait, Stopped } from './interruption.js';
import { OpenBatch } from './open-batch.js';
import type { OpenBatches } from './open-batches.js';
import { ReceiptLines } from './receipt-lines.js';
import { storageTrouble } from './storage-trouble.js';
import { openInbox, type FoundRound, type RoundInbox } from './round-inbox.js';
import type { SiteLines } from './site-lines.js';
import { siteSetAt, type SiteSet } from './site-sets.js';

export interface ExecutionSettings {
  readonly run: string;
  readonly plan: string;
  readonly epoch: number;
  /** Whether the plan's sums travel under masks. */
  readonly masked: boolean;
  readonly siteSets: readonly SiteSet[];
  readonly deadlineMilliseconds: number;
  /** What becomes of a run whose deadline passed while these sites had not answered. */
  late(missing: readonly string[]): Interruption;
  onStep(step: string, batch: OpenBatch | null, deadline: Date | null): void;
  onProgress(done: number, total: number, message: string): void;
  onDatabaseWait(error: unknown): void;
}

export interface ExecutionParts {
  readonly journal: RoundJournal;
  readonly artefacts: ArtefactRegistry;
  readonly lines: SiteLines;
  readonly batches: OpenBatches;
  readonly maskSessions: MaskSessions;
  readonly identity: Identity;
  readonly clock: Clock;
}

interface Asked {
  readonly call: RoundCall;
  readonly id: string;
  readonly bytes: Uint8Array;
  /** sha256 of the bytes; and of what the journal compares: step, sites and bytes. */
  readonly partDigest: string;
  readonly digest: string;
  readonly inbox: RoundInbox;
  readonly masked: boolean;
  outcome?: RoundOutcome;
}

/** A message's head stays well below a mebibyte. */
const VOID_A_MESSAGE = 2_000;
const RETURN_MILLISECONDS = 60_000;

/**
 * Carries the rounds of one execution of a run: closed rounds answer from the journal, the others are opened there, asked of the sites and
 * committed before anybody may forget. One execution at a time writes, held by the journal's fence.
 */
export class DurableExecutor implements RoundExecutor {
  private readonly stopping = new AbortController();
  private readonly known: Promise<Map<string, KnownRound>>;
  private readonly limbs = new LimbStore();
  private readonly sessionKeys: SessionKeys;
  private readonly receipts: ReceiptLines;
  private batch: OpenBatch | undefined;
  private stage = 0;
  private stageName = 'start';
  /** Why the execution ended, where the plan did not end it. */
  interruption: Interruption | undefined;

  constructor(
    private readonly settings: ExecutionSettings,
    private readonly parts: ExecutionParts,
  ) {
    const { run, plan, epoch } = settings;
    this.sessionKeys = new SessionKeys({ run, plan, epoch, sessions: parts.maskSessions, lines: parts.lines, now: () => parts.clock.now().getTime() });
    this.receipts = new ReceiptLines(parts.lines, parts.identity);
    this.known = this.untilUp(() => parts.journal.known());
    this.known.catch(() => undefined);
  }

  beginStage(name: string): void {
    this.stage++;
    this.stageName = name;
  }

  /** Ends the execution at once; what is under way is dropped here and kept at the sites. */
  interrupt(interruption: Interruption): void {
    this.interruption ??= interruption;
    this.stopping.abort(this.interruption);
    this.batch?.abandon(this.interruption);
    this.sessionKeys.interrupt(this.interruption);
  }

  /** No round follows. */
  end(): void {
    this.receipts.tellAll();
  }

  async execute(batch: readonly RoundCall[]): Promise<readonly RoundOutcome[]> {
    return this.guarded(async () => {
      const known = await this.known;
      const asked = batch.map((call) => this.prepare(call, known));
      const closed = asked.filter(({ id }) => known.get(id)?.state === 'closed');
      const open = asked.filter(({ id }) => known.get(id)?.state !== 'closed');
      if (closed.length > 0) await this.recall(closed, known);
      if (open.length > 0) await this.carry(open, known);
      return asked.map(({ outcome }) => outcome!);
    });
  }

  publish(artefact: Value): Promise<string> {
    return this.guarded(async () => {
      const bytes = encodeValue(artefact);
      const { digest, isNew } = await this.untilUp(() => this.parts.artefacts.keep(this.settings.run, 'published', bytes));
      if (isNew) {
        const { sites } = siteSetAt(this.settings.siteSets, this.stage);
        const message = { type: 'artefact', part: { length: bytes.length, digest } } as const;
        // Not waited for: a site that lacks an artefact asks for it.
        for (const site of sites) void this.parts.lines.send(site, message, bytes);
      }
      return digest;
    });
  }

  progress(done: number, total: number, message: string): void {
    this.settings.onProgress(done, total, message);
  }

  /** Every failure in here makes the run wait, and none fails it: the rounds are safe and the cause may be removed. */
  private async guarded<T>(action: () => Promise<T>): Promise<T> {
    try {
      this.stopping.signal.throwIfAborted();
      return await action();
    } catch (error) {
      this.interrupt(interruptionOf(error));
      throw this.interruption as Interruption;
    }
  }

  private prepare(call: RoundCall, known: ReadonlyMap<string, KnownRound>): Asked {
    const { generation, sites } = siteSetAt(this.settings.siteSets, this.stage);
    const id = roundId(this.settings.run, generation, call.path);
    const before = known.get(id);
    const bytes = encodeRequest(call.step, call.request, memoryFor);
    const partDigest = sha256(bytes);
    const digest = sha256(`${call.step.name} ${call.step.version} ${call.kind} ${call.sites.join()}\n${partDigest}`);
    if (before && before.requestDigest !== digest) {
      throw new ConsiliumError(
        coordinatorErrors.replayDiffers,
        `Round ${call.path} asks for ${call.step.name} otherwise than its record says. The run waits; recorded rounds are unchanged.`,
      );
    }
    const absent = call.sites.filter((site) => !sites.includes(site)).map((site) => ({ site, refusal: leftRun(site) }));
    const present = call.sites.filter((site) => sites.includes(site));
    const masked = this.settings.masked && call.kind === 'sum' && present.length > 1;
    // An open round was asked by an earlier execution: its masks are spent.
    const attempt = before ? before.attempt + (masked && before.state === 'open' ? 1 : 0) : 1;
    const key = { run: this.settings.run, round: id, attempt };
    const round = { key, step: call.step, sites: present, absent, artefacts: this.parts.artefacts.store, limbs: this.limbs, masked, sent: call.request.parameters, now: () => this.parts.clock.now().getTime() };
    return { call, id, bytes, partDigest, digest, masked, inbox: openInbox(call.kind, round) };
  }

  /** Outcomes of closed rounds, from the journal. */
  private async recall(closed: readonly Asked[], known: ReadonlyMap<string, KnownRound>): Promise<void> {
    const sums = closed.filter(({ id }) => inRow(known.get(id)!)).map(({ id }) => id);
    const aggregates = sums.length > 0 ? await this.untilUp(() => this.parts.journal.aggregates(sums)) : new Map<string, Buffer>();
    for (const asked of closed) asked.outcome = await this.recallOne(asked, known.get(asked.id)!, aggregates.get(asked.id));
  }

  private async recallOne({ call }: Asked, { outcome }: KnownRound, aggregate: Buffer | undefined): Promise<RoundOutcome> {
    if (outcome?.kind === 'refused') return outcome;
    if (outcome?.kind === 'sum' && outcome.artefact !== undefined)
      return { kind: 'sum', sums: decodeSums(await this.parts.artefacts.store.get(outcome.artefact)), sites: outcome.sites };
    if (outcome?.kind === 'sum' && aggregate) return { kind: 'sum', sums: decodeSums(aggregate), sites: outcome.sites };
    if (outcome?.kind !== 'gather') throw new ConsiliumError(coordinatorErrors.replayDiffers, 'A closed round has no aggregate in its record.');
    const answers: SiteAnswer<Value>[] = [];
    for (const one of outcome.answers) {
      if ('refusal' in one) answers.push(one);
      else answers.push({ site: one.site, answer: decodeContribution(call.step, await this.parts.artefacts.store.get(one.artefact)) });
    }
    return { kind: 'gather', answers };
  }

  /** Opens what is new, asks, waits, commits, and tells the sites that it is settled. */
  private async carry(open: readonly Asked[], known: ReadonlyMap<string, KnownRound>): Promise<void> {
    const { clock, journal, batches } = this.parts;
    const now = clock.now();
    const deadline = this.deadlineOf(open, known, now);
    const fresh = open.filter(({ id }) => !known.has(id)).map((asked) => this.newRound(asked));
    if (fresh.length > 0) await this.untilUp(() => journal.open(fresh, now, deadline));
    const session = open.some(({ masked }) => masked) ? await this.agreeOnMasks(open, known, deadline) : null;
    const batch = new OpenBatch(
      this.settings.run,
      this.settings.plan,
      open.map(({ inbox, bytes, partDigest, masked }) => ({ inbox, bytes, digest: partDigest, masked })),
      session,
    );
    await this.collect(batch, deadline, open);
    const found = await Promise.all(open.map(async ({ id, inbox }) => ({ id, inbox, ...(await inbox.found()) })));
    await this.commit(found);
    batches.remove(batch);
    open.forEach((asked, i) => (asked.outcome = found[i]!.outcome));
    // A site that answered as soon as it came back may still be being asked.
    if (!batch.isAsking) for (const { bytes } of open) discard(bytes);
    this.tellSettled(open);
  }

  /** The session of the masks; and rounds that an earlier execution asked become new attempts, of which no site sends the old one any more. */
  private async agreeOnMasks(open: readonly Asked[], known: ReadonlyMap<string, KnownRound>, deadline: Date): Promise<Session> {
    this.stopping.signal.throwIfAborted();
    const { generation, sites } = siteSetAt(this.settings.siteSets, this.stage);
    const again = open.filter(({ id, masked }) => masked && known.has(id));
    if (again.length > 0) {
      await this.untilUp(() => this.parts.journal.renew(again.map(({ id, inbox }) => ({ id, attempt: inbox.key.attempt }))));
      this.tellVoid(again);
    }
    return this.sessionKeys.of(generation, sites, { until: deadline, late: (missing) => this.settings.late(missing) });
  }

  private tellVoid(again: readonly Asked[]): void {
    const clock = this.parts.clock.now().toISOString();
    for (const site of new Set(again.flatMap(({ inbox }) => inbox.sites))) {
      const keys = again.filter(({ inbox }) => inbox.sites.includes(site)).map(({ inbox: { key } }) => ({ ...key, attempt: key.attempt - 1, fate: 'void' as const }));
      for (let from = 0; from < keys.length; from += VOID_A_MESSAGE) {
        void this.parts.lines.send(site, { type: 'welcome', coordinatorVersion: PRODUCT_VERSION, clock, fates: keys.slice(from, from + VOID_A_MESSAGE) });
      }
    }
  }

  /** Of rounds opened before, the latest; but sites that could not reach a coordinator that was down have a minute to come back. */
  private deadlineOf(open: readonly Asked[], known: ReadonlyMap<string, KnownRound>, now: Date): Date {
    const recorded = open.flatMap(({ id }) => known.get(id)?.deadlineAt.getTime() ?? []);
    if (recorded.length === 0) return new Date(now.getTime() + this.settings.deadlineMilliseconds);
    return new Date(Math.max(...recorded, now.getTime() + Math.min(this.settings.deadlineMilliseconds, RETURN_MILLISECONDS)));
  }

  private newRound({ call, id, bytes, digest, inbox }: Asked) {
    const { generation } = siteSetAt(this.settings.siteSets, this.stage);
    return {
      id,
      generation,
      path: call.path,
      stage: this.stage,
      stageName: this.stageName,
      step: call.step.name,
      stepVersion: call.step.version,
      sites: inbox.sites,
      requestDigest: digest,
      bytesSent: bytes.length * inbox.sites.length,
    };
  }

  private async collect(batch: OpenBatch, deadline: Date, open: readonly Asked[]): Promise<void> {
    this.stopping.signal.throwIfAborted();
    this.batch = batch;
    this.parts.batches.add(batch);
    this.settings.onStep(open[0]!.call.step.name, batch, deadline);
    try {
      for (const site of batch.missing) void batch.ask(site, this.receipts);
      batch.watch(
        deadline,
        () => this.parts.clock.now().getTime(),
        () => this.settings.late(batch.missing),
      );
      await batch.complete;
    } catch (error) {
      this.parts.batches.remove(batch);
      throw error;
    } finally {
      batch.end();
      this.batch = undefined;
    }
  }

  private async commit(found: readonly (FoundRound & { readonly id: string; readonly inbox: RoundInbox })[]): Promise<void> {
    const files = found.flatMap((one) => one.files);
    if (files.length > 0) await this.untilUp(() => this.parts.artefacts.register(this.settings.run, files));
    const rounds = found.map(({ id, inbox, recorded, aggregate }) => ({ id, outcome: recorded, aggregate, bytesReceived: inbox.bytesReceived, arrivals: Object.fromEntries(inbox.arrivals) }));
    await this.untilUp(() => this.parts.journal.close(rounds, this.parts.clock.now()));
  }

  private tellSettled(open: readonly Asked[]): void {
    for (const { inbox } of open) {
      for (const [site, digest] of inbox.digests) this.receipts.settle(site, { ...inbox.key, digest }, inbox.arrivals.get(site)?.bytes ?? 0);
    }
  }

  private untilUp<T>(action: () => Promise<T>): Promise<T> {
    return retryWhileDown(action, { signal: this.stopping.signal, onWait: ({ error }) => this.settings.onDatabaseWait(error) });
  }
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const inRow = ({ outcome }: KnownRound): boolean => outcome?.kind === 'sum' && outcome.artefact === undefined;

function interruptionOf(error: unknown): Interruption {
  if (error instanceof Interruption) return error;
  if (error instanceof Fenced) return new Stopped('Another process executes the run.');
  if (error instanceof ConsiliumError) return new MustWait(error.definition, error.message, { cause: error });
  const trouble = storageTrouble(error);
  if (trouble) return new MustWait(trouble.definition, trouble.message, { cause: error });
  return new MustWait(
    coordinatorErrors.runFailed,
    'The coordinator could not carry a round; its log says why. The run waits, and contributions are safe at their sites.',
    { cause: error },
  );
}

const leftRun = (site: string) => ({
  code: coordinatorErrors.siteLeft.code,
  rule: 'site-left',
  sentence: `${site} left the run before this stage. It was not asked.`,
});
