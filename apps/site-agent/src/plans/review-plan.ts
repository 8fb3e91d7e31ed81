import { disclosureLimits } from '@consilium/federation';
import { fingerprintOf, systemClock } from '@consilium/secure-channel';
import { masksSums } from '@consilium/study';
import { Worker } from 'node:worker_threads';
import { CohortReader } from '../data/cohort.js';
import { checkPlanFit } from '../data/plan-fit.js';
import { AnsweredStore } from '../history/answered-store.js';
import { checkImageFit } from '../images/image-checks.js';
import { tightenLimits } from '../settings/tighten-limits.js';
import { desk } from './decide-plan.js';
import type { PlanReview } from './plan-review.js';
import { rehearsePlan, type Rehearsal, type RehearseOptions } from './rehearse-plan.js';

export interface ReviewOptions {
  /** The rehearsal ends after so many seconds; 60 when absent. */
  readonly seconds?: number;
  /** Where the rehearsal is computed: in a thread, which keeps a running agent alive, or where it is called. */
  readonly compute?: 'thread' | 'inline';
}

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const REVIEW_WORKER = new URL(FROM_SOURCE ? '../../dist/plans/review-worker.js' : './review-worker.js', import.meta.url);

/**
 * What a plan would make leave this site, before anybody approves it: the plan with its signature checked, the site's data held against it, and a rehearsal on
 * the site's own data with a sample of every payload. Reads the site folder and writes nothing; nothing is sent, with or without an agent at work.
 */
export async function reviewPlan(root: string, beginning: string, { seconds = 60, compute = 'thread' }: ReviewOptions = {}): Promise<PlanReview> {
  const { folder, plans, approvals, settings, enrolment } = await desk(root, systemClock);
  const offered = plans.resolve(beginning);
  const { plan, digest, participants } = offered;
  const cohort = new CohortReader(folder.root, settings.tables).read();
  const tables = checkPlanFit(plan, cohort, settings.disclosure);
  const images = checkImageFit(plan, folder.root, settings, cohort.table.pseudonyms);
  const fit = { ...tables, problems: [...tables.problems, ...images.problems], warnings: [...tables.warnings, ...images.warnings] };
  const limits = tightenLimits(disclosureLimits[plan.disclosure], settings.disclosure);
  const answered = AnsweredStore.open(folder.history);
  const options: RehearseOptions = { plan, site: enrolment.site, table: cohort.table, limits, answered: answered.copy().entries, shownCuts: answered.cuts, milliseconds: seconds * 1000 };
  const unfit: Rehearsal = { stages: [], complete: false, notes: ['The data of the site do not fit the plan, so nothing was rehearsed.'] };
  const rehearsal = fit.problems.length > 0 ? unfit : compute === 'inline' ? await rehearsePlan(options) : await inThread(options);
  return {
    digest,
    title: plan.title,
    version: plan.version,
    study: plan.study,
    sites: plan.sites,
    disclosure: plan.disclosure,
    signedBy: fingerprintOf(enrolment.coordinatorKey).words,
    decision: approvals.of(digest),
    fit,
    limits,
    answeredCohorts: answered.cohorts,
    masked: masksSums(plan),
    participants: (participants?.sites ?? []).map(({ site, key }) => ({ site, words: fingerprintOf(key).words })),
    ...rehearsal,
  };
}

function inThread(options: RehearseOptions): Promise<Rehearsal> {
  const worker = new Worker(REVIEW_WORKER, { workerData: options, ...(FROM_SOURCE ? { execArgv: [] } : {}) });
  return new Promise<Rehearsal>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread of the rehearsal ended.')));
  }).finally(() => void worker.terminate());
}
