import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  agentMessageSchema,
  ConsiliumError,
  coordinatorErrors,
  errorCodes,
  type ErrorCode,
  PRODUCT_VERSION,
  type AgentMessage,
  type AnswersMessage,
  type ContributionKey,
  type DecisionMessage,
  type HelloMessage,
  type StoppedMessage,
  type WelcomeMessage,
  type WithdrawalsMessage,
} from '@consilium/protocol';
import { discard } from '@consilium/secure-channel';
import type { Link } from '@consilium/transport';
import type { MaskSessions } from '../aggregation/mask-sessions.js';
import type { ArtefactRegistry } from '../artefacts/artefact-registry.js';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { MustWait } from '../federation/interruption.js';
import type { OpenBatch } from '../federation/open-batch.js';
import type { OpenBatches } from '../federation/open-batches.js';
import type { RoundInbox } from '../federation/round-inbox.js';
import { siteSetAt } from '../federation/site-sets.js';
import type { Log } from '../log.js';
import type { PlansService } from '../plans/plans.service.js';
import type { ProgressBoard } from '../runs/run-progress.js';
import { Run } from '../runs/run.entity.js';
import type { TrainingWithdrawals } from '../runs/training-withdrawals.js';
import { RunSiteSet } from '../runs/run-site-set.entity.js';
import { Site } from '../sites/site.entity.js';
import type { AgentSessions } from './agent-sessions.js';
import { fatesOf, runsWithout } from './fates.js';

export interface DeskParts {
  readonly database: DataSource;
  readonly sessions: AgentSessions;
  readonly batches: OpenBatches;
  readonly maskSessions: MaskSessions;
  readonly artefacts: ArtefactRegistry;
  readonly plans: PlansService;
  readonly progress: ProgressBoard;
  readonly audit: AuditRecord;
  readonly withdrawals: TrainingWithdrawals;
  readonly clock: Clock;
  readonly logger: Log;
  /** A steward refused or withdrew. */
  onWithdrawn(plan: string, site: string): Promise<void>;
}

interface OfferedPlan {
  readonly study: string;
  readonly digest: string;
  readonly text: string;
  readonly signature: string | null;
  readonly sites: readonly string[];
}

/** A contribution that others are still waited for is acknowledged after this time; sooner it is usually settled. */
const RECEIVED_AFTER_MILLISECONDS = 250;

/** What a site may not ask or say: these are audited as what people may not do is. */
const FORBIDDEN: ReadonlySet<ErrorCode> = new Set([coordinatorErrors.notAllowed, coordinatorErrors.notFound, coordinatorErrors.signatureRefused]);

/** What agents say, and what they are told. */
export class AgentDesk {
  constructor(private readonly parts: DeskParts) {}

  /** Handles one message. A message that does not fit ends the link, with one sentence and no echo of what came. */
  async receive(link: Link, head: unknown, body: Uint8Array): Promise<void> {
    const parsed = agentMessageSchema.safeParse(head);
    if (!parsed.success) return this.refuseMessage(link);
    try {
      await this.handle(link, parsed.data, body);
    } catch (error) {
      if (!(error instanceof ConsiliumError)) {
        this.parts.logger.error({ site: link.peer.name, err: error }, 'a message of an agent could not be handled');
        // The agent says hello again and sends what is not settled.
        return link.close({ sentence: 'The coordinator could not handle a message. Nothing was lost; the agent connects again by itself.' });
      }
      this.parts.logger.warn({ site: link.peer.name, code: error.code }, error.message);
      if (FORBIDDEN.has(error.definition)) await this.auditRefusal(link.peer.name, parsed.data, error);
      link.close({ code: error.definition, sentence: error.message });
    }
  }

  /** Tells the sites of a run its state, and the sites that are in it. */
  async announce(run: Run, to: readonly string[] = run.sites): Promise<void> {
    const sets = await this.parts.database.getRepository(RunSiteSet).findBy({ run: run.id });
    const sites = [...siteSetAt(sets, Number.POSITIVE_INFINITY).sites];
    for (const site of to) void this.parts.sessions.send(site, { type: 'run', run: run.id, plan: run.plan, sites, state: run.state });
  }

  /** Offers a plan to its sites that are connected. */
  offer(plan: OfferedPlan): void {
    this.sendOffer(plan, plan.sites).catch((error: unknown) =>
      this.parts.logger.error({ plan: plan.digest, err: error }, 'a plan could not be offered; it is when its sites connect again'),
    );
  }

  /** After a site was admitted: its plans are offered with its key, to all their sites. */
  async offerPlansOf(site: string): Promise<void> {
    for (const plan of await this.parts.plans.signedPlansOf(site)) this.offer(plan);
  }

  /** With the keys of its sites, where their sums are to be masked. */
  private async sendOffer(plan: OfferedPlan, to: readonly string[]): Promise<void> {
    const { study, digest, text, signature } = plan;
    if (!signature) return;
    const body = Buffer.from(text, 'utf8');
    const participants = await this.parts.plans.participants(plan);
    for (const site of to) void this.parts.sessions.send(site, { type: 'plan', study, signature, participants, part: { length: body.length, digest } }, body);
  }

