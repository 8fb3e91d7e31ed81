import { disclosureLimits, extractFeatures, type DisclosureLimits } from '@consilium/federation';
import { agentSteps, requestView } from '@consilium/federation/site';
import { requireSameSteps } from '../plans/same-steps.js';
import { agentErrors, ConsiliumError, type ContributionKey, type DisclosureProfile, type Refusal, type RequestMessage, type SessionAnswer, type SessionWanted } from '@consilium/protocol';
import { asksTrainingRows, masksSums, outsidePlan, type ExtractOptions } from '@consilium/study';
import type { ApprovedRun } from '../aggregation/masking.js';
import { refusalOf } from '../execution/inline-executor.js';
import { AgentStopping, type StepExecutor, type StepOutcome } from '../execution/step-call.js';
import type { LedgerPart } from '@consilium/protocol';
import { keyText } from '../outbox/outbox.js';
import { noiseFor } from '../privacy/private-answers.js';
import type { NoiseGrant } from '../privacy/privacy-budget.js';
import { participantsDigest } from '../plans/participants.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { stepAllowed, tightenLimits } from '../settings/tighten-limits.js';
import type { AskedPart } from './request-parts.js';
import { timestamp, type SiteRecords } from './site-records.js';

/** A contribution that is on the disk and on the ledger, and may be sent. */
export interface ReadyPart extends ContributionKey {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface RefusedPart extends ContributionKey {
  readonly refusal: Refusal;
}

export interface ReadyAnswer {
  readonly parts: readonly ReadyPart[];
  readonly refusals: readonly RefusedPart[];
}

interface Rules extends ApprovedRun {
  readonly request: Pick<RequestMessage, 'plan' | 'session'>;
  readonly extract: ExtractOptions | undefined;
  readonly profile: DisclosureProfile;
  readonly limits: DisclosureLimits;
}

type PartOutcome = Exclude<StepOutcome, { kind: 'artefacts-wanted' }>;
type Computed = Extract<StepOutcome, { kind: 'contribution' }>;

/** Asks for a published model and resolves when it is in the store. */
export type FetchArtefacts = (digests: readonly string[]) => Promise<void>;

export interface RequestAnsweringOptions {
  readonly records: SiteRecords;
  readonly executor: StepExecutor;
  readonly settings: AgentSettings;
  readonly siteName: string;
  readonly questions: 'of-the-plan' | 'any';
  readonly fetchArtefacts: FetchArtefacts;
  /** Told how far long work for a run is. */
  readonly onWork: (run: string, work: { readonly done: number; readonly total: number; readonly message: string }) => void;
  /** Told the fault of the program behind a refusal E325, for the local log. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Turns a request into an answer that may be sent: approved plan, announced run, allowed step, computed, held against the limits, then
 * on the disk and on the ledger. A question that was answered before gets the same bytes, or a refusal, never other bytes.
 */
export class RequestAnswering {
  private readonly records: SiteRecords;
  /** What ends the long work of a run. */
  private readonly stops = new Map<string, AbortController>();

  constructor(private readonly options: RequestAnsweringOptions) {
    this.records = options.records;
  }

  async answer(request: RequestMessage, parts: readonly AskedPart[]): Promise<ReadyAnswer> {
    const rules = await this.permit(request).catch((error: unknown) => asRefusal(error));
    if (!('limits' in rules)) return this.refuseAll(request, parts, rules);
    const kept: ReadyPart[] = [];
    const fresh: { readonly part: AskedPart; readonly outcome: Computed }[] = [];
    const refusals: RefusedPart[] = [];
    for (const part of parts) {
      const outcome = await this.answerPart(part, rules).catch((error: unknown) => ({ kind: 'refusal' as const, refusal: this.refusalFor(error) }));
      if (outcome.kind === 'refusal') refusals.push({ ...keyOf(part), refusal: outcome.refusal });
      else if (outcome.kind === 'kept') kept.push({ ...keyOf(part), digest: outcome.digest, bytes: outcome.bytes });
      else fresh.push({ part, outcome });
    }
    await this.record(request, rules, { fresh, refusals, kept });
    const ready = [...kept, ...fresh.map(({ part, outcome: { digest, bytes } }) => ({ ...keyOf(part), digest, bytes }))];
    return this.holdBackUnapproved(request, { parts: ready, refusals });
  }

