import { say } from '@consilium/charts';
import type { Evidence } from '../checklists/evidence.js';
import type { PlanModelView, PlanSelection, ReportPlan } from '../plan-view.js';
import { needsYou, type Paragraph, type Sentence } from './paragraph.js';

const rules: Readonly<Record<string, string>> = { A: 'the one that comes first in the plan', B: 'the one with the smaller p', C: 'the one with the smaller p, pair by pair,', D: 'the one that comes first in the plan' };
const tests: Readonly<Record<string, string>> = { student: "Student's t test", welch: "Welch's t test", 'mann-whitney': 'the Mann-Whitney test' };

function selectionSentences({ perturbed, agreement, test, correlation, lasso, stepwise }: PlanSelection): Sentence[] {
  const one = lasso?.choose === '1se' ? 'the strongest within one standard error of the least cross-validated error' : 'the one of least cross-validated error';
  const family = lasso?.family === 'logistic' ? (lasso.mixing !== undefined && lasso.mixing < 1 ? `a logistic elastic net (L1 share ${lasso.mixing})` : 'a logistic LASSO') : 'the LASSO';
  return [
    ...(perturbed ? [`Features were kept that small changes of image and mask left as they were (ICC at least ${perturbed.atLeast}, measured before the study).`] : []),
    ...(agreement ? [`Features were kept whose repeated readings agreed (ICC, ${agreement.kind}, at least ${agreement.atLeast}).`] : []),
    ...(test ? [`Features with p < ${test.alpha} in ${tests[test.kind] ?? test.kind} were kept.`] : []),
    ...(correlation ? [`Of two features with |r| > ${correlation.threshold} ${rules[correlation.rule] ?? 'one'} was kept (rule ${correlation.rule}${correlation.rule === 'D' ? ', in which a dropped feature drops others too' : ''}).`] : []),
    ...(lasso ? [`Among the rest, ${family} selected, with ${lasso.lambda.count} penalties from ${lasso.lambda.max} down to ${lasso.lambda.min}; ${one} was taken, features standardised ${lasso.scaler === 'once' ? 'once on all training patients' : 'within each fold'}.`] : []),
    ...(stepwise ? [`Stepwise logistic regression (${stepwise.direction}, ${stepwise.criterion.toUpperCase()}) followed.`] : []),
  ];
}

export function selection(plan: ReportPlan): Paragraph | null {
  const { select, pipeline, folds } = plan;
  if (select === null && !pipeline) return null;
  const dealt = folds === null ? '' : 'dealt' in folds ? ` Folds (${folds.dealt}) were dealt by the seed of the plan.` : ` Folds (${folds.count}) were those of the column ${folds.column}.`;
  return {
    heading: 'Selection of features',
    sentences: [
      ...(pipeline ? [`Each sequence (${say.list(pipeline.sequences.map(({ name }) => name))}) was treated alike.`, ...selectionSentences(pipeline.select)] : selectionSentences(select!)),
      `Selection looked at training patients only, from sums over hospitals, and was repeated within every fold and every set of hospitals that judges it.${dealt}`,
    ],
  };
}

export function pipelineParagraph(plan: ReportPlan): Paragraph | null {
  const { pipeline } = plan;
  if (!pipeline) return null;
  const { keep, fusion, clinical, volume, repeats, permute } = pipeline;
  const combined = plan.clinical.length > 0;
  return {
    heading: 'Fusion of sequences and the Rad-Signature',
    sentences: [
      `Candidate models (${say.list(pipeline.models.map(({ kind }) => kind))}, simplest first) were compared by nested cross-validated AUC; within one standard error of the best the first was taken.`,
      keepSentence(keep),
      'The features that the kept sequences selected were selected among once more; the model of these is the Rad-Signature.',
      ...(fusion.late.length > 0 ? [`Late fusion by ${say.list(fusion.late)} of the probabilities of the sequences stands beside it.`] : []),
      ...(combined ? [`Clinical variables ${clinical.univariate === null ? 'all entered' : `with a univariate p below ${clinical.univariate} entered`}${clinical.stepwise === null ? '' : `, then stepwise regression by AIC (${clinical.stepwise})`}; logistic regression combined them with the ${pipeline.signature.includes('cross-fitted') ? 'cross-fitted predictions of the Rad-Signature' : 'predictions of the Rad-Signature'}.`] : []),
      ...(volume === null ? [] : [`The tumour volume (${volume}) alone was a model, and every selected feature was correlated with it.`]),
      ...(repeats > 1 ? [`Nested cross-validation was repeated ${repeats} times with folds dealt anew.`] : []),
      ...(permute > 0 ? [`It was repeated ${permute} times with permuted outcomes for p-values.`] : []),
    ],
  };
}

/** Plans of earlier versions have standard errors only. */
function keepSentence({ above, confidence, sharedAmongSequences, standardErrors }: NonNullable<ReportPlan['pipeline']>['keep']): string {
  if (typeof standardErrors === 'number') return `A sequence entered the fusion whose AUC less ${standardErrors} standard error${standardErrors === 1 ? '' : 's'} was above ${above}.`;
  const level = `${Math.round(1000 * confidence) / 10} %`;
  return `A sequence entered the fusion where the lower bound of its AUC, one-sided with a confidence of ${level} ${sharedAmongSequences ? 'for all sequences together (Bonferroni)' : 'for each sequence'} and a standard error corrected for training patients that folds share (Nadeau and Bengio 2003), was above ${above}.`;
}

