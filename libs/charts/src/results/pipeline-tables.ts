import type { Cell, FigureTable } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { change, count, estimate, fixed, list, number, percent, pValue, type NumberKind } from '../numbers.js';
import { isValue, whyNot, type PipelineResult, type Result, type ResultsFile, type SiteDiscriminationResult } from './results-file.js';
import { evaluated, rowsOf, siteNumber, type RunContext } from './run-context.js';

const NO_PIPELINE = "A pipeline over sequences is not in this run's plan.";

const pipelineOf = ({ stages }: ResultsFile): PipelineResult | string => {
  const { pipeline } = stages;
  if (pipeline === undefined) return NO_PIPELINE;
  return isValue(pipeline) ? pipeline : `The pipeline has no result. ${whyNot(pipeline)!.reason}`;
};

const auc = (value: number | null | undefined): Cell => numeric(value, (x) => number(x, 'auc'));

/** A figure, or why there is none. */
export const cellOf = (result: Result<number> | undefined, format: (value: number) => string): Cell => {
  if (isValue(result)) return numeric(result, format);
  const why = whyNot(result ?? null)!;
  return why.suppressed ? hidden(why.reason) : { text: '–', value: null };
};

/**
 * Every model of the pipeline on patients it has seen, on training patients it has not, and held out: what the first is above the second is
 * optimism. The in-sample Rad-Signature is its apparent figure, the cross-fitted one that of nested cross-validation.
 */
export function optimismTable(context: RunContext): FigureTable | string {
  const pipeline = pipelineOf(context.results);
  if (typeof pipeline === 'string') return pipeline;
  const rows = rowsOf(context, 'test');
  const heldOut = new Map((isValue(rows) ? (rows.pooled?.models ?? []) : []).map((one) => [one.model, one.auc]));
  return {
    caption: 'Optimism: the same models on patients they have seen and on patients they have not, AUC',
    columns: [
      { key: 'row', label: 'Model' },
      { key: 'apparent', label: 'In-sample (apparent)', numeric: true },
      { key: 'validated', label: 'Cross-fitted (nested)', numeric: true },
      { key: 'error', label: 'Standard error', numeric: true },
      { key: 'optimism', label: 'Optimism', numeric: true },
      { key: 'heldOut', label: 'Held-out test patients', numeric: true },
    ],
    rows: pipeline.figures.models.map(({ model, apparent, crossValidated }) => {
      const own = isValue(crossValidated) ? crossValidated : null;
      const difference = apparent === null || own === null || own.auc === null ? null : apparent - own.auc;
      const test = heldOut.get(model);
      return {
        row: words(model),
        apparent: auc(apparent),
        validated: own === null ? cellOf(crossValidated as Result<never>, String) : auc(own.auc),
        error: numeric(own?.standardError, (x) => fixed(x, 3)),
        optimism: numeric(difference, (x) => change(x, 'auc')),
        heldOut: isValue(test) ? { text: estimate(test.auc, test.interval, 'auc', false), value: test.auc } : cellOf(test, String),
      };
    }),
  };
}

/** How often each feature was selected: without each fold in every repeat, and without each hospital where they are left out. */
export function stabilityTable(context: RunContext): FigureTable | string {
  const pipeline = pipelineOf(context.results);
  if (typeof pipeline === 'string') return pipeline;
  const { stability = [], repeats } = pipeline;
  if (stability.length === 0) return 'No feature was selected without any fold.';
  const left = leftOutChoices(context);
  const bySite = new Map<string, number>();
  for (const { choices } of left) for (const feature of choices.signature.selected) bySite.set(feature, (bySite.get(feature) ?? 0) + 1);
  const known = new Set(stability.map(({ feature }) => feature));
  const further = [...bySite.keys()].filter((feature) => !known.has(feature)).map((feature) => ({ feature, selected: false, inSignature: 0, inSequence: 0 }));
  return {
    caption: `How stable the selection is: shares of ${repeats.count === 1 ? 'all selections without a fold' : `selections without a fold, over ${count(repeats.count)} repeats`}`,
    columns: [
      { key: 'row', label: 'Feature' },
      { key: 'selected', label: 'In the Rad-Signature' },
      { key: 'signature', label: 'In signatures without a fold', numeric: true },
      { key: 'sequence', label: 'In selections of its sequence', numeric: true },
      ...(left.length === 0 ? [] : [{ key: 'sites', label: 'In signatures without a hospital', numeric: true }]),
    ],
    rows: [...stability, ...further].map(({ feature, selected, inSignature, inSequence }) => ({
      row: words(feature),
      selected: words(selected ? 'yes' : 'no'),
      signature: numeric(inSignature, (x) => percent(x)),
      sequence: numeric(inSequence, (x) => percent(x)),
      ...(left.length === 0 ? {} : { sites: { text: `${count(bySite.get(feature) ?? 0)} of ${count(left.length)}`, value: bySite.get(feature) ?? 0 } }),
    })),
  };
}

