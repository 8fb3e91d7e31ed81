import type { FigureTable, Finding } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { funnelFigure, type FunnelRow } from '../figures/funnel.js';
import { type CoefficientPath, lassoFigure } from '../figures/lasso.js';
import { count, list, number, percent, plain, plural } from '../numbers.js';
import { agreementOf } from './agreement-table.js';
import { isValue, whyNot, type Result, type SelectResult } from './results-file.js';
import { factsOf, trainedModels, type RunContext } from './run-context.js';

/** A selection of a run: the plan's own, or of a part of its pipeline. */
export interface SelectionPart {
  /** Empty for the plan's own. */
  readonly part: string;
  readonly selection: Result<SelectResult>;
}

const performed = (selection: Result<SelectResult> | undefined): boolean => selection !== undefined && (!isValue(selection) || (selection.selected !== null && selection.candidates !== undefined));

/** The plan's own selection, then those of the pipeline: each sequence, and the Rad-Signature among what the kept sequences selected. */
export function selectionsOf({ results }: RunContext): readonly SelectionPart[] {
  const { select, pipeline } = results.stages;
  return [
    ...(performed(select) ? [{ part: '', selection: select! }] : []),
    ...(isValue(pipeline) ? [...pipeline.sequences.map(({ sequence, selection }) => ({ part: sequence, selection })), { part: 'Rad-Signature', selection: pipeline.signature.selection }] : []),
  ];
}

export const NO_SELECTION = "Selection is not in this run's plan.";

const facts = (context: RunContext) => {
  const trained = trainedModels(context).find(({ n }) => n !== undefined);
  return factsOf(context, { sites: context.results.sites.length, patients: trained?.n ?? null, events: trained?.events ?? null, suppressed: 0 });
};

function stepsOf(select: SelectResult): FunnelRow['steps'] {
  const usable = select.candidates! - (select.droppedForMissingValues?.length ?? 0);
  const steps = [
    { step: 'Candidates', features: select.candidates! },
    ...(usable === select.candidates ? [] : [{ step: 'With enough values', features: usable }]),
    ...(select.perturbed ? [{ step: `Steady under small changes, ICC ≥ ${plain(select.perturbed.atLeast)}`, features: select.perturbed.kept }] : []),
    ...(select.agreement ? [{ step: `Readings agree, ICC ≥ ${plain(select.agreement.atLeast)}`, features: select.agreement.kept }] : []),
    ...((select.constant?.length ?? 0) === 0 ? [] : [{ step: 'With spread', features: (select.agreement?.kept ?? select.perturbed?.kept ?? usable) - select.constant!.length }]),
    ...(select.test ? [{ step: `${testNames[select.test.kind] ?? select.test.kind}, p < ${plain(select.test.alpha)}`, features: select.test.kept }] : []),
    ...(select.correlation ? [{ step: `|r| ≤ ${plain(select.correlation.threshold)}`, features: select.correlation.kept }] : []),
  ];
  const left = select.stepwise ? [{ step: 'Stepwise', features: select.stepwise.kept }] : [];
  return select.lasso ? [...steps, { step: 'LASSO', features: keptByLasso(select) }, ...left] : [...steps, ...left];
}

export const testNames: Readonly<Record<string, string>> = { student: 't test', welch: "Welch's t test", 'mann-whitney': 'Mann-Whitney test' };

/** Features the LASSO keeps at the penalty taken; of older results, those selected. */
function keptByLasso({ lasso, selected }: SelectResult): number {
  const { selectedMin, selected1se, choose } = lasso as unknown as { readonly selectedMin?: readonly string[]; readonly selected1se?: readonly string[]; readonly choose: string };
  return ((choose === '1se' ? selected1se : selectedMin) ?? selected!).length;
}

