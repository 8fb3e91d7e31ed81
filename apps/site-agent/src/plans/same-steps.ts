import { stepsDigest } from '@consilium/federation/site';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import type { AnalysisPlan } from '@consilium/study';

/** Throws E376 where a plan names the steps of a release, and this is another: a step of the same name and version might then answer otherwise than was approved. */
export function requireSameSteps({ methods }: Pick<AnalysisPlan, 'methods'>): void {
  if (methods && methods !== stepsDigest()) throw new ConsiliumError(agentErrors.stepsDiffer, 'The plan names the steps of another release than this site runs. Nothing was sent.');
}
