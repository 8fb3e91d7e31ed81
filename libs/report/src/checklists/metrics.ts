import { say } from '@consilium/charts';
import * as answer from './answers.js';
import { filled, item, needsYou, notApplicable, type Checklist } from './assessment.js';

/** Weights of the thirty items (Kocak et al., Insights Imaging 2024;15:8). */
const WEIGHTS: readonly number[] = [
  0.0368, 0.0735, 0.0919, 0.0438, 0.0292, 0.0438, 0.0292, 0.0337, 0.0225, 0.0112, 0.0622, 0.0311, 0.0415, 0.02, 0.02, 0.03, 0.02, 0.0599, 0.03, 0.0352, 0.0234, 0.0176, 0.0117, 0.0293, 0.0176, 0.0375, 0.0749, 0.0075, 0.0075, 0.0075,
];

/** METRICS, 30 items with weights; what does not apply leaves the sum of weights. */
export const metrics: Checklist = {
  id: 'metrics',
  title: 'METRICS: methodological radiomics score',
  source: 'Kocak B et al. Insights Imaging 2024;15:8. Numbers and weights as published, topics shortened.',
  score: (answers) => {
    const sum = (states: readonly string[]): number => WEIGHTS.reduce((total, weight, i) => (states.includes(answers.get(String(i + 1))!.state) ? total + weight : total), 0);
    const [sure, active] = [sum(['filled']), sum(['filled', 'needs-you'])];
    return `${say.percent(sure / active, 100)} of the weight of items that apply is given by this run; what needs you can raise it to 100%, and is not counted before.`;
  },
  items: [
    item('1', 'A guideline or checklist was followed', () => filled('The checklists of this report.', 'checklists')),
    item('2', 'Eligibility describes a representative population', answer.eligibility),
    item('3', 'High-quality reference standard', answer.outcome),
    item('4', 'More than one centre', (e) => (e.sites > 1 ? answer.centres(e) : needsYou('One hospital took part.'))),
    item('5', 'Images of a kind that practice has', 'Say whether the images are those of everyday practice.'),
    item('6', 'Acquisition protocol', () => answer.protocol),
    item('7', 'Time between imaging and reference standard', 'Give the interval, as a median with its range.'),
    item('8', 'Segmentation is described', 'Describe it.'),
    item('9', 'Automatic segmentation was evaluated', 'Say whether regions were drawn automatically, and how well.'),
    item('10', 'Test masks by a single reader', 'Say who drew the test masks.'),
    item('11', 'Image preprocessing', (e) => (e.settings.length > 0 ? filled('Resampling, normalisation and discretisation are in the methods text.', 'methods') : answer.resampling(e))),
    item('12', 'Standardised software', answer.extractionTool),
    item('13', 'Parameters of extraction', answer.fromImages(() => filled('The whole parameter files are in the plan.', 'methods'))),
    item('14', 'Features that are not robust were removed', answer.reliability),
    item('15', 'Redundant features were removed', answer.multicollinearity),
    item('16', 'Dimensions suit the sample', answer.sampleSize),
    item('17', 'Robustness of end-to-end deep learning', () => notApplicable('No deep learning is in the plan.')),
    item('18', 'Data were split first, and properly', answer.split),
    item('19', 'Confounders were handled', answer.confounders),
    item('20', 'Suitable measures of performance', answer.performance),
    item('21', 'Uncertainty', answer.uncertainty),
    item('22', 'Calibration', answer.calibration),
    item('23', 'Against single-parameter imaging', answer.fromPlan((e) => ((e.source.plan!.pipeline?.sequences.length ?? 0) > 1 ? filled('A model of each sequence stands beside the fused one.', 'selection') : notApplicable('The plan has no models of single sequences.')))),
    item('24', 'Against a non-radiomic approach', answer.clinicalComparison),
    item('25', 'Against a simple or classical model', answer.fromPlan((e) => (e.source.plan!.models.some(({ kind }) => kind === 'logistic') || e.source.plan!.pipeline ? filled('Logistic regression is among the models.', 'models') : needsYou('No classical model is in the plan.')))),
    item('26', 'Internal testing', answer.fromPlan((e) => (e.source.plan!.cohort.test && !e.externalTest ? answer.testing(e) : e.leftOut ? filled('Hospitals left out in turn take its place.', 'performance') : needsYou('No patient was held out.')))),
    item('27', 'External testing', (e) => (e.leftOut || e.externalTest ? answer.testing(e) : needsYou('Ask for leaveOneSiteOut in the plan, or hold hospitals out.'))),
    item('28', 'Data can be had', 'Say where. No patient row is in the results.'),
    item('29', 'Code can be had', 'Name the release of Consilium and where its code is.'),
    item('30', 'The model can be had', answer.fullModel),
  ],
};