  /** Contributions the coordinator still wants, as they were kept. Approval is checked again. */
  async sendAgain(keys: readonly ContributionKey[]): Promise<ReadyAnswer> {
    const parts: ReadyPart[] = [];
    const refusals: RefusedPart[] = [];
    for (const key of keys) {
      const unsettled = this.records.outbox.find(key);
      const bytes = unsettled && (await this.records.outbox.bytes(key));
      if (!unsettled || !bytes) continue;
      const refusal = this.refusalNow(unsettled.plan, this.records.ledger.sentUnder(key)?.step);
      if (refusal) refusals.push({ ...keyOf(key), refusal });
      else parts.push({ ...keyOf(key), digest: unsettled.digest, bytes });
    }
    for (const [run, ofRun] of byRun(parts)) await this.recordAgain(run, ofRun);
    for (const [run, ofRun] of byRun(refusals)) {
      await this.records.ledger.append({ event: 'held-back', at: timestamp(this.records), run, refusals: ofRun.map(ledgerRefusal) });
    }
    return { parts, refusals };
  }

  /** Ends long work for a run that is no longer open: it is neither answered nor refused. What was measured stays. */
  abandon(run: string): void {
    this.stops.get(run)?.abort(new AgentStopping());
    this.stops.delete(run);
  }

  /** Ends long work: the agent is being stopped. */
  stop(): void {
    for (const run of [...this.stops.keys()]) this.abandon(run);
  }

  private stopOf(run: string): AbortController {
    const known = this.stops.get(run);
    if (known) return known;
    const made = new AbortController();
    this.stops.set(run, made);
    return made;
  }

  /** This site's key for the masks of a session, or why it gives none: the same checks as for a question. On the ledger before it is sent. */
  async sessionKey(wanted: SessionWanted): Promise<SessionAnswer> {
    const { run, plan, session } = wanted;
    const answer = await this.keyOrRefusal(wanted);
    await this.records.ledger.append({ event: 'mask-key', at: timestamp(this.records), run, plan, session, refusal: answer.refusal });
    return answer;
  }

  private async keyOrRefusal(wanted: SessionWanted): Promise<SessionAnswer> {
    const { run, session } = wanted;
    try {
      const { plan } = await this.permit({ ...wanted, session: null });
      if (!masksSums(plan)) throw new ConsiliumError(agentErrors.messageShape, 'Masks were asked for a plan whose sums are plain. Nothing was sent.');
      return { type: 'session', run, session, key: await this.records.masking.keyFor(wanted), refusal: null };
    } catch (error) {
      return { type: 'session', run, session, key: null, refusal: this.refusalFor(error) };
    }
  }

  /** Everything about a request that does not depend on the step. */
  private async permit(request: Pick<RequestMessage, 'run' | 'plan' | 'session'>): Promise<Rules> {
    const { run, plan } = request;
    const { plans, approvals, runs } = this.records;
    this.requireNotStopped();
    const offered = plans.find(plan);
    if (!offered) throw new ConsiliumError(agentErrors.notApproved, 'This plan was never offered to the site. Nothing was sent.');
    requireSameSteps(offered.plan);
    approvals.require(plan, { participants: participantsDigest(offered) });
    const known = runs.find(run);
    if (!known || known.plan !== plan) throw new ConsiliumError(agentErrors.runUnknown, 'The run was not announced for this plan. Nothing was sent.');
    if (known.state !== 'open') throw new ConsiliumError(agentErrors.runNotOpen, `The run is ${known.state}. Nothing was sent.`);
    if (!known.sites.includes(this.options.siteName)) throw new ConsiliumError(agentErrors.siteSetChanged, 'This site takes no part in the run. Nothing was sent.');
    const extract = offered.plan.extract ?? undefined;
    await runs.bindCohort(known, await this.options.executor.cohortDigest(extract));
    const profile = offered.plan.disclosure;
    return { request, plan: offered.plan, participants: offered.participants?.sites ?? [], sites: known.sites, profile, extract, limits: tightenLimits(disclosureLimits[profile], this.options.settings.disclosure) };
  }