export function selectionFunnel(context: RunContext): Finding {
  const parts = selectionsOf(context);
  const known = parts.flatMap(({ part, selection }) => (isValue(selection) ? [{ part, selection }] : []));
  if (known.length === 0) return { absent: parts[0] === undefined ? NO_SELECTION : `The selection has no result. ${whyNot(parts[0].selection)!.reason}` };
  const last = known.at(-1)!.selection;
  const candidates = known.filter(({ part }) => part !== 'Rad-Signature').reduce((sum, { selection }) => sum + selection.candidates!, 0);
  const kept = last.selected!.length;
  const answer = `From ${plural(candidates, 'feature')}, ${count(kept)} ${kept === 1 ? 'was' : 'were'} kept, looking at training rows only.`;
  return { figure: funnelFigure({ rows: known.map(({ part, selection }) => ({ label: part === '' ? 'All features' : part, steps: stepsOf(selection) })), answer, facts: facts(context) }) };
}

/** Coefficients and cross-validated error of the LASSO, of the plan's own selection or of a part of the pipeline. */
export function selectionLasso(context: RunContext, part?: string): Finding {
  const found = selectionNamed(context, part);
  if (found === undefined) return { absent: NO_SELECTION };
  if (!isValue(found.selection)) return { absent: `The selection has no result. ${whyNot(found.selection)!.reason}` };
  const select = found.selection;
  if (!select.lasso) return { absent: select.selected!.length === 0 && (select.correlation?.kept ?? 0) === 0 ? 'No feature was left for the LASSO.' : "The LASSO is not in this run's plan." };
  const { path, lambdaMin, lambda1se, choose, paths } = select.lasso;
  const kept = (coefficients: number | readonly number[]): number => (typeof coefficients === 'number' ? coefficients : coefficients.filter((value) => value !== 0).length);
  const chosen = choose === '1se' ? '1se' : 'min';
  const answer = `The penalty with the least cross-validated error is ${plain(lambdaMin)}, the strongest within one standard error ${plain(lambda1se)}; the plan takes the ${chosen === 'min' ? 'first' : 'second'}.`;
  return {
    figure: lassoFigure({
      part: found.part,
      errors: path.map(({ lambda, meanError, standardError, coefficients }) => ({ lambda, meanError, standardError, kept: kept(coefficients) })),
      paths: paths === undefined ? null : pathsOf(paths, select.selected!),
      error: (select.lasso as { readonly family?: string }).family === 'logistic' ? 'Deviance' : 'Squared error',
      lambdaMin,
      lambdaOneSe: lambda1se,
      chosen,
      answer,
      facts: facts(context),
    }),
  };
}

/** The group of a feature is its sequence, where its name says one. */
const pathsOf = (paths: readonly { readonly feature: string; readonly values: readonly number[] }[], selected: readonly string[]): CoefficientPath[] =>
  paths.map(({ feature, values }) => ({ feature, values, selected: selected.includes(feature), group: feature.includes(':') ? feature.split(':')[0]! : 'kept' }));

/** A selection by its name; the plan's own, or the last of the pipeline, where none is named. */
function selectionNamed(context: RunContext, part: string | undefined): SelectionPart | undefined {
  const parts = selectionsOf(context);
  return part === undefined ? (parts.find((one) => one.part === '') ?? parts.at(-1)) : parts.find((one) => one.part === part);
}

/** How far repeated readings of the features agree. */
export function agreementTable(context: RunContext, part?: string): FigureTable | string {
  const found = selectionNamed(context, part);
  return found === undefined ? NO_SELECTION : agreementOf(found);
}

