import { agentSteps } from '@consilium/federation/site';
import {
  agentErrors, ConsiliumError, coordinatorMessageSchema, PRODUCT_VERSION, settledStatement,
  type AnswersMessage, type CoordinatorMessage, type HelloMessage, type PlanMessage, type Receipt, type RequestMessage, type WelcomeMessage,
} from '@consilium/protocol';
import { discard, verifySignature } from '@consilium/secure-channel';
import { prepareBody, type AgentConnector, type Link, type PreparedBody } from '@consilium/transport';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentStopping, type StepExecutor } from '../execution/step-call.js';
import type { Enrolment } from '../enrolment/enrolment.js';
import { storageTrouble } from '../folder/storage-trouble.js';
import type { WithdrawalNotice } from '../lineage/withdrawal-notice.js';
import { keyText } from '../outbox/outbox.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { inMessages, PARTS_A_MESSAGE } from './answer-messages.js';
import { ArtefactDesk } from './artefact-desk.js';
import { RequestAnswering, type ReadyAnswer } from './request-answering.js';
import { splitRequest } from './request-parts.js';
import { timestamp, type SiteRecords } from './site-records.js';
import { ToldWork, type Work } from './told-work.js';

/** What does not fit into a greeting is answered from the outbox when it is asked for again. */
const KEYS_A_GREETING = 4000;
/** How long a site that is being stopped waits for its word to the coordinator. */
const TELL_MILLISECONDS = 2000;

/** What the exchange tells the local log; never patient data, never a path. */
export interface ExchangeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ExchangeOptions {
  readonly records: SiteRecords;
  readonly executor: StepExecutor;
  readonly settings: AgentSettings;
  readonly enrolment: Enrolment;
  readonly log: ExchangeLog;
  readonly questions: 'of-the-plan' | 'any';
  /** Told at the site too how far long work is. */
  readonly onWork?: (run: string, work: Work) => void;
  /** The disk failed: nothing more may be sent. */
  readonly onTrouble: (error: ConsiliumError) => void;
  /** Which models rest on patients who withdrew consent. */
  readonly withdrawals: WithdrawalNotice;
}

/**
 * The site's side of the conversation with the coordinator. Messages are taken in order; computations run one after another beside them,
 * and an answer goes out on whatever link is up when it is ready. What cannot go out waits in the outbox for the next hello.
 */
export class AgentExchange {
  private readonly answering: RequestAnswering;
  private readonly artefacts: ArtefactDesk;
  private readonly toldWork = new ToldWork();
  private readonly inWork = new Set<string>();
  /** Decisions already told on the present link, by plan. */
  private told = new Map<string, string>();
  /** Messages, one after another: a run is known before its first request is looked at. */
  private inbox: Promise<void> = Promise.resolve();
  /** Computations, one after another, beside the inbox: a model that one of them waits for can arrive. */
  private queue: Promise<void> = Promise.resolve();
  /** Settled contributions, until their receipts are on the disk and their bytes are gone. */
  private releasing: Promise<void> = Promise.resolve();
  private connector: AgentConnector | undefined;
  /** The link on which the site has said who it is. */
  private greeted: Link | undefined;
  private stopped = false;

  constructor(private readonly options: ExchangeOptions) {
    const { records, executor, settings, enrolment, questions } = options;
    this.artefacts = new ArtefactDesk(records.artefacts, (digest) => this.send({ type: 'wanted-artefact', digest }));
    this.answering = new RequestAnswering({
      records, executor, settings, questions,
      siteName: enrolment.site,
      fetchArtefacts: (digests) => this.artefacts.fetch(digests),
      onWork: (run, work) => {
        options.onWork?.(run, work);
        const told = this.toldWork.next(run, work);
        if (told) void this.send({ type: 'work', run, ...told });
      },
      onFault: (error) => options.log.error({ err: error, code: agentErrors.programFault.code }, agentErrors.programFault.title),
    });
  }

  attach(connector: AgentConnector): void {
    this.connector = connector;
    connector.onLink((link) => {
      link.onMessage((head, body) => (this.inbox = this.inbox.then(() => this.receive(head, body))));
      this.introduce(link).catch((error: unknown) => this.fail(error, 'The greeting could not be sent.'));
    });
  }

  /** Sends decisions that are new since the last look; called from time to time, since the command line writes them. */
  async tellDecisions(): Promise<void> {
    const { approvals, ledger } = this.options.records;
    if (!this.connector?.link || this.connector.link.closed) return;
    const { told } = this;
    for (const decision of approvals.all()) {
      if (told.get(decision.plan) === decision.signature) continue;
      told.set(decision.plan, decision.signature);
      await ledger.append({ event: 'decision', at: timestamp(this.options.records), plan: decision.plan, decision: decision.decision, expiresAt: decision.expiresAt, reason: decision.reason });
      await this.send(decision);
    }
  }