  private requireNotStopped(): void {
    if (this.records.stopped()) throw new ConsiliumError(agentErrors.siteStopped, 'The site is stopped by its people. Nothing was sent.');
  }

  private async answerPart(part: AskedPart, rules: Rules): Promise<PartOutcome | { kind: 'kept'; digest: string; bytes: Uint8Array }> {
    const { outbox, ledger, approvals } = this.records;
    approvals.require(rules.request.plan, { step: part.step });
    const before = outbox.find(part) ?? ledger.sentUnder(part);
    if (before && before.asked !== part.asked) throw new ConsiliumError(agentErrors.questionChanged, 'Another question came under a key this site has answered. Nothing was sent.');
    const bytes = await outbox.bytes(part);
    if (before && bytes) return { kind: 'kept', digest: before.digest, bytes };
    if (!stepAllowed(this.options.settings.allowedSteps, part.step)) {
      throw new ConsiliumError(agentErrors.stepNotAllowed, `This site does not allow the step ${part.step}. Nothing was computed.`);
    }
    // Looked at first: long questions are handed over to the thread that computes.
    const trains = this.requireWithinPlan(part, rules);
    const outcome = await this.compute(part, rules);
    const refusal = outcome.kind === 'contribution' && outcome.selection ? this.records.answered.judge(part.step, { selection: outcome.selection, cuts: outcome.cuts }, rules.limits) : undefined;
    if (refusal) return { kind: 'refusal', refusal };
    if (outcome.kind === 'contribution' && before && before.digest !== outcome.digest) {
      throw new ConsiliumError(agentErrors.answerChanged, 'The answer computed again is not the one this site sent before. Nothing was sent.');
    }
    if (trains && outcome.kind === 'contribution' && outcome.selection) {
      this.records.lineage.remember({ run: part.run, plan: rules.request.plan, analysis: rules.plan }, outcome.selection, timestamp(this.records));
    }
    return outcome;
  }

  /**
   * Rows, folds and columns that the plan names; columns that parameters name are looked at where they are read. Whether the question is about the rows that train the
   * models.
   */
  private requireWithinPlan({ step, bytes }: AskedPart, { plan }: Rules): boolean {
    if (step === extractFeatures.name) return false;
    const view = requestView(bytes);
    if (!view) return false;
    const outside = this.options.questions === 'any' ? undefined : outsidePlan(plan, view);
    if (outside !== undefined) throw new ConsiliumError(agentErrors.outsidePlan, `The question names ${outside}. The approved plan does not. Nothing was computed.`);
    return asksTrainingRows(plan, this.options.siteName, view);
  }

  private async compute(part: AskedPart, rules: Rules): Promise<PartOutcome> {
    const { run, step, version, bytes } = part;
    const { limits, extract, request } = rules;
    const isSum = agentSteps().some((one) => one.name === step && one.version === version && one.kind === 'sum');
    const mask = this.records.masking.maskFor(request, part, rules, isSum);
    const onWork = (done: number, total: number, message: string) => this.options.onWork(run, { done, total, message });
    const plan = this.options.questions === 'any' ? {} : { plan: request.plan };
    const noise = noiseFor(part, { digest: request.plan, plan: rules.plan }, { budget: this.records.privacy, limits: this.options.settings.privacyBudget, at: timestamp(this.records) });
    const call = { step, version, request: bytes, limits, ...plan, extract, moment: rules, ...(mask ? { mask } : {}), ...(isSum ? {} : { shownCuts: this.records.answered.cuts }), ...(noise ? { noise: noise.seed } : {}), signal: this.stopOf(run).signal, onWork };
    const outcome = await this.options.executor.run(call);
    if (outcome.kind !== 'artefacts-wanted') return this.paid(outcome, part, { rules, noise });
    await this.options.fetchArtefacts(outcome.digests);
    const second = await this.options.executor.run(outcome.request ? { ...call, request: outcome.request } : call);
    if (second.kind === 'artefacts-wanted') throw new ConsiliumError(agentErrors.artefactAltered);
    return this.paid(second, part, { rules, noise });
  }

