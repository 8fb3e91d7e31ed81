import { say } from '@consilium/charts';
import { filled, needsYou, notApplicable, type Assessment } from './assessment.js';
import { cohortWords, validationWords, type Evidence } from './evidence.js';
import { featureClassText, hasFeatureClass, hasSetting, imageTypeText, settingText } from './settings.js';

/** Answers that several checklists ask for, each given once. */

const NO_PLAN = 'The plan was not given to this report. Run it again with --plan.';
const FROM_TABLE = 'The features came from a table: say how they were extracted.';

/** An answer that needs the plan. */
export const fromPlan = (answer: (e: Evidence) => Assessment) => (e: Evidence): Assessment => (e.source.plan === null ? needsYou(NO_PLAN) : answer(e));

/** An answer that needs images read in this run. */
export const fromImages = (answer: (e: Evidence) => Assessment) => fromPlan((e) => (e.settings.length === 0 ? needsYou(FROM_TABLE) : answer(e)));

export const setting = (key: string, name: string) => fromImages((e) => filled(`${name}: ${settingText(e.settings, key)}.`, 'methods'));

/** An answer about features of a class, where the run computes any of it. */
export const ofClass = (name: string, answer: (e: Evidence) => Assessment) => fromImages((e) => (hasFeatureClass(e.settings, name) ? answer(e) : notApplicable(`No feature of the class ${name} is computed.`)));

export const discretisation = fromImages((e) => filled(hasSetting(e.settings, 'binCount') ? `Fixed number of bins: ${settingText(e.settings, 'binCount')}. The first bin begins at the least value of the region.` : `Fixed bin width: ${settingText(e.settings, 'binWidth')}. Edges are multiples of the width, from 0.`, 'methods'));
export const resampling = fromImages((e) => filled(hasSetting(e.settings, 'resampledPixelSpacing') ? `To ${settingText(e.settings, 'resampledPixelSpacing')} mm, ${settingText(e.settings, 'interpolator')}; the mask by nearest neighbour.` : 'Images were not resampled.', 'methods'));
export const normalisation = fromImages((e) => filled(hasSetting(e.settings, 'normalize') ? `Intensities were normalised, scale ${settingText(e.settings, 'normalizeScale')}.` : 'Intensities were not normalised before extraction.', 'methods'));
export const imageTypes = fromImages((e) => filled(`${imageTypeText(e.settings)}.`, 'methods'));
export const featureClasses = fromImages((e) => filled(`${featureClassText(e.settings)}.`, 'methods'));
export const extractionTool = fromImages((e) => filled(`${engineOf(e)}, settings and their digests in the plan; compared with IBSI reference values (reference-ibsi-conformance.md).`, 'methods'));
export const featureCount = (e: Evidence): Assessment => {
  const { extract, select } = e.source.results.stages;
  if (extract && 'sequences' in extract) return filled(`${say.list(extract.sequences.map(({ sequence, features }) => `${sequence} ${say.count(features)}`))}.`, 'cohort');
  if (select && 'candidates' in select && select.candidates !== undefined) return filled(`${say.plural(select.candidates, 'candidate feature')}.`, 'selection');
  return needsYou('Say how many features each patient has.');
};
export const engineOf = (e: Evidence): string => {
  const { extract } = e.source.results.stages;
  return extract && 'engine' in extract ? extract.engine : 'unknown';
};

