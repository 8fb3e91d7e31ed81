import { agentErrors, ConsiliumError, type DecisionMessage, type PlanStage } from '@consilium/protocol';
import { loadIdentity, systemClock, type Clock } from '@consilium/secure-channel';
import { CohortReader } from '../data/cohort.js';
import { checkPlanFit, type PlanFit } from '../data/plan-fit.js';
import { readEnrolment } from '../enrolment/enrolment.js';
import { existingSiteFolder } from '../folder/site-folder.js';
import { checkImageFit } from '../images/image-checks.js';
import { readSettings } from '../settings/agent-settings.js';
import { Approvals } from './approvals.js';
import { requireSameSteps } from './same-steps.js';
import { participantsDigest, requireParticipants } from './participants.js';
import { PlanStore, type PlanAtSite } from './plan-store.js';

export interface ListedPlan extends PlanAtSite {
  readonly decision: DecisionMessage | undefined;
}

export interface DecideOptions {
  /** For how long; the settings' approvalDays when absent. */
  readonly days?: number | undefined;
  /** Until the end of this day, in place of days: YYYY-MM-DD, or a moment in ISO 8601. */
  readonly until?: string | undefined;
  /** Only these stages of the plan; all of them when absent. Approving again with more lets the run go on. */
  readonly stages?: readonly PlanStage[] | undefined;
  readonly reason?: string | undefined;
  readonly clock?: Clock;
}

export interface ApprovedPlan {
  readonly decision: DecisionMessage;
  readonly plan: PlanAtSite;
  readonly fit: PlanFit;
}

/** The plans offered to a site, oldest first, with the steward's decision about each. */
export async function listPlans(root: string): Promise<ListedPlan[]> {
  const { plans, approvals } = await desk(root, systemClock);
  return plans.list().map((plan) => ({ ...plan, decision: approvals.of(plan.digest) }));
}

/** Approves exactly this plan, by its digest or the beginning of it. Refused (E323) when the site's data do not fit the plan. */
export async function approvePlan(root: string, digest: string, options: DecideOptions = {}): Promise<ApprovedPlan> {
  const { folder, plans, approvals, identity, settings, enrolment } = await desk(root, options.clock ?? systemClock);
  const plan = plans.resolve(digest);
  if (!plan.plan.sites.includes(enrolment.site)) throw new ConsiliumError(agentErrors.planUnfit, 'The plan does not name this site. It was not approved.');
  requireSameSteps(plan.plan);
  requireParticipants(plan, { site: enrolment.site, key: identity.publicKey });
  const cohort = new CohortReader(folder.root, settings.tables).read();
  const tables = checkPlanFit(plan.plan, cohort, settings.disclosure);
  const images = checkImageFit(plan.plan, folder.root, settings, cohort.table.pseudonyms);
  const fit = { ...tables, problems: [...tables.problems, ...images.problems], warnings: [...tables.warnings, ...images.warnings] };
  if (fit.problems.length > 0) throw new ConsiliumError(agentErrors.planUnfit, `${fit.problems.join('\n')}\nThe plan was not approved, and nothing was sent.`);
  const decided = {
    plan: plan.digest,
    decision: 'approved' as const,
    days: options.days ?? settings.approvalDays,
    until: options.until === undefined ? null : endOf(options.until, (options.clock ?? systemClock).now()),
    reason: options.reason ?? null,
    participants: participantsDigest(plan),
    stages: options.stages ?? null,
  };
  return { decision: await approvals.decide(decided, identity), plan, fit };
}

/** The end of a day, or a moment; E315 where it is neither, or lies in the past. */
function endOf(until: string, now: number): string {
  const moment = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(until) ? `${until}T23:59:59.999Z` : until);
  if (Number.isNaN(moment) || moment <= now) throw new ConsiliumError(agentErrors.settingsMistaken, 'Write the end of the approval as a day to come, for example 2027-06-30. Nothing was approved.');
  return new Date(moment).toISOString();
}

/** Refuses a plan: nothing ever runs for it at this site unless it is approved later. */
export const refusePlan = (root: string, digest: string, options: DecideOptions = {}): Promise<DecisionMessage> => decideAgainst(root, digest, 'refused', options);

/** Withdraws an approval: from the next message on, nothing is sent for the plan. */
export const withdrawApproval = (root: string, digest: string, options: DecideOptions = {}): Promise<DecisionMessage> => decideAgainst(root, digest, 'withdrawn', options);

async function decideAgainst(root: string, digest: string, decision: 'refused' | 'withdrawn', options: DecideOptions): Promise<DecisionMessage> {
  const { plans, approvals, identity } = await desk(root, options.clock ?? systemClock);
  return approvals.decide({ plan: plans.resolve(digest).digest, decision, days: null, reason: options.reason ?? null }, identity);
}

export async function desk(root: string, clock: Clock) {
  const folder = existingSiteFolder(root);
  const enrolment = readEnrolment(folder);
  const identity = await loadIdentity(folder.identity);
  return {
    folder, enrolment, identity,
    settings: readSettings(folder),
    plans: new PlanStore(folder.plans, enrolment.coordinatorKey),
    approvals: new Approvals(folder.approvals, identity.publicKey, clock),
  };
}
