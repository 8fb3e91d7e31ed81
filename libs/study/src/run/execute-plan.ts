import type { Federation } from '@consilium/federation';
import { planDigest } from '../plan/canonical-plan.js';
import { planWarnings } from '../plan/plan-rules.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { finiteFigures, type RunResults } from './run-results.js';
import { runStages } from './stages.js';

export interface ExecuteOptions {
  /** Told when a stage begins; never needed for the result. */
  readonly onStage?: (stage: string, index: number, count: number) => void;
}

/**
 * Runs every stage of a plan over a federation. Deterministic: executed again over a federation that replays its rounds, it gives the same
 * bytes. A suppressed or refused figure stands in the results with its rule; it never ends the run.
 */
export async function executePlan(federation: Federation, plan: AnalysisPlan, options: ExecuteOptions = {}): Promise<RunResults> {
  const sites = plan.sites.filter((site) => federation.sites.includes(site));
  const stages = await runStages(federation.restrict(sites), plan, options);
  return {
    format: 1,
    plan: { title: plan.title, version: plan.version, study: plan.study, digest: planDigest(plan) },
    disclosure: plan.disclosure,
    sites,
    warnings: planWarnings(plan),
    stages: finiteFigures(stages) as RunResults['stages'],
  };
}