  /** The budget first, then the ledger: what was recorded as spent has at most not been sent. */
  private async paid(outcome: PartOutcome, { run, round, step }: AskedPart, { rules: { request, plan }, noise }: { readonly rules: Rules; readonly noise: NoiseGrant | undefined }): Promise<PartOutcome> {
    if (!noise?.isNew || outcome.kind !== 'contribution') return outcome;
    await noise.spend();
    const { cost, epsilon } = noise;
    const { delta } = this.options.settings.privacyBudget;
    await this.records.ledger.append({ event: 'privacy-spent', at: timestamp(this.records), run, plan: request.plan, study: plan.study, round, step, cost, epsilon, delta });
    return outcome;
  }

  /** A fault of the program refuses its part, so that the coordinator does not wait for ever. */
  private refusalFor(error: unknown): Refusal {
    if (error instanceof ConsiliumError || error instanceof AgentStopping) return asRefusal(error);
    this.options.onFault(error);
    return refusalOf(new ConsiliumError(agentErrors.programFault), 'program');
  }

  /**
   * Outbox and ledger wait for the disk at the same time; nothing is sent before both are safe. What was computed again, since it had been
   * settled, stands on the ledger already: only that it is sent once more is new.
   */
  private async record(
    { run, plan }: Pick<RequestMessage, 'run' | 'plan'>,
    rules: Rules | null,
    { fresh, refusals, kept }: { fresh: readonly { part: AskedPart; outcome: Computed }[]; refusals: readonly RefusedPart[]; kept: readonly ReadyPart[] },
  ): Promise<void> {
    const { outbox, ledger } = this.records;
    const parts = fresh.filter(({ part }) => !ledger.sentUnder(part)).map(({ part, outcome }) => ledgerPart(part, outcome));
    const repeated = [...kept, ...fresh.filter(({ part }) => ledger.sentUnder(part)).map(({ part, outcome: { digest, bytes } }) => ({ ...keyOf(part), digest, bytes }))];
    const writes: Promise<void>[] = [this.records.answered.save(), this.records.lineage.save()];
    if (fresh.length > 0) writes.push(outbox.keep(plan, fresh.map(({ part, outcome }) => ({ ...keyOf(part), digest: outcome.digest, asked: part.asked, bytes: outcome.bytes }))));
    if (parts.length + refusals.length > 0) {
      writes.push(ledger.append({ event: 'contributions', at: timestamp(this.records), run, plan, profile: rules?.profile ?? null, limits: rules === null ? null : { ...rules.limits }, parts, refusals: refusals.map(ledgerRefusal) }));
    }
    if (repeated.length > 0) writes.push(this.recordAgain(run, repeated));
    await safely(writes);
  }

  private async recordAgain(run: string, parts: readonly ReadyPart[]): Promise<void> {
    const described = parts.map(({ round, attempt, digest, bytes }) => ({ round, attempt, digest, size: bytes.length }));
    await this.records.ledger.append({ event: 'sent-again', at: timestamp(this.records), run, parts: described });
  }