  /** Tells which runs rest on patients who withdrew consent, where that is new. */
  async tellWithdrawals(): Promise<void> {
    const { withdrawals } = this.options;
    const { connector } = this;
    if (!connector?.link || connector.link.closed || this.greeted !== connector.link) return;
    const message = await withdrawals.next();
    if (message && (await connector.link.send(message).then(() => true, () => false))) await withdrawals.sent(message);
  }

  /** People stopped the site: long work ends, the coordinator is told if it can be, and the keys of all sessions go. Whoever calls hangs up after it. */
  async stopForGood({ at, reason }: { readonly at: string; readonly reason: string | null }): Promise<void> {
    const { ledger, masking, clock } = this.options.records;
    this.answering.stop();
    const link = this.connector?.link;
    const reachable = link !== undefined && !link.closed;
    const told = reachable && (await Promise.race([link.send({ type: 'stopped', at, reason }).then(() => true, () => false), pause(TELL_MILLISECONDS, false, { ref: false })]));
    await masking.forgetAll();
    await ledger.append({ event: 'stopped', at: timestamp({ clock }), reason, told });
  }

  async resumed(): Promise<void> {
    await this.options.records.ledger.append({ event: 'resumed', at: timestamp(this.options.records), reason: null });
  }

  /** Resolves when the computation at hand has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.artefacts.stop();
    this.answering.stop();
    await this.inbox;
    await this.queue;
    await this.releasing;
  }

  private async introduce(link: Link): Promise<void> {
    const { records, enrolment } = this.options;
    this.told = new Map();
    const unsettled = records.outbox.unsettled().slice(0, KEYS_A_GREETING).map(({ run, round, attempt, digest }) => ({ run, round, attempt, digest }));
    const at = timestamp(records);
    await records.ledger.append({ event: 'connected', at, coordinator: enrolment.url, agentVersion: PRODUCT_VERSION, unsettled: unsettled.length });
    const hello: HelloMessage = { type: 'hello', agentVersion: PRODUCT_VERSION, steps: agentSteps().map(({ name, version }) => ({ name, version })), unsettled, clock: at };
    await link.send(hello);
    await this.tellDecisions();
    await this.artefacts.askAgain();
    this.options.withdrawals.connected();
    this.greeted = link;
  }

  private async receive(head: unknown, body: Uint8Array): Promise<void> {
    if (this.stopped) return;
    const parsed = coordinatorMessageSchema.safeParse(head);
    if (!parsed.success) return this.options.log.warn({ code: agentErrors.messageShape.code }, agentErrors.messageShape.title);
    try {
      await this.handle(parsed.data, body);
    } catch (error) {
      this.fail(error, 'A message was not accepted.');
    }
  }

  private async handle(message: CoordinatorMessage, body: Uint8Array): Promise<void> {
    switch (message.type) {
      case 'welcome':
        return this.obey(message);
      case 'plan':
        return this.takePlan(message, body);
      case 'run':
        return this.takeRun(message);
      case 'request':
        this.enqueue(message, body);
        // The question first: what it asks for waits for the disk, and this need not.
        if (message.settled) setImmediate(() => this.settle(message.settled!));
        return;
      case 'settled':
        return this.settle(message);
      case 'artefact':
        return this.artefacts.take(message.part.digest, body);
      case 'session-wanted':
        return this.send(await this.answering.sessionKey(message));
      case 'received':
        return;
    }
  }

  private async obey({ fates }: WelcomeMessage): Promise<void> {
    const { outbox } = this.options.records;
    await outbox.release(fates.filter(({ fate }) => fate === 'settled' || fate === 'void'));
    for (const reason of new Set(fates.flatMap(({ fate, reason }) => (fate === 'void' && reason !== undefined ? [reason] : [])))) this.options.log.warn({ code: agentErrors.contributionVoid.code }, reason);
    const wanted = fates.filter(({ fate }) => fate === 'wanted');
    const unknown = fates.filter(({ fate }) => fate === 'unknown').length;
    if (unknown > 0) this.options.log.warn({ unknown }, 'The coordinator does not know some contributions. They are kept until retention or purge.');
    if (wanted.length > 0) this.inOrder(async () => this.sendAnswer(await this.answering.sendAgain(wanted)));
  }

  private async takePlan({ part: { digest }, study, signature, participants }: PlanMessage, body: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(body);
    const { plan, isNew } = await this.options.records.plans.offer({ digest, study, signature, participants, text, receivedAt: timestamp(this.options.records) });
    if (isNew) this.options.log.info({ plan: digest, study, profile: plan.plan.disclosure }, 'A plan waits for a decision.');
  }

  private async takeRun(message: Extract<CoordinatorMessage, { type: 'run' }>): Promise<void> {
    const { plans, runs } = this.options.records;
    const plan = plans.find(message.plan);
    if (!plan) throw new ConsiliumError(agentErrors.planUnknown);
    await runs.announce(message, plan.plan);
    if (message.state !== 'open') this.answering.abandon(message.run);
    if (message.state !== 'open' && message.state !== 'paused') await this.forget(message.run);
    this.options.log.info({ run: message.run, state: message.state }, 'A run was announced.');
  }

  /** Of a run that has ended no mask and no noise can be taken off afterwards. */
  private async forget(run: string): Promise<void> {
    await this.options.records.masking.forget(run);
    await this.options.records.privacy.forget(run);
  }

