import type { Finding } from '../figure.js';
import { forestFigure, type ForestRow } from '../figures/forest.js';
import { harmonisationFigure } from '../figures/harmonisation.js';
import { scoreHistogramFigure, type ScorePanel } from '../figures/histogram.js';
import { matrixFigure } from '../figures/matrix.js';
import { list, number, percent, plural } from '../numbers.js';
import { clustered } from './clustering.js';
import { isValue, whyNot, type AnyResult, type Interval, type ModelResult, type Result } from './results-file.js';
import { factsOf, rowsOf, siteNumber, type RunContext } from './run-context.js';
import type { Selection } from './validation-forest.js';

interface GroupResult {
  readonly name: string;
  readonly patients: Result<number>;
  readonly events: Result<number>;
  readonly models: readonly { readonly model: string; readonly auc: Result<{ readonly auc: number; readonly interval: Interval | null }> }[];
}

/** AUC within each group the plan names, all hospitals together. */
export function subgroupForest(context: RunContext, { model, validation }: Selection): Finding {
  const rows = rowsOf(context, validation) as unknown as { readonly subgroups?: Result<readonly Result<{ readonly column: string; readonly groups: readonly Result<GroupResult>[] }>[]> } | null;
  const found = rows?.subgroups;
  if (found === undefined || (isValue(found) && found.length === 0)) return { absent: validation === 'leave-one-site-out' ? 'Subgroups are shown for rows, not for hospitals left out: choose another validation.' : "Subgroups are not in this run's plan." };
  if (!isValue(found)) return { absent: whyNot(found)!.reason };
  const lines = found.flatMap((one): ForestRow[] => {
    if (!isValue(one)) return [];
    return one.groups.map((group) => (isValue(group) ? groupRow(one.column, group, model) : { label: one.column, site: null, patients: null, events: null, result: whyNot(group as AnyResult)! }));
  });
  const shown = lines.filter(({ result }) => 'estimate' in result);
  if (shown.length === 0) return { absent: 'No subgroup shows its AUC.' };
  const values = shown.map(({ result }) => (result as { estimate: number }).estimate);
  return {
    figure: forestFigure({
      id: 'subgroups',
      title: 'AUC within subgroups',
      reading: 'All hospitals together. Groups were named in the plan beforehand.',
      answer: `AUC between ${number(Math.min(...values), 'auc')} and ${number(Math.max(...values), 'auc')} in ${plural(shown.length, 'group')}.`,
      methods: 'Performance within predeclared subgroups was estimated over all hospitals from rank bins.',
      measure: { name: 'AUC', axis: 'AUC (0.5 is chance, 1 is perfect)', kind: 'auc', scale: 'linear', line: null, domain: null },
      rowsAre: 'Group',
      rows: lines,
      pool: null,
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: lines.length - shown.length, model }),
    }),
  };
}

function groupRow(column: string, { name, patients, events, models }: GroupResult, model: string): ForestRow {
  const auc = models.find((one) => one.model === model)?.auc;
  return {
    label: `${column}: ${name}`,
    site: null,
    patients: isValue(patients) ? patients : null,
    events: isValue(events) ? events : null,
    result: isValue(auc) ? { estimate: auc.auc, interval: auc.interval, weight: null } : whyNot((auc ?? null))!,
  };
}

type Histogram = Result<readonly { readonly from: number; readonly events: number; readonly nonEvents: number }[]>;

/** Predicted probabilities by outcome at every hospital. */
export function scoreHistogram(context: RunContext, { model, validation }: Selection, threshold: number | null): Finding {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return { absent: "This validation is not in this run's plan." };
  const panel = (label: string, site: number | null, figures: ModelResult | undefined): ScorePanel => {
    const bins = (figures as unknown as { readonly histogram?: Histogram } | undefined)?.histogram;
    if (!isValue(bins)) return { label, site, bins: [], absent: whyNot((bins ?? null))!.reason };
    return { label, site, bins: twentieths(bins), absent: null };
  };
  const panels = rows.sites.map((site) => panel(site.site, siteNumber(context, site.site), site.models.find((one) => one.model === model)));
  const shown = panels.filter(({ absent }) => absent === null);
  if (shown.length === 0) return { absent: panels[0]?.absent === 'Not in this run' ? "The histogram of scores is not in this run's results." : `No hospital shows its scores: ${panels[0]?.absent ?? 'no figure'}.` };
  const total = (key: 'events' | 'nonEvents'): number => shown.flatMap(({ bins }) => bins).reduce((sum, bin) => sum + bin[key], 0);
  const facts = factsOf(context, { sites: shown.length, patients: total('events') + total('nonEvents'), events: total('events'), suppressed: panels.length - shown.length, model });
  return { figure: scoreHistogramFigure({ score: 'Predicted probability', panels, threshold, answer: `Predictions of ${plural(total('events') + total('nonEvents'), 'patient')} at ${plural(shown.length, 'hospital')}, by outcome.`, facts }) };
}