  /** The last look before sending: what an approval withdrawn, expired, or of other participants since no longer covers is held back. */
  private async holdBackUnapproved({ run, plan }: RequestMessage, ready: ReadyAnswer): Promise<ReadyAnswer> {
    const steps = new Set(ready.parts.map((part) => this.records.ledger.sentUnder(part)?.step));
    const refusals = new Map([...steps].map((step) => [step, this.refusalNow(plan, step)]));
    const held = ready.parts.flatMap((part) => {
      const refusal = refusals.get(this.records.ledger.sentUnder(part)?.step);
      return refusal ? [{ ...keyOf(part), refusal }] : [];
    });
    if (held.length === 0) return ready;
    await this.records.outbox.release(held);
    await this.records.ledger.append({ event: 'held-back', at: timestamp(this.records), run, refusals: held.map(ledgerRefusal) });
    const keys = new Set(held.map(keyText));
    return { parts: ready.parts.filter((part) => !keys.has(keyText(part))), refusals: [...held, ...ready.refusals] };
  }

  private async refuseAll({ run, plan }: RequestMessage, parts: readonly AskedPart[], refusal: Refusal): Promise<ReadyAnswer> {
    const refusals = parts.map((part) => ({ ...keyOf(part), refusal }));
    await this.record({ run, plan }, null, { fresh: [], refusals, kept: [] });
    return { parts: [], refusals };
  }

  /** Why a step of a plan may not be sent at this moment: the same look as before computing. */
  private refusalNow(plan: string, step: string | undefined): Refusal | undefined {
    try {
      this.requireNotStopped();
      const offered = this.records.plans.find(plan);
      if (!offered) throw new ConsiliumError(agentErrors.notApproved, 'This plan is no longer at the site. Nothing was sent.');
      this.records.approvals.require(plan, { participants: participantsDigest(offered), step });
      return undefined;
    } catch (error) {
      return asRefusal(error);
    }
  }
}

/** All writes end before the first failure is told, so that nothing is half done behind the caller's back. */
async function safely(writes: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(writes)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A refusal for a known error; a fault of the program, or of the disk, is thrown on. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof ConsiliumError && error.definition !== agentErrors.storageTrouble) return refusalOf(error, RULE_OF[error.code] ?? 'request');
  throw error;
}

const RULE_OF: Readonly<Record<string, string>> = {
  [agentErrors.notApproved.code]: 'approval',
  [agentErrors.approvalExpired.code]: 'approval',
  [agentErrors.approvalWithdrawn.code]: 'approval',
  [agentErrors.siteStopped.code]: 'stopped',
  [agentErrors.stageNotApproved.code]: 'approval',
  [agentErrors.outsidePlan.code]: 'approved-plan',
  [agentErrors.stepNotAllowed.code]: 'allowed-steps',
  [agentErrors.masksDemanded.code]: 'masked-sums',
  [agentErrors.maskKeysMissing.code]: 'masked-sums',
  [agentErrors.participantsChanged.code]: 'participants',
  [agentErrors.siteGroupRefused.code]: 'site-group',
  [agentErrors.privacyBudgetSpent.code]: 'privacy-budget',
  [agentErrors.privacyBudgetUnknown.code]: 'privacy-budget',
  [agentErrors.privateAnswersOnly.code]: 'differential-privacy',
  [agentErrors.cohortChanged.code]: 'same-data',
  [agentErrors.answerChanged.code]: 'same-answer',
  [agentErrors.questionChanged.code]: 'same-question',
};

const keyOf = ({ run, round, attempt }: ContributionKey): ContributionKey => ({ run, round, attempt });

const ledgerRefusal = ({ round, attempt, refusal }: RefusedPart) => ({ round, attempt, ...refusal });

const ledgerPart = ({ round, attempt, step, version, asked, maskedAmong }: AskedPart, { bytes, digest, rendering, beforeGate, view, rules }: Computed): LedgerPart => ({
  round, attempt, step, version, view, ...(maskedAmong ? { maskedAmong } : {}), rules, size: bytes.length, digest, asked, rendering, ...(beforeGate ? { beforeGate } : {}),
});

function byRun<T extends ContributionKey>(items: readonly T[]): Map<string, T[]> {
  const runs = new Map<string, T[]>();
  for (const item of items) runs.set(item.run, [...(runs.get(item.run) ?? []), item]);
  return runs;
}
