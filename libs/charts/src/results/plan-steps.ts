import type { Finding } from '../figure.js';
import { stepsFigure, type AnalysisStep } from '../figures/steps.js';
import { list, plain, plural } from '../numbers.js';
import { factsOf, type RunContext } from './run-context.js';

interface Selecting {
  readonly agreement?: { readonly atLeast: number } | null;
  readonly test: { readonly kind: string; readonly alpha: number } | null;
  readonly correlation: { readonly threshold: number } | null;
  readonly lasso: { readonly choose: string; readonly family?: string } | null;
  readonly stepwise?: { readonly criterion: string } | null;
}

/** What is read of a plan, the canonical text that hospitals approved. */
export interface DrawnPlan {
  readonly sites: readonly string[];
  readonly outcome: { readonly column: string };
  readonly cohort: { readonly test: object | null };
  readonly extract?: { readonly sequences: readonly { readonly sequence: string }[] } | null;
  readonly features: { readonly columns: readonly string[]; readonly sequences?: readonly string[] } | null;
  readonly clinical: readonly { readonly column: string }[];
  readonly folds: { readonly count: number } | { readonly dealt: number } | null;
  readonly missing: { readonly features: string; readonly clinical: string };
  readonly harmonise?: { readonly method: string; readonly batch: string | null } | null;
  readonly select: Selecting | null;
  readonly models: readonly { readonly name: string; readonly kind: string }[];
  readonly pipeline?: { readonly sequences: readonly { readonly name: string }[]; readonly select: Selecting; readonly models: readonly { readonly kind: string }[] } | null;
  readonly evaluate: { readonly rows: readonly string[]; readonly leaveOneSiteOut: object | null };
}

/** The whole analysis on one page: the seed study's second figure, of any plan. */
export function planSteps(context: RunContext, plan: DrawnPlan): Finding {
  const steps = [patients(plan), inputs(plan), missing(plan), ...harmonised(plan), ...(plan.select === null ? [] : [{ step: 'Selection', does: [selecting(plan.select), ...folds(plan)] }]), ...pipeline(plan), ...models(plan), evaluation(plan)];
  return {
    figure: stepsFigure({
      id: 'steps',
      title: 'Steps of the analysis',
      steps,
      answer: `${plural(steps.length, 'step')}, the same at ${plural(plan.sites.length, 'hospital')}.`,
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: 0 }),
    }),
  };
}

const patients = ({ sites, outcome, cohort }: DrawnPlan): AnalysisStep => ({ step: 'Patients', does: [`${plural(sites.length, 'hospital')}, outcome ${outcome.column}; ${cohort.test === null ? 'all patients are training patients' : 'training and test patients kept apart'}`] });

function inputs({ extract, features, clinical }: DrawnPlan): AnalysisStep {
  const own = [
    ...(extract ? [`features extracted from ${list(extract.sequences.map(({ sequence }) => sequence))}`] : features?.sequences ? [`all features of ${list(features.sequences)}`] : []),
    ...(features && features.columns.length > 0 && !extract ? [plural(features.columns.length, 'feature')] : []),
    ...(clinical.length > 0 ? [plural(clinical.length, 'clinical variable')] : []),
  ];
  return { step: 'Inputs', does: [own.length === 0 ? 'columns that the models name' : list(own)] };
}

const missing = ({ missing: { features, clinical } }: DrawnPlan): AnalysisStep => ({ step: 'Missing values', does: [`features: ${features}; clinical variables: ${clinical}`] });

const harmonised = ({ harmonise }: DrawnPlan): AnalysisStep[] => (harmonise ? [{ step: 'Harmonisation', does: [`${harmonise.method} over ${harmonise.batch ?? 'hospitals'}, fitted on training patients`] }] : []);

const tests: Readonly<Record<string, string>> = { student: 't test', welch: "Welch's t test", 'mann-whitney': 'Mann-Whitney test' };

const selecting = ({ agreement, test, correlation, lasso, stepwise }: Selecting): string =>
  [
    ...(agreement ? [`readings agree (ICC ≥ ${plain(agreement.atLeast)})`] : []),
    ...(test ? [`${tests[test.kind] ?? test.kind}, p < ${plain(test.alpha)}`] : []),
    ...(correlation ? [`|r| ≤ ${plain(correlation.threshold)}`] : []),
    ...(lasso ? [`${lasso.family === 'logistic' ? 'logistic ' : ''}LASSO, penalty by cross-validation (${lasso.choose === '1se' ? 'one standard error' : 'least error'})`] : []),
    ...(stepwise ? [`stepwise by ${stepwise.criterion.toUpperCase()}`] : []),
  ].join(' → ') || 'all features are kept';

const folds = ({ folds: own }: DrawnPlan): string[] => (own === null ? [] : [`on training patients only, in ${'count' in own ? own.count : own.dealt} folds`]);

const pipeline = ({ pipeline: own }: DrawnPlan): AnalysisStep[] =>
  own
    ? [
        { step: 'Each sequence', does: [`${list(own.sequences.map(({ name }) => name))}: ${selecting(own.select)}`, `candidate models: ${list(own.models.map(({ kind }) => kind))}`] },
        { step: 'Fusion', does: ['sequences that discriminate are joined and selected among once more: the Rad-Signature'] },
      ]
    : [];

const models = ({ models: own }: DrawnPlan): AnalysisStep[] => (own.length === 0 ? [] : [{ step: 'Models', does: [list(own.map(({ name, kind }) => `${name} (${kind})`))] }]);

const evaluation = ({ evaluate: { rows, leaveOneSiteOut } }: DrawnPlan): AnalysisStep => ({
  step: 'Validation',
  does: [`${list(rows.map((one) => `${one} patients`))}, at each hospital and pooled`, ...(leaveOneSiteOut === null ? [] : ['every hospital left out of training in turn'])],
});