  private handle(link: Link, message: AgentMessage, body: Uint8Array): Promise<void> {
    switch (message.type) {
      case 'hello':
        return this.greet(link, message);
      case 'answers':
        return this.take(link, message, body);
      case 'decision':
        return this.decide(link.peer.name, message);
      case 'wanted-artefact':
        return this.handOut(link, message.digest);
      case 'session':
        return this.takeKey(link.peer.name, message);
      case 'withdrawals':
        return this.noteWithdrawals(link.peer.name, message);
      case 'stopped':
        return this.noteStop(link.peer.name, message);
      case 'work':
        return this.note(link.peer.name, message);
    }
  }

  /** A site was seen until its line ended. Its next hello says so too, where the database is away now. */
  async left(link: Link): Promise<void> {
    const { database, clock, logger } = this.parts;
    try {
      await database.getRepository(Site).update({ name: link.peer.name }, { seenAt: clock.now() });
    } catch (error) {
      logger.debug({ site: link.peer.name, err: error }, 'when a site left was not noted');
    }
  }

  private async greet(link: Link, hello: HelloMessage): Promise<void> {
    const { database, sessions, batches, clock, plans } = this.parts;
    const site = link.peer.name;
    const fates = await fatesOf(database, site, hello.unsettled);
    await database.getRepository(Site).update({ name: site }, { seenAt: clock.now(), agentVersion: hello.agentVersion, stoppedAt: null });
    const coming = this.comingTo(fates);
    await link.send({ type: 'welcome', coordinatorVersion: PRODUCT_VERSION, clock: clock.now().toISOString(), fates });
    sessions.add(link, clock.now());
    for (const plan of await plans.offersTo(site)) await this.sendOffer(plan, [site]);
    const runs = await database
      .getRepository(Run)
      .createQueryBuilder('run')
      .where(`run.state IN ('open', 'paused') AND run.sites @> to_jsonb(:site::text)`, { site })
      .getMany();
    for (const run of runs) await this.announce(run, [site]);
    sessions.markGreeted(link);
    this.parts.maskSessions.askAgain(site, sessions);
    await batches.askAgain(site, sessions, coming);
  }

  /** Open rounds to which an agent that is told 'wanted' sends its answer by itself. Those of batches that open later are asked. */
  private comingTo(fates: WelcomeMessage['fates']): ReadonlySet<RoundInbox> {
    const wanted = fates.filter(({ fate }) => fate === 'wanted');
    return new Set(wanted.flatMap(({ run, round, attempt }) => this.parts.batches.of(run)?.inbox(round, attempt) ?? []));
  }

  private async take(link: Link, { parts, refusals }: AnswersMessage, body: Uint8Array): Promise<void> {
    const site = link.peer.name;
    const touched = new Set<OpenBatch>();
    const taken: ContributionKey[] = [];
    const unawaited: ContributionKey[] = [];
    let keeps = false;
    let offset = 0;
    for (const { run, round, attempt, length, digest } of parts) {
      const bytes = body.subarray(offset, (offset += length));
      if (bytes.length !== length || createHash('sha256').update(bytes).digest('hex') !== digest) {
        throw new ConsiliumError(
          coordinatorErrors.contributionMisfits,
          'The bytes of a contribution do not have the digest that came with them. Nothing was added.',
        );
      }
      const key = { run, round, attempt };
      const batch = this.batchFor(site, key);
      if (!batch) unawaited.push(key);
      else if (this.add(batch, site, key, { bytes, digest })) touched.add(batch);
      if (batch) taken.push(key);
      keeps ||= batch?.inbox(round, attempt)?.keepsContributions === true;
    }
    // Terms of sums are added, and their bytes of no more use to anybody.
    if (!keeps) discard(body);
    for (const { run, round, attempt, refusal } of refusals) {
      const batch = this.batchFor(site, { run, round, attempt });
      if (!batch) {
        unawaited.push({ run, round, attempt });
        continue;
      }
      const code = errorCodes.find((one) => one.code === refusal.code);
      if (code?.retry === 'transient') batch.abandon(new MustWait(code, `${site}: ${refusal.sentence} The run waits.`));
      else if (batch.inbox(round, attempt)!.refuse(site, refusal)) touched.add(batch);
    }
    for (const batch of touched) {
      batch.check();
      this.parts.progress.batch(batch);
    }
    this.acknowledge(link, taken, touched);
    await this.tellFates(link, unawaited);
  }

  private batchFor(site: string, { run, round, attempt }: ContributionKey): OpenBatch | undefined {
    const batch = this.parts.batches.of(run);
    return batch?.inbox(round, attempt)?.sites.includes(site) ? batch : undefined;
  }

  /** A contribution that does not fit makes the run wait: whether to update the agent or to go on without it is for people to say. */
  private add(batch: OpenBatch, site: string, key: ContributionKey, contribution: { readonly bytes: Uint8Array; readonly digest: string }): boolean {
    try {
      return batch.inbox(key.round, key.attempt)!.accept(site, contribution.bytes, contribution.digest);
    } catch (error) {
      if (!(error instanceof ConsiliumError)) throw error;
      batch.abandon(new MustWait(error.definition, `${error.message} The run waits.`, { cause: error }));
      return false;
    }
  }