  private enqueue(request: RequestMessage, body: Uint8Array): void {
    const asked = splitRequest(request, body).filter((part) => !this.inWork.has(keyText(part)));
    if (asked.length === 0) return;
    const keys = asked.map(keyText);
    for (const key of keys) this.inWork.add(key);
    this.inOrder(async () => {
      try {
        await this.sendAnswer(await this.answering.answer(request, asked));
      } finally {
        for (const key of keys) this.inWork.delete(key);
      }
    });
  }

  /** The bytes go when the receipt is on the disk, and no question waits for either. */
  private settle({ parts, signature }: Receipt): void {
    const { outbox, ledger } = this.options.records;
    if (!verifySignature({ publicKey: this.options.enrolment.coordinatorKey, ...settledStatement(parts), signature })) {
      return this.fail(new ConsiliumError(agentErrors.settlementForged), 'A receipt was not accepted.');
    }
    const known = parts.filter((part) => ledger.sentUnder(part)?.digest === part.digest);
    // A receipt is kept as it was signed, and only where all it names was sent from here.
    const receipt = known.length > 0 && known.length === parts.length ? ledger.appendSoon({ event: 'receipt', at: timestamp(this.options.records), parts, signature }) : Promise.resolve();
    const releasing = receipt.then(() => outbox.release(parts.filter((part) => outbox.find(part)?.digest === part.digest))).catch((error: unknown) => this.fail(error, 'A receipt could not be kept.'));
    this.releasing = Promise.all([this.releasing, releasing]).then(() => undefined);
  }

  private async sendAnswer({ parts, refusals }: ReadyAnswer): Promise<void> {
    for (const { refusal } of refusals) this.options.log.info({ code: refusal.code, rule: refusal.rule }, 'Nothing was sent for a step.');
    const messages = inMessages(parts, ({ bytes }) => bytes.length);
    for (let m = 0; m < messages.length || m * PARTS_A_MESSAGE < refusals.length; m++) {
      const some = messages[m] ?? [];
      const answers: AnswersMessage = {
        type: 'answers',
        parts: some.map(({ run, round, attempt, digest, bytes }) => ({ run, round, attempt, digest, length: bytes.length })),
        refusals: refusals.slice(m * PARTS_A_MESSAGE, (m + 1) * PARTS_A_MESSAGE).map(({ run, round, attempt, refusal }) => ({ run, round, attempt, refusal })),
      };
      await this.send(answers, prepareBody(some.map(({ bytes }) => bytes), some.length === 1 ? some[0]!.digest : undefined));
      // What has to be sent again is read from the outbox.
      for (const { bytes } of some) discard(bytes);
    }
  }

  /** Sends on the present link, and on the next one when it broke meanwhile. Without a link the outbox and the next hello take over. */
  private async send(head: object, body?: PreparedBody): Promise<void> {
    for (let link = this.connector?.link; link && !link.closed; ) {
      const sent = await link.send(head, body).then(() => true, () => false);
      if (sent || this.connector?.link === link) return;
      this.options.log.info({}, 'The connection broke while sending.');
      link = this.connector?.link;
    }
  }

  private inOrder(work: () => Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.stopped) return;
      await work().catch((error: unknown) => this.fail(error, agentErrors.programFault.title));
    });
  }

  private fail(error: unknown, sentence: string): void {
    if (this.stopped || error instanceof AgentStopping) return;
    const { log, onTrouble } = this.options;
    const known = error instanceof ConsiliumError ? error : storageTrouble(error, 'Nothing was sent.');
    if (!known) return log.error({ err: error, code: agentErrors.programFault.code }, sentence);
    log.warn({ code: known.code }, known.message);
    if (known.definition === agentErrors.storageTrouble) onTrouble(known);
  }
}
