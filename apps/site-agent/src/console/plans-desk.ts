import { disclosureLimits } from '@consilium/federation';
import { fingerprintOf } from '@consilium/secure-channel';
import { masksSums } from '@consilium/study';
import { Inject, Injectable } from '@nestjs/common';
import { CohortReader } from '../data/cohort.js';
import { checkPlanFit, type PlanFit } from '../data/plan-fit.js';
import { checkImageFit } from '../images/image-checks.js';
import type { PlanReview } from '../plans/plan-review.js';
import type { PlanAtSite } from '../plans/plan-store.js';
import { reviewPlan } from '../plans/review-plan.js';
import { readSettings } from '../settings/agent-settings.js';
import { tightenLimits } from '../settings/tighten-limits.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';

/** The plans of a site as its steward reads them. */
@Injectable()
export class PlansDesk {
  /** The rehearsal at hand: it takes a processor for up to a minute, so that whoever asks meanwhile for the same plan gets the same one, and another waits. */
  private rehearsal: { readonly digest: string; readonly review: Promise<PlanReview> } | undefined;

  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  /** What the plan would make leave, on the site's own data; nothing is sent. */
  async rehearse(beginning: string): Promise<PlanReview> {
    const { digest } = this.parts.records.plans.resolve(beginning);
    for (let known = this.rehearsal; known; known = this.rehearsal) {
      if (known.digest === digest) return known.review;
      await known.review.catch(() => undefined);
    }
    const review = reviewPlan(this.parts.site.folder.root, digest).finally(() => (this.rehearsal = undefined));
    this.rehearsal = { digest, review };
    return review;
  }

  /** The newest first. */
  list() {
    return this.parts.records.plans.list().map((plan) => this.head(plan)).reverse();
  }

  /** One plan with its text, the site's data held against it, and what was approved of the study before. */
  read(digest: string) {
    const { plans } = this.parts.records;
    const offered = plans.resolve(digest);
    const { plan, text, participants } = offered;
    const settings = readSettings(this.parts.site.folder);
    return {
      ...this.head(offered),
      text,
      signedBy: fingerprintOf(this.parts.site.enrolment.coordinatorKey).words,
      masked: masksSums(plan),
      participants: (participants?.sites ?? []).map(({ site, key }) => ({ site, words: fingerprintOf(key).words })),
      limits: tightenLimits(disclosureLimits[plan.disclosure], settings.disclosure),
      approvalDays: settings.approvalDays,
      fit: this.fit(offered),
      earlier: this.earlier(offered),
    };
  }

  private head({ digest, study, receivedAt, plan }: PlanAtSite) {
    return { digest, study, receivedAt, title: plan.title, version: plan.version, sites: plan.sites, disclosure: plan.disclosure, decision: this.decisionOf(digest) };
  }

  private decisionOf(digest: string) {
    const decision = this.parts.records.approvals.of(digest);
    if (!decision) return null;
    const { type: _, signature: __, plan: ___, ...told } = decision;
    const over = decision.decision === 'approved' && decision.expiresAt !== null && Date.parse(decision.expiresAt) <= this.parts.runtime.clock.now();
    return { ...told, expired: over };
  }

  private fit({ plan }: PlanAtSite): PlanFit {
    const { folder } = this.parts.site;
    const settings = readSettings(folder);
    const cohort = new CohortReader(folder.root, settings.tables).read();
    const tables = checkPlanFit(plan, cohort, settings.disclosure);
    const images = checkImageFit(plan, folder.root, settings, cohort.table.pseudonyms);
    return { ...tables, problems: [...tables.problems, ...images.problems], warnings: [...tables.warnings, ...images.warnings] };
  }

  /** Plans of the study that were approved here, the newest first. */
  private earlier({ digest, study }: PlanAtSite) {
    const { plans, approvals } = this.parts.records;
    const others = plans.list().filter((other) => other.study === study && other.digest !== digest && approvals.of(other.digest)?.decision === 'approved');
    return others.map((other) => ({ digest: other.digest, title: other.plan.title, version: other.plan.version, text: other.text })).reverse();
  }
}
