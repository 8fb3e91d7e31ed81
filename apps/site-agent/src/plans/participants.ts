import { agentErrors, ConsiliumError, participantsText } from '@consilium/protocol';
import { masksSums } from '@consilium/study';
import { createHash } from 'node:crypto';
import type { PlanAtSite } from './plan-store.js';

/** What the steward's approval names beside the plan: sha256 of the plan with its sites and their keys. Null where sums are not masked. */
export function participantsDigest({ digest, plan, participants }: PlanAtSite): string | null {
  if (!masksSums(plan)) return null;
  return createHash('sha256').update(participantsText(digest, participants?.sites ?? []), 'utf8').digest('hex');
}

/** Throws E328 unless every site of the plan stands in the list once, this one with its own key. */
export function requireParticipants({ plan, participants }: PlanAtSite, own: { readonly site: string; readonly key: string }): void {
  if (!masksSums(plan)) return;
  const told = participants?.sites ?? [];
  const names = [...told.map(({ site }) => site)].sort();
  if (names.join('\n') !== [...plan.sites].sort().join('\n')) {
    throw new ConsiliumError(agentErrors.participantsChanged, 'The coordinating centre has not yet named the key of every site of the plan. Wait until all sites are admitted, then try again.');
  }
  if (new Set(told.map(({ key }) => key)).size !== told.length) throw new ConsiliumError(agentErrors.participantsChanged, 'Two sites of the plan have the same key. The plan was not approved.');
  if (told.find(({ site }) => site === own.site)?.key !== own.key) {
    throw new ConsiliumError(agentErrors.participantsChanged, "The coordinating centre names another key for this site than the site's own. The plan was not approved. Tell the other sites.");
  }
}