/** Features that a selection kept, with the statistics of the test that let them through. */
export function keptFeatures(context: RunContext, part?: string): FigureTable | string {
  const found = selectionNamed(context, part);
  if (found === undefined) return NO_SELECTION;
  if (!isValue(found.selection)) return whyNot(found.selection)!.reason;
  const { selected, test, lasso } = found.selection;
  const icc = iccOf(found.selection);
  const { stability } = found.selection;
  const shares = new Map((stability?.features ?? []).map(({ feature, share }) => [feature, share]));
  const tests = new Map(((test as unknown as { readonly features?: readonly TestRow[] } | null)?.features ?? []).map((row) => [row.feature, row]));
  const at = lasso ? lasso.path.findIndex(({ lambda }) => lambda === (lasso.choose === '1se' ? lasso.lambda1se : lasso.lambdaMin)) : -1;
  const coefficients = new Map((lasso?.paths ?? []).map(({ feature, values }) => [feature, values[at]]));
  return {
    caption: `Features that were kept${found.part === '' ? '' : `: ${found.part}`}`,
    columns: [
      { key: 'row', label: 'Feature' },
      { key: 't', label: 't', numeric: true },
      { key: 'p', label: 'p', numeric: true },
      ...(coefficients.size > 0 ? [{ key: 'coefficient', label: 'LASSO coefficient', numeric: true }] : []),
      ...icc.map(({ key, label }) => ({ key, label, numeric: true })),
      ...(stability === undefined ? [] : [{ key: 'stability', label: 'Selected without a fold', numeric: true }]),
    ],
    rows: (selected ?? []).map((feature) => ({
      row: words(feature),
      t: numeric(tests.get(feature)?.t, (value) => number(value, 'statistic')),
      p: numeric(tests.get(feature)?.p, (value) => (value < 0.001 ? '< 0.001' : number(value, 'difference'))),
      ...(coefficients.size > 0 ? { coefficient: numeric(coefficients.get(feature), (value) => number(value, 'coefficient')) } : {}),
      ...Object.fromEntries(icc.map(({ key, figures }) => [key, numeric(figures.get(feature), (value) => number(value, 'auc'))])),
      ...(stability === undefined ? {} : { stability: numeric(shares.get(feature), (value) => percent(value)) }),
    })),
  };
}

/** Intraclass correlations of features that were read again or measured under small changes. */
function iccOf({ agreement, perturbed }: SelectResult) {
  const parts = [{ key: 'agreement', label: 'ICC of readings', rows: agreement }, { key: 'perturbed', label: 'ICC under small changes', rows: perturbed }];
  return parts.flatMap(({ key, label, rows }) => {
    const features = (rows as { readonly features?: readonly { readonly feature: string; readonly icc: number | null }[] } | undefined)?.features;
    return features === undefined ? [] : [{ key, label, figures: new Map(features.map(({ feature, icc }) => [feature, icc])) }];
  });
}

interface TestRow {
  readonly feature: string;
  readonly t: number | null;
  readonly p: number | null;
}

/** What the pipeline decided of each sequence. */
export function sequenceTable({ results }: RunContext): FigureTable | string {
  const { pipeline } = results.stages;
  if (pipeline === undefined) return "A pipeline over sequences is not in this run's plan.";
  if (!isValue(pipeline)) return `The pipeline has no result. ${whyNot(pipeline)!.reason}`;
  return {
    caption: 'Sequences of the pipeline',
    columns: [
      { key: 'row', label: 'Sequence' },
      { key: 'candidates', label: 'Candidates', numeric: true },
      { key: 'selected', label: 'Selected', numeric: true },
      { key: 'models', label: 'Models tried, nested cross-validated AUC' },
      { key: 'chosen', label: 'Chosen' },
      { key: 'kept', label: 'In the fusion' },
      { key: 'reason', label: 'Why' },
    ],
    rows: pipeline.sequences.map(({ sequence, selection, candidates, chosen, kept, reason }) => {
      const cell = (value: number | undefined) => (isValue(selection) ? numeric(value, count) : hidden(whyNot(selection)!.reason));
      return {
        row: words(sequence),
        candidates: cell(isValue(selection) ? selection.candidates : undefined),
        selected: cell(isValue(selection) ? selection.selected?.length : undefined),
        models: words(list(candidates.map(({ kind, auc }) => `${kind} ${isValue(auc) ? number(auc, 'auc') : '–'}`)) || '–'),
        chosen: words(chosen ?? 'none'),
        kept: words(kept ? 'yes' : 'no'),
        reason: words(reason),
      };
    }),
  };
}