export const centres = (e: Evidence): Assessment => filled(`${say.plural(e.sites, 'hospital')}: ${say.list(e.source.results.sites)}.`, 'cohort');
export const dataSource = (e: Evidence): Assessment => filled(`${say.plural(e.sites, 'hospital')}; patients of each part and hospital are in the tables. Say which data are public.`, 'cohort');
export const eligibility = fromPlan((e) => {
  const { include, training } = e.source.plan!.cohort;
  const rules = [...include, ...training.where].map(({ column, oneOf, negate }) => `${column} ${negate ? 'not ' : ''}in {${oneOf.join(', ')}}`);
  return needsYou(`Say the clinical criteria. The plan's rows: ${rules.length === 0 ? 'all patients of the tables' : rules.join('; ')}.`);
});
export const outcome = fromPlan((e) => {
  const { column, event, horizon } = e.source.plan!.outcome;
  return needsYou(`Say how the outcome was assessed, and by whom. The plan: ${column} = ${event}${horizon === null ? '' : `, within ${horizon}`}.`);
});
export const predictors = fromPlan((e) => {
  const { clinical } = e.source.plan!;
  return clinical.length === 0 ? notApplicable('The plan has no clinical variable.') : filled(`${say.list(clinical.map(({ column, levels }) => (levels === null ? column : `${column} (${levels.join(', ')})`)))}. Definitions are in the data dictionary of the plan.`, 'methods');
});
export const sampleSize = (e: Evidence): Assessment => {
  const { describe } = e.source.results.stages;
  return describe && 'sampleSize' in describe ? filled("Events for each candidate parameter, and Riley's three criteria.", 'cohort') : needsYou('Say why so many patients.');
};
export const split = fromPlan((e) => {
  const { test } = e.source.plan!.cohort;
  const words = cohortWords(e);
  if (test === null && !e.leftOut) return filled('No patient was held out; figures are apparent and marked so.', 'methods');
  return filled(`${validationWords(e)}${words === null ? '' : ` (${words})`}. Parts are patients of the plan, named before anything is fitted; whatever looks at data is chosen in training parts and folds.`, 'methods');
});
export const missing = fromPlan((e) => {
  const { features, clinical, dropAbove } = e.source.plan!.missing;
  return filled(`Features: ${features}, dropped above ${say.percent(dropAbove)} missing; clinical variables: ${clinical}. Fitted on training rows.`, 'cohort');
});
export const imbalance = (e: Evidence): Assessment =>
  e.training === null ? needsYou('Say how many patients have the event; a rule hides it here.') : filled(`${say.share(e.training.events, e.training.patients)} of training patients have the event. Nothing was resampled or reweighted.`, 'cohort');
