import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';

export interface LeftOutSite {
  readonly site: string;
  /** All sites but this one: everything that is fitted or chosen is asked of it. */
  readonly training: Federation;
  /** This site alone. */
  readonly validation: Federation;
}

/**
 * Internal-external validation (Royston, Parmar, Sylvester 2004): for each site, `train` on the others and `validate` there. All sites are
 * left out at once, in as many rounds as one training. Equal to pooled leave-one-site-out where the trained method equals its pooled form.
 *
 * Sums over all sites and over all but one differ by one site's term: a plan that asks for both says so to its stewards.
 *
 * @returns what `run` answers for each site, in the federation's order
 */
export async function leaveOneSiteOut<T>(federation: Federation, run: (left: LeftOutSite) => Promise<T>): Promise<{ site: string; result: T }[]> {
  const { sites } = federation;
  if (sites.length < 2) throw new ConsiliumError(methodErrors.oneSite);
  const results = await federation.inParallel(
    sites.map((site) => async (branch) => {
      const training = branch.restrict(sites.filter((other) => other !== site));
      return run({ site, training, validation: branch.restrict([site]) });
    }),
  );
  return sites.map((site, index) => ({ site, result: results[index]! }));
}
