import { decodeRequest, privateCounts, privateLogistic } from '@consilium/federation';
import { findSiteStep } from '@consilium/federation/site';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { gaussianCost } from '@consilium/statistics';
import { canonicalJson, privacyRatio, type AnalysisPlan, type PrivacyOptions } from '@consilium/study';
import type { AskedPart } from '../exchange/request-parts.js';
import type { BudgetLimits, NoiseGrant, PrivacyBudget } from './privacy-budget.js';

export interface ApprovedPlan {
  readonly digest: string;
  readonly plan: AnalysisPlan;
}

/** More noise than the plan promises is nobody's loss; less is refused. Costs are compared to the rounding of a ratio. */
const ROUNDING = 1e-9;

/**
 * The noise for a part of a request, or undefined where the plan is none of differential privacy. Under one that is, every answer has noise, at least as much as the approved plan says; under another, no answer has.
 */
export function noiseFor(part: AskedPart, { digest, plan }: ApprovedPlan, { budget, limits, at }: { readonly budget: PrivacyBudget; readonly limits: BudgetLimits; readonly at: string }): NoiseGrant | undefined {
  const step = findSiteStep(part.step, part.version)?.step;
  if (!plan.privacy && !step?.privacyCost) return undefined;
  if (!plan.privacy || !step?.privacyCost) {
    throw new ConsiliumError(agentErrors.privateAnswersOnly, plan.privacy ? 'The approved plan gives answers with noise only, and another was asked. Nothing was sent.' : 'An answer with noise was asked under a plan that has no privacy budget. Nothing was sent.');
  }
  const { parameters } = decodeRequest(step, part.bytes);
  const { ratio: _, ...asked } = parameters as unknown as { readonly ratio: number };
  if (canonicalJson(asked) !== canonicalJson(questionsOf(plan.privacy)[step.name] ?? null)) {
    throw new ConsiliumError(agentErrors.privateAnswersOnly, 'The approved plan asks for other private answers than this one. Nothing was sent.');
  }
  const cost = step.privacyCost(parameters);
  const promised = gaussianCost(privacyRatio(plan.privacy), answersOf(parameters));
  if (!(cost > 0 && cost <= promised * (1 + ROUNDING))) {
    throw new ConsiliumError(agentErrors.privateAnswersOnly, 'An answer was asked with less noise than the approved plan promises. Nothing was sent.');
  }
  const { run, round, step: name } = part;
  return budget.grant({ study: plan.study, plan: digest, run, round, step: name, asked: part.asked, cost, at, limits });
}

/** What the plan asks of each private step, but for the noise. */
const questionsOf = ({ counts, logistic }: PrivacyOptions): Readonly<Record<string, unknown>> => ({
  [privateCounts.name]: { tables: counts.map(({ column, levels }) => ({ column, levels: levels.map(String) })) },
  ...(logistic === null ? {} : { [privateLogistic.name]: { penalty: logistic.penalty, bounds: logistic.features.map(({ low, high }) => ({ low, high })) } }),
});

/** Tables count one answer each. */
const answersOf = (parameters: unknown): number => (parameters as { readonly tables?: readonly unknown[] } | null)?.tables?.length ?? 1;