/** Neighbouring bins joined to a twentieth of the scale; a bin reaches to the start of the next. */
function twentieths(bins: readonly { readonly from: number; readonly events: number; readonly nonEvents: number }[]): ScorePanel['bins'] {
  const made: { from: number; to: number; events: number; nonEvents: number }[] = [];
  bins.forEach(({ from, events, nonEvents }, i) => {
    const to = bins[i + 1]?.from ?? 1;
    const last = made.at(-1);
    if (last && to - last.from <= 0.05 + 1e-9) Object.assign(last, { to, events: last.events + events, nonEvents: last.nonEvents + nonEvents });
    else made.push({ from, to: Math.max(to, from + 1e-6), events, nonEvents });
  });
  return made;
}

interface SiteMoments {
  readonly features: readonly string[];
  readonly sites: readonly { readonly site: string; readonly patients: Result<number>; readonly mean: readonly Result<number>[]; readonly sd: readonly Result<number>[] }[];
  readonly varianceExplainedBySite: readonly Result<number>[];
}

/** Features that differ most between hospitals, before and after harmonisation. */
export function harmonisation(context: RunContext, most = 20): Finding {
  const stage = context.results.stages.harmonise as Result<{ readonly method: string; readonly before: Result<SiteMoments>; readonly after: Result<SiteMoments> }> | undefined;
  if (stage === undefined) return { absent: "Harmonisation is not in this run's plan." };
  if (!isValue(stage)) return { absent: whyNot(stage)!.reason };
  const { before, after, method } = stage;
  if (!isValue(before) || !isValue(after)) return { absent: whyNot((isValue(before) ? after : before))!.reason };
  const explained = before.varianceExplainedBySite.map((value) => (isValue(value) ? value : -1));
  const chosen = before.features.map((_, j) => j).sort((a, b) => explained[b]! - explained[a]!).slice(0, most);
  const features = chosen.map((j) => {
    const scale = scaleOf(before, j);
    const at = (moments: SiteMoments, i: number): number | null => {
      const mean = moments.sites[i]?.mean[j];
      return scale !== null && isValue(mean) ? (mean - scale.mean) / scale.sd : null;
    };
    const share = (value: Result<number> | undefined): number | null => (isValue(value) ? value : null);
    return {
      feature: before.features[j]!,
      sites: before.sites.map(({ site }, i) => ({ site: siteNumber(context, site), label: site, before: at(before, i), after: at(after, i) })),
      explainedBefore: share(before.varianceExplainedBySite[j]),
      explainedAfter: share(after.varianceExplainedBySite[j]),
    };
  });
  const shares = (key: 'explainedBefore' | 'explainedAfter'): number => Math.max(0, ...features.map((one) => one[key] ?? 0));
  const counts = before.sites.map(({ patients }) => patients);
  const facts = factsOf(context, { sites: before.sites.length, patients: counts.every((n) => isValue(n)) ? counts.reduce<number>((sum, n) => sum + (n), 0) : null, events: null, suppressed: 0 });
  return { figure: harmonisationFigure({ method: methodNames[method] ?? method, features, answer: `The hospital explains at most ${percent(shares('explainedBefore'))} of a feature's variance before and ${percent(shares('explainedAfter'))} after.`, facts }) };
}

const methodNames: Readonly<Record<string, string>> = { combat: 'ComBat', 'own-site-scale': 'z-scores of each hospital' };

/** Mean and standard deviation of all patients from those of the sites: N s² = Σ (n−1) s_i² + n (m_i − m)². */
function scaleOf({ sites }: SiteMoments, j: number): { readonly mean: number; readonly sd: number } | null {
  const known = sites.flatMap(({ patients, mean, sd }) => (isValue(patients) && isValue(mean[j]) && isValue(sd[j]) ? [{ n: patients, mean: mean[j], sd: sd[j] }] : []));
  const n = known.reduce((sum, one) => sum + one.n, 0);
  if (n < 2) return null;
  const mean = known.reduce((sum, one) => sum + one.n * one.mean, 0) / n;
  const variance = known.reduce((sum, one) => sum + (one.n - 1) * one.sd ** 2 + one.n * (one.mean - mean) ** 2, 0) / (n - 1);
  return variance > 0 ? { mean, sd: Math.sqrt(variance) } : null;
}

interface SelectedResult {
  readonly features: readonly string[];
  readonly correlation: Result<readonly (readonly Result<number>[])[]>;
  readonly rows: readonly ({ readonly site: string; readonly outcome: string } & Partial<{ readonly means: Result<readonly Result<number>[]>; readonly patients: Result<number>; readonly suppressed: { readonly rule: string; readonly reason: string } }>)[];
}

function selectedOf({ results }: RunContext): SelectedResult | string {
  const stage = results.stages.explain as Result<{ readonly selected?: Result<SelectedResult> | null }> | undefined;
  if (stage === undefined) return "This figure is not in this run's results.";
  if (!isValue(stage)) return whyNot(stage)!.reason;
  if (stage.selected === null || stage.selected === undefined) return 'No feature was selected in this run.';
  return isValue(stage.selected) ? stage.selected : whyNot(stage.selected)!.reason;
}

