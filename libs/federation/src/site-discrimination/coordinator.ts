import { modelValue } from '@consilium/learning';
import { RoundRefused, type Federation } from '../federation.js';
import { foldModelsValue } from '../fold-models.js';
import { federatedLogistic, type Scaling } from '../logistic-regression/coordinator.js';
import { federatedLogisticCrossValidation } from '../logistic-regression/cross-validation.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { pooledAucs } from '../validation/pooled-auc.js';
import { isValue, notEstimable, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';

export interface SiteDiscrimination {
  readonly site: string;
  /** The c-statistic of the site against all others: ½ where the features do not tell it apart. */
  readonly auc: Figure<{ readonly auc: number; readonly low: number; readonly high: number }>;
}

export interface SiteDiscriminations {
  readonly sites: readonly SiteDiscrimination[];
  /** The mean over the sites that have one. */
  readonly mean: number | null;
  /** Whether each patient was told by a model that had not seen the fold. */
  readonly crossValidated: boolean;
}

/**
 * How well the view's features tell which site a patient is of: for each site a logistic model with an L2 penalty (C = 1 on z-scores) of that site
 * against all others, and its area, cross-validated where the view has folds. All sites in the same rounds. What harmonisation is
 * for is that this comes near ½. A site's own term has one class only, and its patients' scores are counted apart from the others', bin by bin.
 */
export async function federatedSiteDiscrimination(federation: Federation, view: ViewSpec, minimumCell = 0): Promise<SiteDiscriminations> {
  const { sites } = federation;
  if (sites.length < 2) return { sites: sites.map((site) => ({ site, auc: notEstimable('There is one site.') })), mean: null, crossValidated: false };
  const asked = sites.map((site) => async (branch: Federation): Promise<SiteDiscrimination> => {
    try {
      return { site, auc: await areaOf(branch, { ...view, outcome: `@site=${site}` }, minimumCell) };
    } catch (error) {
      if (error instanceof RoundRefused) return { site, auc: refusedSum(error) };
      throw error;
    }
  });
  const found = await federation.inParallel(asked);
  const areas = found.flatMap(({ auc }) => (isValue(auc) ? [auc.auc] : []));
  return { sites: found, mean: areas.length === 0 ? null : areas.reduce((sum, auc) => sum + auc, 0) / areas.length, crossValidated: view.folds !== undefined };
}

const STRENGTH = 1;
const SCORE = 'consilium site score';

async function areaOf(federation: Federation, view: ViewSpec, minimumCell: number): Promise<SiteDiscrimination['auc']> {
  const { all } = await federatedMoments(federation, view);
  const scaling = { mean: all.mean, sd: standardDeviation(all, 0) };
  const model = view.folds === undefined ? await apparent(federation, view, scaling) : await byFold(federation, view, scaling);
  const [auc] = await pooledAucs(federation, { ...view, features: [SCORE], derived: [...(view.derived ?? []), { name: SCORE, model }] }, [SCORE], minimumCell);
  return !auc ? notEstimable('One class is empty. There is no area.') : { auc: auc.auc, low: auc.low, high: auc.high };
}

async function apparent(federation: Federation, view: ViewSpec, scaling: Scaling): Promise<string> {
  const [fitted] = await federatedLogistic(federation, { view, scaling, models: [{ features: view.features, C: STRENGTH }] });
  return federation.publish(modelValue(fitted!.model));
}

async function byFold(federation: Federation, view: ViewSpec, scaling: Scaling): Promise<string> {
  const result = await federatedLogisticCrossValidation(federation, { view, scaling, grid: [STRENGTH] });
  return federation.publish(foldModelsValue({ kind: 'by-fold', models: new Map(result.byFold) }));
}
