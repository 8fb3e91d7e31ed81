import { disclosureLimits, type DisclosureLimits } from '@consilium/federation';
import { patientHash } from '@consilium/federation/site';
import type { SteppedCount, WithdrawalsMessage } from '@consilium/protocol';
import type { AnalysisPlan } from '@consilium/study';
import type { AgentSettings } from '../settings/agent-settings.js';
import { tightenLimits } from '../settings/tighten-limits.js';
import type { Lineage } from './lineage-store.js';

/** A run with how many patients of its training withdrew: exact, for the site's own people. */
export interface AffectedRun {
  readonly lineage: Lineage;
  readonly withdrawn: number;
}

/** Every run in which the site trained. */
export function affectedRuns(lineages: readonly Lineage[], withdrawn: Iterable<string>): AffectedRun[] {
  const hashes = [...withdrawn].map(patientHash);
  return lineages.map((lineage) => ({ lineage, withdrawn: hashes.filter((hash) => lineage.patients.has(hash)).length }));
}

/**
 * A count as it may leave: in steps of the minimum count k, of which the first is 1 to k - 1, so that neither one statement nor two of them give a few patients away. Without a
 * minimum count the count itself.
 */
export function steppedCount(count: number, k: number): SteppedCount {
  const step = Math.max(1, k);
  const low = Math.floor(count / step) * step;
  return { atLeast: Math.max(1, low), below: low + step };
}

export interface StatementSources {
  readonly planOf: (digest: string) => AnalysisPlan | undefined;
  /** Whether the site is still in the run. */
  readonly takesPart: (run: string) => boolean;
  readonly disclosure: AgentSettings['disclosure'];
}

/** What the centre is told of all runs: those that rest on somebody who withdrew. */
export function withdrawalStatement(affected: readonly AffectedRun[], { planOf, takesPart, disclosure }: StatementSources): WithdrawalsMessage['runs'] {
  return affected
    .filter(({ lineage, withdrawn }) => withdrawn > 0 && takesPart(lineage.run))
    .map(({ lineage, withdrawn }) => ({ run: lineage.run, patients: steppedCount(withdrawn, minimumCount(planOf(lineage.plan), disclosure)) }));
}

/** The stricter of plan and site; of a plan that is no longer here, the strictest profile. */
const minimumCount = (plan: AnalysisPlan | undefined, disclosure: StatementSources['disclosure']): number => limitsOf(plan, disclosure).minimumCell;
const limitsOf = (plan: AnalysisPlan | undefined, disclosure: StatementSources['disclosure']): DisclosureLimits => tightenLimits(disclosureLimits[plan?.disclosure ?? 'strict'], disclosure);
