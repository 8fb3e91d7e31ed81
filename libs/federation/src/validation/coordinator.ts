import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { siteFigures } from './exchange.js';
import { isValue, notEstimable, type Figure } from './figures.js';
import { metaAnalyses } from './meta.js';
import { siteValidation, type ValidationShape } from './per-site.js';
import { both, pooledFigures } from './pooled.js';
import { pooledConfusions } from './pooled-confusion.js';
import type { SiteValidation, ValidationResult } from './results.js';

export interface ValidationRequest {
  /** Rows to validate on. Its `derived` columns are the models' predictions; its features are replaced by the models. */
  readonly view: ViewSpec;
  /** Columns of predicted probabilities. Patients who lack one are left out of all, so that models are compared on the same patients. */
  readonly models: readonly string[];
  /** Decision thresholds of each model, chosen on training rows; a prediction at the threshold is positive. */
  readonly thresholds?: Readonly<Record<string, readonly number[]>>;
  /** The profile's minimum count k: bins are joined until they hold it (see docs/reference-method-validation.md). 0 or absent for none. */
  readonly minimumCell?: number;
  /** Cuts of other figures of the same predictions that are shown beside these; with a minimum count no edge lies close to one. */
  readonly otherCuts?: readonly number[];
}

/**
 * Validates models at every site and over all sites. Per site: AUC with DeLong's variance and covariances, 2 × 2 tables, Brier score, O:E,
 * calibration slope and intercepts, Hosmer-Lemeshow over fixed groups, decision and ROC curves over joined bins. Pooled: the same from
 * sums, the AUC from rank bins with its bounds. Then random-effects meta-analysis over the sites.
 *
 * Every figure is a value or says why there is none; a refusal of one site never ends the validation. Rounds: 7-10.
 */
export async function federatedValidation(federation: Federation, request: ValidationRequest): Promise<ValidationResult> {
  const view = { ...request.view, features: [...request.models] };
  const shape: ValidationShape = {
    models: request.models,
    thresholds: request.models.map((model) => request.thresholds?.[model] ?? []),
    minimumCell: request.minimumCell ?? 0,
    otherCuts: request.otherCuts ?? [],
  };
  const parameters = { models: [...shape.models], thresholds: shape.thresholds.map((own) => [...own]), minimumCell: shape.minimumCell };
  const [answers, pooled] = await both(
    federation,
    (branch) => branch.gather(siteFigures, { view, parameters }),
    (branch) => pooledFigures(branch, view, shape),
  );
  const sites = answers.map((answer) => siteValidation(answer, shape));
  const confusion = await pooledConfusions(federation, view, shape, sites);
  const models = pooled.models.map((figures, m) => ({ ...figures, confusion: confusion[m]!, stratifiedAuc: stratifiedAuc(sites, m) }));
  return { sites, pooled: { ...pooled, models }, ...metaAnalyses(sites, shape.models) };
}

/**
 * Σ n1 n0 AUC_s / Σ n1 n0 over the sites that show their AUC: it compares patients of one site only. A large gap to the pooled AUC means that
 * scores are shifted between sites.
 */
function stratifiedAuc(sites: readonly SiteValidation[], m: number): Figure<number> {
  let [weighted, weights] = [0, 0];
  for (const { classes, models } of sites) {
    const auc = models[m]!.auc;
    if (!isValue(classes) || !isValue(auc)) continue;
    weights += classes.events * classes.nonEvents;
    weighted += classes.events * classes.nonEvents * auc.auc;
  }
  return weights > 0 ? weighted / weights : notEstimable('No site shows an AUC.');
}