export const reliability = fromPlan((e) => {
  const own = [e.source.plan!.select, e.source.plan!.pipeline?.select];
  const [agreement, perturbed] = [own.find((one) => one?.agreement)?.agreement, own.find((one) => one?.perturbed)?.perturbed];
  const said = [
    ...(agreement ? [`Features whose repeated readings agree (ICC at least ${agreement.atLeast}), on training patients.`] : []),
    ...(perturbed ? [`Features that small changes of image and mask leave as they are (ICC at least ${perturbed.atLeast}), measured before the study.`] : []),
    ...(e.source.plan!.describe?.agreement ? ['Kappa, intraclass correlations and overlap of readers, on training patients.'] : []),
  ];
  return said.length > 0 ? filled(said.join(' '), agreement || perturbed ? 'selection' : 'cohort') : needsYou('Repeated segmentations were not compared in this run. Say whether they were elsewhere.');
});
export const scaling = fromPlan((e) => {
  const { harmonise, ownSiteScale } = e.source.plan!;
  const parts = [...(ownSiteScale ? ["every hospital z-scores by its own training rows"] : ['z-scores by mean and standard deviation of all training rows, where a model asks for it']), ...(harmonise ? ['ComBat over hospitals or scanners, fitted on training rows'] : [])];
  return filled(`${say.list(parts)}.`, 'methods');
});
export const reduction = fromPlan((e) => (e.selected ? filled('The steps, their limits and what each left, on training rows only and repeated in every fold.', 'selection') : notApplicable('The plan selects no features.')));
export const multicollinearity = fromPlan((e) => {
  const own = e.source.plan!.select?.correlation ?? e.source.plan!.pipeline?.select.correlation;
  return own ? filled(`Of features with |r| above ${own.threshold} one stays (rule ${own.rule}); correlations of those selected are drawn.`, 'selection') : needsYou('Correlated features were not removed. Say why.');
});
export const algorithms = fromPlan((e) => (e.models.length === 0 ? needsYou('No model has a result.') : filled(`${say.list(e.models)}: kinds, inputs, penalties and coefficients.`, 'explanation')));
export const tuning = fromPlan((e) => {
  const { select, models, pipeline } = e.source.plan!;
  const chosen = !!pipeline || !!select?.lasso || models.some(({ penalty }) => Array.isArray(penalty?.C));
  return filled(`Settings, grids and seed are in the plan; ${chosen ? 'penalties are chosen by cross-validation on training rows' : 'no setting is chosen by data'}.`, 'methods');
});
export const modelChoice = fromPlan((e) => (e.source.plan!.pipeline ? filled('By nested cross-validated AUC on training patients: within one standard error of the best, the simplest.', 'selection') : filled('Models are named in the plan before any result; none was chosen by its test figures.', 'methods')));
export const confounders = fromPlan((e) => (e.source.plan!.evaluate.subgroups.length > 0 || e.source.plan!.harmonise || e.source.plan!.pipeline?.volume ? filled('Subgroups of the plan, hospital effects and tumour volume, as far as the plan asks for them.', 'differences') : needsYou('The plan names no subgroup, scanner or tumour volume. Discuss confounding.')));
export const testing = (e: Evidence): Assessment => (e.validated ? filled(`${validationWords(e)}.`, 'performance') : needsYou('No model was validated.'));
export const performance = (e: Evidence): Assessment => (e.validated ? filled('AUC, sensitivity, specificity, predictive values, accuracy beside the no-information rate, Brier score, calibration, net benefit; at every hospital and over all.', 'performance') : needsYou('No model was validated.'));
export const uncertainty = (e: Evidence): Assessment => (e.validated ? filled(`95% intervals of every estimate (DeLong's for AUC, Wilson's for shares)${e.sites > 2 ? ', prediction intervals for a new hospital' : ''}.`, 'performance') : needsYou('No model was validated.'));
export const comparison = (e: Evidence): Assessment => (e.models.length > 1 && e.validated ? filled("DeLong's test of AUCs pooled over hospitals, NRI and IDI.", 'models') : notApplicable('One model has a result; there is nothing to compare.'));
export const clinicalComparison = fromPlan((e) => (e.hasClinicalModel && (e.hasRadiomicModel || e.hasCombined) ? filled(`${say.list(['Clinical', ...(e.hasRadiomicModel ? ['radiomic'] : []), ...(e.hasCombined ? ['combined'] : [])])} models on the same patients.`, 'models') : needsYou('The plan has no clinical model beside the radiomic one.')));
export const calibration = (e: Evidence): Assessment => (e.validated ? filled('O:E, slope and intercept, curves at every hospital and over all.', 'calibration') : needsYou('No model was validated.'));
export const decision = (e: Evidence): Assessment => (e.validated ? filled('Decision curves, net benefit with intervals over the thresholds of the plan.', 'usefulness') : needsYou('No model was validated.'));
export const explainability = (e: Evidence): Assessment => (e.models.length > 0 ? filled('Coefficients and nomograms, SHAP values and permutation importance where the run has them, mean values and correlations of selected features.', 'explanation') : needsYou('No model has a result.'));
export const baseline = (e: Evidence): Assessment => (e.source.results.stages.describe ? filled('Characteristics by outcome for each part, with tests; case mix between parts.', 'cohort') : needsYou('The cohort is not described in this run.'));
export const flow = (e: Evidence): Assessment => (e.source.results.stages.describe ? filled('Patients by hospital, with what was hidden. Add those who were screened and excluded before the tables were made.', 'cohort') : needsYou('The cohort is not described in this run.'));
export const heterogeneity = (e: Evidence): Assessment => (e.validated && e.sites > 1 ? filled('Every measure at every hospital; random-effects pooling with τ², I² and a prediction interval.', 'performance') : notApplicable('One hospital, or nothing validated.'));
export const fullModel = (e: Evidence): Assessment => (e.models.length > 0 ? filled('Intercept and coefficients of every logistic model; all models as signed files (consilium run model).', 'explanation') : needsYou('No model has a result.'));
export const protocol = needsYou('Give scanners, sequences and parameters of each hospital. Images were read at the hospitals; headers are not in the results.');