  private acknowledge(link: Link, keys: ContributionKey[], batches: ReadonlySet<OpenBatch>): void {
    if (keys.length === 0) return;
    const timer = setTimeout(() => {
      if ([...batches].some((batch) => batch.missing.length > 0)) void this.parts.sessions.send(link.peer.name, { type: 'received', keys });
    }, RECEIVED_AFTER_MILLISECONDS);
    timer.unref();
  }

  /** No open round waits for these: late, double, or of a run that pauses. What is still wanted is asked for when the run goes on. */
  private async tellFates(link: Link, keys: readonly ContributionKey[]): Promise<void> {
    const { database, clock } = this.parts;
    await this.refuseForeign(link.peer.name, keys.map(({ run }) => run));
    const fates = (await fatesOf(database, link.peer.name, keys)).filter(({ fate }) => fate !== 'wanted');
    if (fates.length > 0) await link.send({ type: 'welcome', coordinatorVersion: PRODUCT_VERSION, clock: clock.now().toISOString(), fates });
  }

  /** A site has no business with a run that it never was in: neither its rounds nor its progress. */
  private async refuseForeign(site: string, runs: readonly string[]): Promise<void> {
    const foreign = await runsWithout(this.parts.database, site, runs);
    if (foreign.length > 0) throw new ConsiliumError(coordinatorErrors.notAllowed, 'A message was about a run that the site does not take part in. Nothing was changed.');
  }

  private async auditRefusal(site: string, refused: AgentMessage, { code, message }: ConsiliumError): Promise<void> {
    const runs = await runsWithout(this.parts.database, site, await this.runsNamed(refused));
    const about = { ...(runs.length > 0 ? { runs } : {}), ...(refused.type === 'decision' ? { plan: refused.plan } : {}) };
    await this.parts.audit.addAlone({ actor: `site ${site}`, action: 'refused to a site', subject: refused.type, detail: { code, reason: message, ...about } });
  }

  /** The runs that a message is about. */
  private async runsNamed(message: AgentMessage): Promise<readonly string[]> {
    switch (message.type) {
      case 'answers':
        return [...message.parts, ...message.refusals].map(({ run }) => run);
      case 'withdrawals':
        return message.runs.map(({ run }) => run);
      case 'session':
      case 'work':
        return [message.run];
      case 'wanted-artefact':
        return this.parts.artefacts.runsOf(message.digest, 'published');
      default:
        return [];
    }
  }

  private async takeKey(site: string, message: Extract<AgentMessage, { type: 'session' }>): Promise<void> {
    await this.refuseForeign(site, [message.run]);
    this.parts.maskSessions.take(site, message);
  }

  private async decide(site: string, message: DecisionMessage): Promise<void> {
    if ((await this.parts.plans.decide(site, message)) && message.decision !== 'approved') await this.parts.onWithdrawn(message.plan, site);
  }

  /** Only artefacts of runs that the site takes part in. */
  private async handOut(link: Link, digest: string): Promise<void> {
    const { database, artefacts } = this.parts;
    const runs = await artefacts.runsOf(digest, 'published');
    const takesPart =
      runs.length > 0 &&
      (await database
        .getRepository(Run)
        .createQueryBuilder('run')
        .where('run.id IN (:...runs) AND run.sites @> to_jsonb(:site::text)', { runs, site: link.peer.name })
        .getExists());
    if (!takesPart) throw new ConsiliumError(coordinatorErrors.notFound, 'There is no such artefact for this site.');
    const bytes = await artefacts.store.get(digest);
    await link.send({ type: 'artefact', part: { length: bytes.length, digest } }, bytes);
  }

  private async note(site: string, { run, done, total, message }: Extract<AgentMessage, { type: 'work' }>): Promise<void> {
    const batch = this.parts.batches.of(run);
    if (!batch?.sites.includes(site)) return this.refuseForeign(site, [run]);
    this.parts.progress.update(run, { work: { ...this.parts.progress.of(run).work, [site]: { done, total, message } } });
  }

  private async noteWithdrawals(site: string, message: WithdrawalsMessage): Promise<void> {
    await this.refuseForeign(site, message.runs.map(({ run }) => run));
    await this.parts.withdrawals.take(site, message);
  }

  /** The site hangs up by itself after this; its runs wait as for every site that is away. */
  private async noteStop(site: string, { reason }: StoppedMessage): Promise<void> {
    const { database, clock, audit } = this.parts;
    await database.getRepository(Site).update({ name: site }, { stoppedAt: clock.now() });
    await audit.addAlone({ actor: `site ${site}`, action: 'site stopped itself', subject: site, detail: { reason } });
  }

  private refuseMessage(link: Link): void {
    this.parts.logger.warn({ site: link.peer.name }, 'an agent sent a message that is not of this protocol');
    link.close({
      code: coordinatorErrors.contributionMisfits,
      sentence: 'The agent sent a message that this release does not know. Nothing was changed. Compare the versions.',
    });
  }
}