/** Mean z-scores of the selected features by hospital and outcome: a heat map without patients. */
export function groupMeans(context: RunContext): Finding {
  const selected = selectedOf(context);
  if (typeof selected === 'string') return { absent: selected };
  const columns = selected.rows.map(({ site, outcome }) => `${site}, ${outcome === 'events' ? 'event' : 'none'}`);
  const cells = selected.features.map((_, j) =>
    selected.rows.map((row) => {
      const means = row.suppressed === undefined ? row.means : { suppressed: row.suppressed };
      const value = isValue(means) ? means[j] : means;
      return isValue(value) ? { value: value } : { value: null, suppressed: whyNot((value ?? null))!.reason };
    }),
  );
  const hiddenCells = cells.flat().filter(({ value }) => value === null).length;
  return {
    figure: matrixFigure({
      id: 'group-means',
      title: 'Selected features by hospital and outcome',
      reading: 'Mean z-scores of groups, never of single patients. Blue low, orange high.',
      answer: `Mean z-scores of ${plural(selected.features.length, 'feature')} in ${plural(columns.length, 'group')}.`,
      legend: 'Mean z-scores of the selected features by hospital and outcome. Groups below the minimum count are hatched.',
      methods: 'Group means were computed over training rows, standardised by all training rows.',
      rowsAre: 'Feature',
      rows: selected.features,
      columns,
      cells,
      format: (value) => number(value, 'auc'),
      scale: { kind: 'diverging', end: Math.max(0.5, ...cells.flat().map(({ value }) => Math.abs(value ?? 0))), low: 'below the mean', high: 'above' },
      written: true,
      tree: null,
      facts: factsOf(context, { sites: new Set(selected.rows.map(({ site }) => site)).size, patients: null, events: null, suppressed: hiddenCells }),
    }),
  };
}

/** Correlations of the selected features, ordered by average-linkage clustering of 1 − |r|. */
export function correlationMap(context: RunContext): Finding {
  const selected = selectedOf(context);
  if (typeof selected === 'string') return { absent: selected };
  const { correlation, features } = selected;
  if (!isValue(correlation)) return { absent: whyNot(correlation)!.reason };
  const matrix = correlation.map((row) => row.map((value) => (isValue(value) ? value : null)));
  const { order, merges } = clustered(matrix.map((row) => row.map((value) => 1 - Math.abs(value ?? 0))));
  const pairs = order.flatMap((i, a) => order.slice(a + 1).map((j) => ({ i, j, r: Math.abs(matrix[i]![j] ?? 0) })));
  const top = pairs.reduce<{ i: number; j: number; r: number } | null>((best, one) => (best === null || one.r > best.r ? one : best), null);
  return {
    figure: matrixFigure({
      id: 'correlation',
      title: 'Correlation of the selected features',
      reading: 'Neighbours are alike. The tree joins by average linkage of 1 − |r|.',
      answer: top === null ? 'One feature was selected.' : `The closest pair is ${list([features[top.i]!, features[top.j]!])}, |r| = ${number(top.r, 'auc')}.`,
      legend: 'Pearson correlations of the selected features over training rows of all hospitals, from cross-products, ordered by average-linkage clustering of 1 − |r|.',
      methods: 'Correlations were computed from sums over hospitals; no patient is drawn.',
      rowsAre: 'Feature',
      rows: order.map((i) => features[i]!),
      columns: order.map((i) => features[i]!),
      cells: order.map((i) => order.map((j) => (matrix[i]![j] === null ? { value: null, suppressed: 'Suppressed by a rule' } : { value: matrix[i]![j]! }))),
      format: (value) => number(value, 'auc'),
      scale: { kind: 'diverging', end: 1, low: 'opposed', high: 'together' },
      written: false,
      tree: merges,
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: matrix.flat().filter((value) => value === null).length }),
    }),
  };
}

/** Ranges of a model's inputs, 1st to 99th percentile of training rows, by name; empty where the run has none. */
export function inputRanges(context: RunContext, model: string): ReadonlyMap<string, { readonly from: number; readonly to: number }> {
  const stage = context.results.stages.explain as Result<{ readonly models?: readonly { readonly model: string; readonly ranges: Result<{ readonly ranges: readonly { readonly feature: string; readonly low: number; readonly high: number }[] }> }[] }> | undefined;
  const own = isValue(stage) ? stage.models?.find((one) => one.model === model)?.ranges : undefined;
  return new Map(isValue(own) ? own.ranges.map(({ feature, low, high }) => [feature, { from: low, to: high }]) : []);
}

/** The smooth curve of the pooled patients, where the run estimates it. */
export function calibrationCurve(context: RunContext, { model, validation }: Selection): readonly { readonly predicted: number; readonly observed: number; readonly low: number | null; readonly high: number | null }[] | null {
  const rows = rowsOf(context, validation) as unknown as { readonly calibrationCurves?: Result<readonly { readonly model: string; readonly curve: Result<readonly { readonly predicted: number; readonly observed: number; readonly low: number; readonly high: number }[]> }[]> } | null;
  const curves = rows?.calibrationCurves;
  const own = isValue(curves) ? curves.find((one) => one.model === model)?.curve : undefined;
  return isValue(own) ? own : null;
}
