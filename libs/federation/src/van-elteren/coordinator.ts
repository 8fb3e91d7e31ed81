import { vanElteren } from '@consilium/statistics';
import type { Refusal } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { rankSums } from './exchange.js';

export interface VanElterenTests {
  readonly features: readonly string[];
  /** NaN where no site has both classes, or the feature is constant at every site. */
  readonly z: Float64Array;
  readonly p: Float64Array;
  /** Sites that answered: the strata. */
  readonly sites: readonly string[];
  readonly refused: readonly { readonly site: string; readonly refusal: Refusal }[];
}

/**
 * Van Elteren's rank test of each feature against the outcome, the sites as strata: exact from three numbers a site and feature, in one
 * round. A shift or another scale of a whole site (a scanner) changes nothing. A site with one class adds nothing. Sites that refuse are
 * left out and listed.
 */
export async function federatedVanElteren(federation: Federation, view: ViewSpec): Promise<VanElterenTests> {
  const answers = await federation.gather(rankSums, { view, parameters: null });
  const strata = answers.flatMap((one) => ('answer' in one ? [one] : []));
  const tests = view.features.map((_, j) =>
    vanElteren(strata.map(({ answer }) => ({ u: answer.u[j]!, n1: answer.events, n0: answer.nonEvents, tieTerm: answer.ties[j]! }))),
  );
  return {
    features: view.features,
    z: Float64Array.from(tests, ({ z }) => z),
    p: Float64Array.from(tests, ({ p }) => p),
    sites: strata.map(({ site }) => site),
    refused: answers.flatMap((one) => ('refusal' in one ? [one] : [])),
  };
}