interface LeftOutChoices {
  readonly site: string;
  readonly choices: { readonly sequences: readonly { readonly sequence: string; readonly kept: boolean; readonly chosen: string | null }[]; readonly signature: { readonly chosen: string | null; readonly selected: readonly string[] } };
}

/** What the pipeline chose without each hospital; empty where none is left out. */
function leftOutChoices(context: RunContext): readonly LeftOutChoices[] {
  const rows = evaluated(context)?.leaveOneSiteOut;
  return isValue(rows) ? (rows.sites as unknown as readonly (Partial<LeftOutChoices> & { readonly site: string })[]).flatMap(({ site, choices }) => (choices ? [{ site, choices }] : [])) : [];
}

/** The pipeline without each hospital: which sequences, which kind of model, how many features. */
export function leftOutChoicesTable(context: RunContext): FigureTable | string {
  const pipeline = pipelineOf(context.results);
  if (typeof pipeline === 'string') return pipeline;
  const left = leftOutChoices(context);
  if (left.length === 0) return "Leaving each hospital out is not in this run's plan.";
  return {
    caption: 'What the pipeline chose without each hospital',
    columns: [
      { key: 'row', label: 'Left out' },
      { key: 'sequences', label: 'Sequences in the fusion' },
      { key: 'model', label: 'Rad-Signature' },
      { key: 'features', label: 'Features', numeric: true },
    ],
    rows: left.map(({ site, choices }) => ({
      row: { ...words(site), site: siteNumber(context, site) },
      sequences: words(list(choices.sequences.filter(({ kept }) => kept).map(({ sequence }) => sequence)) || 'none'),
      model: words(choices.signature.chosen ?? 'none'),
      features: numeric(choices.signature.selected.length, count),
    })),
  };
}

/** Nested cross-validation again with folds dealt anew, and with permuted outcomes. */
export function repeatsTable(context: RunContext): FigureTable | string {
  const pipeline = pipelineOf(context.results);
  if (typeof pipeline === 'string') return pipeline;
  const { repeats, permutation } = pipeline;
  if (repeats.count < 2 && permutation === null) return "Repeated cross-validation and permuted outcomes are not in this run's plan.";
  const permuted = new Map((permutation?.models ?? []).map((one) => [one.model, one]));
  return {
    caption: `Nested cross-validated AUC${repeats.count > 1 ? ` over ${count(repeats.count)} repeats with folds dealt anew` : ''}${permutation === null ? '' : `, and under ${count(permutation.count)} permutations of the outcome`}`,
    columns: [
      { key: 'row', label: 'Model' },
      { key: 'mean', label: 'Mean', numeric: true },
      ...(repeats.count > 1 ? [{ key: 'sd', label: 'Standard deviation', numeric: true }, { key: 'low', label: 'Smallest', numeric: true }, { key: 'high', label: 'Largest', numeric: true }] : []),
      ...(permutation === null ? [] : [{ key: 'permuted', label: 'Mean when permuted', numeric: true }, { key: 'p', label: 'Permutation p', numeric: true }]),
    ],
    rows: repeats.models.map(({ model, mean, sd, minimum, maximum }) => ({
      row: words(model),
      mean: auc(mean),
      ...(repeats.count > 1 ? { sd: numeric(sd, (x) => fixed(x, 3)), low: auc(minimum), high: auc(maximum) } : {}),
      ...(permutation === null ? {} : { permuted: auc(permuted.get(model)?.mean), p: numeric(permuted.get(model)?.p, pValue) }),
    })),
  };
}

interface Harmonised {
  readonly siteDiscrimination?: { readonly before: Result<SiteDiscriminationResult> | null; readonly after: Result<SiteDiscriminationResult> | null };
}

