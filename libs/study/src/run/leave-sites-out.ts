import { disclosureLimits, type Federation, leaveOneSiteOut, type LeftOutSite, metaAnalyses, pairs, siteFigures, siteValidation, type SiteValidation, suppressed } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { Dependent } from './dependent.js';
import { figureOf } from './figure-of.js';
import { type Headline, headlines } from './headline.js';
import { modelsOf, PlanTraining } from './plan-training.js';
import { type Figure, isSuppressed, type StageResults } from './run-results.js';
import type { PipelineTraining } from './pipeline/pipeline-training.js';
import { signatureOf } from './pipeline/repeated.js';
import { type Rows, rowsOf, sitesOf, viewOf } from './views.js';

/** The models of one training without a site, on that site; a model that has no result there says why. */
interface LeftOut {
  readonly validation: SiteValidation;
  /** What the pipeline chose without the site; null where the plan has none. */
  readonly choices: StageResults | null;
  readonly withoutResult: readonly { readonly model: string; readonly suppressed: { readonly rule: string; readonly reason: string } }[];
}

/**
 * Selection and training repeated without each site and validated there: all sites at once, in the rounds of one training. Null where the plan does
 * not ask for it. Thresholds chosen from data would need cross-fitting inside each training; only fixed ones are applied.
 */
export async function leaveSitesOut(federation: Federation, plan: AnalysisPlan): Promise<StageResults | null> {
  const options = plan.evaluate.leaveOneSiteOut;
  if (options === null) return null;
  const rows = rowsOf(plan, options.rows);
  const models = options.models ?? plan.evaluate.models ?? modelsOf(plan);
  const results = await leaveOneSiteOut(sitesOf(federation, rows), (left) => figureOf(() => withoutSite(left, plan, rows, models)));
  const sites = results.map(({ site, result }) => siteResult(site, result, models));
  const validations = sites.map(({ validation }) => validation);
  const pooled: (Headline | { model: string; notEstimable: string })[] = headlines(validations, models, plan.evaluate.metaAnalysis);
  return { rows: options.rows, headline: pooled, ...metaAnalyses(validations, models), sites: sites.map(({ validation, withoutResult, choices }) => ({ ...validation, withoutResult, ...(choices === null ? {} : { choices }) })) };
}

async function withoutSite({ site, training, validation }: LeftOutSite, plan: AnalysisPlan, rows: Rows, models: readonly string[]): Promise<LeftOut> {
  const own = await PlanTraining.run(training, plan, { rows, models, crossFitted: false });
  const fitted = models.filter((model) => !isSuppressed(own.model(model)));
  const choices = own.pipeline === null ? null : choicesWithout(plan, own.pipeline);
  const withoutResult = models.flatMap((model) => {
    const figure = own.model(model);
    return isSuppressed(figure) ? [{ model, ...figure }] : [];
  });
  if (fitted.length === 0) throw new Dependent(withoutResult[0]!.suppressed.rule, withoutResult[0]!.suppressed.reason);
  const fixed = plan.evaluate.thresholds.flatMap((threshold) => (threshold.kind === 'fixed' ? [threshold.value] : []));
  const shape = { models: fitted, thresholds: fitted.map(() => fixed), minimumCell: disclosureLimits[plan.disclosure].minimumCell };
  const view = viewOf(plan, { rows: rows.conditions, features: fitted, derived: own.predictions(fitted), fill: own.missing?.fill, folds: false, harmonise: own.harmonisation?.spec });
  const [answer] = await validation.gather(siteFigures, { view, parameters: shape });
  const shown = siteValidation(answer!, shape);
  const figures = models.map((model) => shown.models[fitted.indexOf(model)] ?? noFigures(model, withoutResult));
  return { validation: { ...shown, site, models: figures, comparisons: comparisonsOf(models, shown.comparisons, withoutResult) }, withoutResult, choices };
}

/** Kept sequences, chosen kinds and the signature's features of a training without a site. */
function choicesWithout(plan: AnalysisPlan, training: PipelineTraining): StageResults {
  const { sequences, fusion } = training.choices();
  return {
    sequences: sequences.map(({ sequence, kept, chosen }) => ({ sequence, kept, chosen: chosen?.kind ?? null })),
    signature: { chosen: fusion.chosen?.kind ?? null, selected: signatureOf(plan, training, []).signature },
  };
}

type Comparisons = SiteValidation['comparisons'];

/** Of every pair of models, in the order of pairs; a pair with a model that has no result says why. */
function comparisonsOf(models: readonly string[], shown: Comparisons, withoutResult: LeftOut['withoutResult']): Comparisons {
  return pairs(models).map(([a, b]) => {
    const pair = [models[a]!, models[b]!] as const;
    const missing = withoutResult.find(({ model }) => pair.includes(model));
    return shown.find(({ models: [first, second] }) => first === pair[0] && second === pair[1]) ?? { models: pair, difference: suppressed(missing!.suppressed.rule, missing!.suppressed.reason) };
  });
}

function siteResult(site: string, result: Figure<LeftOut>, models: readonly string[]): LeftOut {
  if (!isSuppressed(result)) return result;
  const withoutResult = models.map((model) => ({ model, ...result }));
  return { validation: { site, patients: result, classes: result, models: models.map((model) => noFigures(model, withoutResult)), comparisons: comparisonsOf(models, [], withoutResult) }, withoutResult, choices: null };
}

/** A model without a result has no figure at the site, each for the same reason. */
function noFigures(model: string, withoutResult: LeftOut['withoutResult']): SiteValidation['models'][number] {
  const { rule, reason } = withoutResult.find((one) => one.model === model)!.suppressed;
  const none = suppressed(rule, reason);
  return { model, auc: none, calibration: none, recalibration: none, recalibrationCaution: null, hosmerLemeshow: none, confusion: [], decisionCurve: none, roc: none, histogram: none, calibrationBins: none };
}