function inputWords(input: unknown): string {
  if (typeof input === 'string') return { clinical: 'the clinical variables', selected: 'the selected features', features: 'all features' }[input] ?? input;
  const { columns, prediction, fitting } = input as { readonly columns?: readonly string[]; readonly prediction?: string; readonly fitting?: string };
  if (columns) return `the columns ${say.list(columns)}`;
  return `the ${fitting === undefined ? '' : `${fitting} `}predictions of ${prediction ?? ''}`;
}

function modelSentence({ name, kind, inputs, penalty, rule }: PlanModelView): string {
  const kinds: Readonly<Record<string, string>> = { logistic: 'logistic regression', 'linear-svm': 'a linear support vector machine', 'rbf-svm': 'a support vector machine with RBF kernel (random Fourier features)', 'late-fusion': `the ${rule ?? ''} of probabilities` };
  const C = penalty?.C === undefined ? '' : Array.isArray(penalty.C) ? `, C among ${penalty.C.join(', ')} by cross-validation` : `, C = ${JSON.stringify(penalty.C)}`;
  const penalised = penalty === undefined || penalty.kind === 'none' ? '' : ` (penalty ${penalty.kind}${C})`;
  return `${name}: ${kinds[kind] ?? kind}${penalised} of ${say.list(inputs.map(inputWords))}.`;
}

export const models = (plan: ReportPlan): Paragraph | null =>
  plan.models.length === 0 ? null : { heading: 'Models', sentences: [...plan.models.map(modelSentence), `All were fitted over hospitals from exact sums; random numbers come from the seed of the plan (${plan.seed}).`] };

export function evaluation(e: Evidence, plan: ReportPlan): Paragraph {
  const { rows, thresholds, decisionThresholds, metaAnalysis, leaveOneSiteOut, bootstrap, subgroups, riskCategories } = plan.evaluate;
  const cuts = thresholds.map((one) => (one.kind === 'fixed' ? `${one.value} (fixed beforehand)` : "Youden's on cross-fitted predictions of training patients"));
  const intervals: Readonly<Record<string, string>> = { 'hartung-knapp': 'Hartung-Knapp', 'modified-hartung-knapp': 'modified Hartung-Knapp', wald: 'Wald' };
  return {
    heading: 'Evaluation and statistics',
    sentences: [
      `Models were validated on ${say.list(rows.map((one) => `${one} patients`))}${leaveOneSiteOut === null ? '' : '; and every hospital was left out in turn, with selection and training repeated without it, and tested by itself'}.`,
      "Discrimination was the AUC with DeLong's variance; sensitivity, specificity, predictive values and accuracy have Wilson's intervals.",
      ...(cuts.length === 0 ? [] : [`Thresholds: ${say.list(cuts)}.`]),
      `Calibration was judged by observed over expected events, intercept and slope, and smooth curves; the Hosmer-Lemeshow test is given for comparability.`,
      ...(decisionThresholds.length === 0 ? [] : [`Decision curves gave the net benefit at thresholds from ${say.percent(Math.min(...decisionThresholds))} to ${say.percent(Math.max(...decisionThresholds))}, with intervals of ${bootstrap} bootstrap replicates.`]),
      `Models were compared by DeLong's test at each hospital, pooled, by IDI and by NRI (categories cut at ${say.list(riskCategories.map(String))}).`,
      `Hospitals were pooled by random effects (${metaAnalysis.method}, ${intervals[metaAnalysis.interval] ?? metaAnalysis.interval} intervals) on the scales of logit AUC, log O:E and slope, with a ${say.percent(metaAnalysis.level)} prediction interval for a new hospital (${metaAnalysis.prediction} degrees of freedom).`,
      ...(subgroups.length === 0 ? [] : [`Subgroups named beforehand: ${say.list(subgroups.map(({ column }) => column))}.`]),
      ...(e.honest ? [] : ['No figure is of patients that the models have not seen.']),
    ],
  };
}

export function privacy(e: Evidence, plan: ReportPlan): Paragraph {
  const { record, results, resultsDigest } = e.source;
  const masks: Readonly<Record<string, string>> = { required: 'Sums travelled under masks that cancel, so that the coordinating centre learned sums only.', 'when-possible': e.sites >= 3 ? 'Sums travelled under masks that cancel, so that the coordinating centre learned sums only.' : '', off: 'Sums were not masked.' };
  const networked: Sentence[] = record === null ? ['The plan was computed in one program over the tables of all hospitals, as a federation would (a simulation).'] : [masks[plan.secureAggregation] ?? '', `${say.plural(record.rounds.length, 'round')} were exchanged.`].filter((one) => one !== '');
  const profile = results.disclosure === 'open-data' ? 'No minimum counts applied (profile open-data, for public data).' : `What rested on too few patients was suppressed at its hospital (profile ${results.disclosure}); suppressed figures are hatched, with the rule, and enter no total.`;
  return {
    heading: 'What left the hospitals, and software',
    sentences: [...networked, profile, `Consilium ${record?.productVersion ?? e.source.productVersion}; plan ${results.plan.digest.slice(0, 16)}, results ${resultsDigest.slice(0, 16)} (SHA-256, first figures).`, needsYou('where plan, code and models can be had')],
  };
}