/** The c-statistic of each hospital against the others, from the selected features: before and after harmonisation, or as the models see them. */
export function siteDiscriminationTable(context: RunContext): FigureTable | string {
  const { harmonise, pipeline } = context.results.stages;
  const found = isValue(harmonise) ? (harmonise as Harmonised).siteDiscrimination : undefined;
  const own = isValue(pipeline) ? pipeline.siteDiscrimination : undefined;
  const parts: [key: string, label: string, result: Result<SiteDiscriminationResult> | null | undefined][] =
    found === undefined ? [['own', 'c-statistic', own]] : [['before', 'Before harmonisation', found.before], ['after', 'After harmonisation', found.after]];
  const shown = parts.flatMap(([, , result]) => (isValue(result) ? [result] : []));
  if (shown.length === 0) return whyNot(parts[0]![2] ?? null)!.reason === 'Not in this run' ? "How well features tell the hospital is not in this run's results." : whyNot(parts[0]![2])!.reason;
  const cell = (result: Result<SiteDiscriminationResult> | null | undefined, site: string): Cell => {
    if (!isValue(result)) return cellOf((result ?? undefined), String);
    const area = result.sites.find((one) => one.site === site)?.auc;
    return isValue(area) ? numeric(area.auc, (x) => number(x, 'auc')) : cellOf(area, String);
  };
  const mean = (result: Result<SiteDiscriminationResult> | null | undefined): Cell => (isValue(result) ? auc(result.mean) : cellOf((result ?? undefined), String));
  return {
    caption: `How well the selected features tell which hospital a patient is of (c-statistic, ${shown.every(({ crossValidated }) => crossValidated) ? 'cross-validated' : 'apparent'}; 0.5: not at all)`,
    columns: [{ key: 'row', label: 'Hospital' }, ...parts.map(([key, label]) => ({ key, label, numeric: true }))],
    rows: [
      ...shown[0]!.sites.map(({ site }) => ({ row: { ...words(site), site: siteNumber(context, site) }, ...Object.fromEntries(parts.map(([key, , result]) => [key, cell(result, site)])) })),
      { row: words('Mean'), ...Object.fromEntries(parts.map(([key, , result]) => [key, mean(result)])) },
    ],
  };
}

interface GroupFigures {
  readonly name: string;
  readonly patients: Result<number>;
  readonly events: Result<number>;
  readonly models: readonly { readonly model: string; readonly auc: Result<{ readonly auc: number; readonly interval: { readonly low: number; readonly high: number } | null }>; readonly observedOverExpected: Result<number> }[];
}

/** Of each subgroup that the plan names: patients, events, AUC and O:E, all hospitals together. */
export function subgroupTable(context: RunContext, { model, validation }: { readonly model: string; readonly validation: string }): FigureTable | string {
  const rows = rowsOf(context, validation) as unknown as { readonly subgroups?: Result<readonly Result<{ readonly column: string; readonly groups: readonly GroupFigures[] }>[]> } | null;
  const found = rows?.subgroups;
  if (found === undefined || (isValue(found) && found.length === 0)) return "Subgroups are not in this run's plan.";
  if (!isValue(found)) return whyNot(found)!.reason;
  const ratio = (kind: NumberKind) => (x: number) => number(x, kind);
  return {
    caption: `Subgroups named in the plan: ${model}. No figure below 10 events or 10 without the event`,
    columns: [
      { key: 'row', label: 'Variable' },
      { key: 'group', label: 'Group' },
      { key: 'n', label: 'Patients', numeric: true },
      { key: 'events', label: 'Events', numeric: true },
      { key: 'auc', label: 'AUC (95% CI)', numeric: true },
      { key: 'oe', label: 'Observed : expected', numeric: true },
    ],
    rows: found.flatMap((one) =>
      isValue(one)
        ? one.groups.map(({ name, patients, events, models }) => {
            const own = models.find((each) => each.model === model);
            const area = own?.auc;
            return {
              row: words(one.column),
              group: words(name),
              n: cellOf(patients, count),
              events: cellOf(events, count),
              auc: isValue(area) ? { text: estimate(area.auc, area.interval, 'auc', false), value: area.auc } : cellOf(area, String),
              oe: cellOf(own?.observedOverExpected, ratio('ratio')),
            };
          })
        : [],
    ),
  };
}
