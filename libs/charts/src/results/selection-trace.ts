import type { Cell, FigureTable } from '../figure.js';
import { numeric, words } from '../figure.js';
import { count, number, percent, plain, pValue } from '../numbers.js';
import { isValue, whyNot, type SelectResult } from './results-file.js';
import type { RunContext } from './run-context.js';
import { NO_SELECTION, selectionsOf, testNames } from './selection-figures.js';

/** A feature that a step let go, and why. */
export interface DroppedFeature {
  readonly feature: string;
  readonly step: string;
  readonly why: string;
}

/** What the trace of a selection holds of features one by one. */
interface Traced {
  readonly droppedForMissingValues?: readonly { readonly feature: string; readonly missingShare: number }[];
  readonly perturbed?: { readonly atLeast: number; readonly features: readonly Rated[] };
  readonly agreement?: { readonly atLeast: number; readonly features: readonly Rated[] };
  readonly constant?: readonly string[];
  readonly test?: { readonly kind: string; readonly alpha: number; readonly features?: readonly { readonly feature: string; readonly p: number | null; readonly kept: boolean }[] } | null;
  readonly correlation?: { readonly threshold: number; readonly features?: readonly string[]; readonly dropped?: readonly { readonly feature: string; readonly with: string; readonly r: number }[] } | null;
  readonly lasso?: { readonly choose: string; readonly lambdaMin: number; readonly lambda1se: number; readonly selectedMin?: readonly string[]; readonly selected1se?: readonly string[] } | null;
  readonly stepwise?: { readonly criterion: string; readonly steps?: readonly { readonly change: { readonly kind: string; readonly feature: string } | null; readonly criterion: number }[] };
  readonly selected: readonly string[] | null;
}

interface Rated {
  readonly feature: string;
  readonly icc: number | null;
  readonly kept: boolean;
}

/** Every candidate that is not selected, in the order of the steps, each with the figure for which it went. */
export function droppedFeatures(select: SelectResult): readonly DroppedFeature[] {
  const traced = select as unknown as Traced;
  const { perturbed, agreement, test, correlation } = traced;
  const constant = new Set(traced.constant ?? []);
  const rated = (rows: readonly Rated[] | undefined, step: string) => (rows ?? []).flatMap(({ feature, icc, kept }) => (kept ? [] : [{ feature, step, why: icc === null ? 'No ICC could be estimated' : `ICC ${number(icc, 'auc')}` }]));
  return [
    ...(traced.droppedForMissingValues ?? []).map(({ feature, missingShare }) => ({ feature, step: 'Enough values', why: `Missing in ${percent(missingShare)} of patients` })),
    ...rated(perturbed?.features, `Steady under small changes, ICC ≥ ${plain(perturbed?.atLeast ?? 0)}`),
    ...rated(agreement?.features, `Readings agree, ICC ≥ ${plain(agreement?.atLeast ?? 0)}`),
    ...[...constant].map((feature) => ({ feature, step: 'Spread', why: 'The same value in all patients' })),
    ...(test?.features ?? []).flatMap(({ feature, p, kept }) => (kept || constant.has(feature) ? [] : [{ feature, step: `${testNames[test!.kind] ?? test!.kind}, p < ${plain(test!.alpha)}`, why: p === null ? 'No p value could be estimated' : `p ${pValue(p)}` }])),
    ...(correlation?.dropped ?? []).map(({ feature, with: other, r }) => ({ feature, step: `|r| ≤ ${plain(correlation!.threshold)}`, why: `r ${number(r, 'auc')} with ${other}` })),
    ...byLasso(traced),
    ...byStepwise(traced),
  ];
}

/** Those that came to the LASSO and have no coefficient at the penalty that was taken. */
function byLasso(traced: Traced): DroppedFeature[] {
  const { lasso } = traced;
  if (!lasso) return [];
  const kept = new Set(chosenBy(lasso));
  const came = filtered(traced);
  const why = `Coefficient 0 at the penalty ${plain(lasso.choose === '1se' ? lasso.lambda1se : lasso.lambdaMin)}`;
  return came.flatMap((feature) => (kept.has(feature) ? [] : [{ feature, step: 'LASSO', why }]));
}

const filtered = ({ correlation, test }: Traced): readonly string[] => correlation?.features ?? (test?.features ?? []).flatMap((row) => (row.kept ? [row.feature] : []));

const chosenBy = ({ choose, selectedMin = [], selected1se = [] }: NonNullable<Traced['lasso']>): readonly string[] => (choose === '1se' ? selected1se : selectedMin);

function byStepwise(traced: Traced): DroppedFeature[] {
  const { stepwise, lasso, selected } = traced;
  if (!stepwise) return [];
  const name = stepwise.criterion.toUpperCase();
  const kept = new Set(selected ?? []);
  const came = lasso ? chosenBy(lasso) : filtered(traced);
  const drops = new Map((stepwise.steps ?? []).flatMap(({ change, criterion }) => (change?.kind === 'drop' ? [[change.feature, criterion] as const] : [])));
  return came.flatMap((feature) => {
    if (kept.has(feature)) return [];
    const criterion = drops.get(feature);
    return [{ feature, step: 'Stepwise', why: criterion === undefined ? `${name} is not smaller with it` : `${name} ${number(criterion, 'statistic')} without it, the smallest of that step` }];
  });
}

/** Features of a step that are named in a report; results.json and the table's file have all. */
const MOST_NAMED = 5;

/** How many features each step let go, and the figures for which the first of them went. */
export function droppedTable(context: RunContext, part?: string): FigureTable | string {
  const parts = selectionsOf(context);
  const found = part === undefined ? (parts.find((one) => one.part === '') ?? parts.at(-1)) : parts.find((one) => one.part === part);
  if (found === undefined) return NO_SELECTION;
  if (!isValue(found.selection)) return whyNot(found.selection)!.reason;
  const dropped = droppedFeatures(found.selection);
  if (dropped.length === 0) return 'No feature was dropped.';
  const steps = [...new Set(dropped.map(({ step }) => step))];
  return {
    caption: `Why features went${found.part === '' ? '' : `: ${found.part}`}`,
    columns: [
      { key: 'row', label: 'Step' },
      { key: 'dropped', label: 'Dropped', numeric: true },
      { key: 'why', label: 'Features and figures for which they went' },
    ],
    rows: steps.map((step) => {
      const own = dropped.filter((one) => one.step === step);
      return { row: words(step), dropped: numeric(own.length, count), why: whyOf(own) };
    }),
  };
}

function whyOf(own: readonly DroppedFeature[]): Cell {
  const named = own.slice(0, MOST_NAMED).map(({ feature, why }) => `${feature}: ${why}`);
  const more = own.length - named.length;
  return { text: `${named.join('; ')}${more > 0 ? `; and ${count(more)} more` : ''}`, value: own.map(({ feature, why }) => `${feature}: ${why}`).join('; ') };
}
