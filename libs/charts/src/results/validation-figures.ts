import type { Finding } from '../figure.js';
import { calibrationFigure, type CalibrationPanel } from '../figures/calibration.js';
import { confusionFigure, type ConfusionPanel } from '../figures/confusion.js';
import { decisionCurveFigure, type DecisionCurve } from '../figures/decision-curve.js';
import { rocFigure, type RocCurve } from '../figures/roc.js';
import { number, percent, plural, range, share, type Bounds } from '../numbers.js';
import { isValue, whyNot, type AnyResult, type ModelResult, type RowsResult, type SiteResult } from './results-file.js';
import { evaluated, factsOf, rowsOf, siteNumber, type RunContext } from './run-context.js';
import { calibrationCurve } from './further-figures.js';
import type { Selection } from './validation-forest.js';

const Z = 1.959963984540054;
const NOT_PLANNED = "This validation is not in this run's plan.";

/**
 * Wilson's 95% interval of a share x / n: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Wilson 1927. Both bounds are 0 and 1 for n = 0.
 */
export function wilson(x: number, n: number): Bounds {
  if (n === 0) return { low: 0, high: 1 };
  const p = x / n;
  const middle = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))) / (1 + (Z * Z) / n);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

interface Shown {
  readonly rows: RowsResult;
  readonly sites: readonly { readonly site: SiteResult; readonly place: number; readonly figures: ModelResult | undefined }[];
  readonly pooled: ModelResult | undefined;
}

function shownOf(context: RunContext, { model, validation }: Selection): Shown | string {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return whyNot(rows)?.suppressed ? whyNot(rows)!.reason : NOT_PLANNED;
  return {
    rows,
    sites: rows.sites.map((site) => ({ site, place: siteNumber(context, site.site), figures: site.models.find((one) => one.model === model) })),
    pooled: rows.pooled?.models.find((one) => one.model === model),
  };
}

/** Patients and events of the sites that show something; null where one hides its classes. */
function counts(sites: readonly SiteResult[]): { patients: number | null; events: number | null } {
  const classes = sites.map((site) => (isValue(site.classes) ? site.classes : null));
  if (classes.some((one) => one === null)) return { patients: null, events: null };
  return { patients: classes.reduce((sum, one) => sum + one!.events + one!.nonEvents, 0), events: classes.reduce((sum, one) => sum + one!.events, 0) };
}

const missing = (result: AnyResult): string => whyNot(result)?.reason ?? 'The model has no result here';

function facts(context: RunContext, { sites }: Shown, visible: (figures: ModelResult | undefined) => boolean, model: string) {
  const shown = sites.filter(({ figures }) => visible(figures));
  return factsOf(context, { sites: shown.length, ...counts(shown.map(({ site }) => site)), suppressed: sites.length - shown.length, model });
}

export function validationRoc(context: RunContext, selection: Selection): Finding {
  const shown = shownOf(context, selection);
  if (typeof shown === 'string') return { absent: shown };
  const curve = (label: string, place: number | null, figures: ModelResult | undefined, events: number | null): RocCurve => {
    const roc = figures?.roc;
    const auc = figures?.auc;
    const points = isValue(roc) ? roc : [];
    return { label, site: place, auc: isValue(auc) ? auc.auc : null, points, band: place === null && events !== null ? band(points, events) : null, absent: points.length > 1 ? null : missing(roc) };
  };
  const pooledEvents = shown.rows.pooled?.events;
  const events = isValue(pooledEvents) ? pooledEvents : null;
  const curves = [...shown.sites.map(({ site, place, figures }) => curve(site.site, place, figures, null)), ...(shown.pooled ? [curve('All hospitals', null, shown.pooled, events)] : [])];
  if (curves.every(({ absent }) => absent !== null)) return { absent: `No hospital shows a curve: ${curves[0]?.absent ?? 'no figure'}.` };
  const areas = curves.flatMap(({ site, auc }) => (site === null || auc === null ? [] : [auc]));
  const answer = areas.length === 0 ? 'No hospital shows its AUC.' : `AUC between ${range(Math.min(...areas), Math.max(...areas), 'auc').replace('–', ' and ')} at ${plural(areas.length, 'hospital')}.`;
  return { figure: rocFigure({ curves, answer, facts: facts(context, shown, (figures) => isValue(figures?.roc), selection.model) }) };
}

/** Wilson's interval of the sensitivity at each cut-off of the pooled curve. */
const band = (points: RocCurve['points'], events: number): RocCurve['band'] => points.map(({ falsePositiveRate, truePositiveRate }) => ({ falsePositiveRate, ...wilson(truePositiveRate * events, events) }));

export function validationCalibration(context: RunContext, selection: Selection): Finding {
  const shown = shownOf(context, selection);
  if (typeof shown === 'string') return { absent: shown };
  const panel = (label: string, place: number | null, figures: ModelResult | undefined): CalibrationPanel => {
    const bins = figures?.calibrationBins;
    const recalibration = figures?.recalibration;
    const calibration = figures?.calibration;
    const fit = isValue(recalibration) ? recalibration : null;
    const ratio = isValue(calibration) ? calibration : null;
    return {
      label,
      site: place,
      groups: isValue(bins) ? joined(bins).map((group) => ({ ...group, interval: wilson(group.observed, group.n) })) : [],
      curve: place === null ? calibrationCurve(context, selection) : null,
      recalibration: fit === null ? null : { intercept: fit.intercept.estimate, slope: fit.slope.estimate },
      observedOverExpected: ratio?.observedOverExpected ?? null,
      inTheLarge: fit?.inTheLarge.estimate ?? null,
      slope: fit?.slope.estimate ?? null,
      brier: ratio?.brier ?? null,
      absent: isValue(bins) ? null : missing(bins),
    };
  };
  const panels = [...shown.sites.map(({ site, place, figures }) => panel(site.site, place, figures)), ...(shown.pooled ? [panel('All hospitals', null, shown.pooled)] : [])];
  if (panels.every(({ absent }) => absent !== null)) return { absent: `No hospital shows its calibration: ${panels[0]?.absent ?? 'no figure'}.` };
  const all = panels.find(({ site }) => site === null);
  const answer = all === undefined || all.observedOverExpected === null ? 'Calibration is shown at each hospital; it is not pooled in this validation.' : `Over all patients ${number(all.observedOverExpected, 'ratio')} events happened for each one predicted${all.slope === null ? '' : `; the calibration slope is ${number(all.slope, 'slope')}`}.`;
  return { figure: calibrationFigure({ panels, answer, facts: facts(context, shown, (figures) => isValue(figures?.calibrationBins), selection.model) }) };
}

/** Neighbouring groups of risk joined until each holds a tenth of the patients, so that a plot has about ten points whatever the bins are. */
function joined(bins: readonly { readonly n: number; readonly observed: number; readonly expected: number }[]): { n: number; observed: number; expected: number }[] {
  const least = bins.reduce((sum, { n }) => sum + n, 0) / 10;
  const groups: { n: number; observed: number; expected: number }[] = [];
  for (const { n, observed, expected } of bins) {
    const last = groups.at(-1);
    if (last && last.n < least) groups[groups.length - 1] = { n: last.n + n, observed: last.observed + observed, expected: last.expected + expected };
    else groups.push({ n, observed, expected });
  }
  const end = groups.at(-1);
  const before = groups.at(-2);
  if (end && before && end.n < least / 2) groups.splice(-2, 2, { n: before.n + end.n, observed: before.observed + end.observed, expected: before.expected + end.expected });
  return groups;
}

export function validationDecisionCurve(context: RunContext, selection: Selection, declared: readonly number[]): Finding {
  const shown = shownOf(context, selection);
  if (typeof shown === 'string') return { absent: shown };
  const curve = (label: string, place: number | null, figures: ModelResult | undefined): DecisionCurve => {
    const found = figures?.decisionCurve;
    const alone = place !== null && !isValue(shown.pooled?.decisionCurve) && isValue(found) ? { treatAll: found.map(({ threshold, treatAll: netBenefit }) => ({ threshold, netBenefit })) } : {};
    return { label, site: place, points: isValue(found) ? found : [], ...alone, absent: isValue(found) && found.length > 0 ? null : missing(found) };
  };
  const curves = [...(shown.pooled ? [curve('All hospitals', null, shown.pooled)] : []), ...shown.sites.map(({ site, place, figures }) => curve(site.site, place, figures))];
  if (curves.every(({ absent }) => absent !== null)) return { absent: `No hospital shows a decision curve: ${curves[0]?.absent ?? 'no figure'}.` };
  const pooled = shown.pooled?.decisionCurve;
  const treatAll = isValue(pooled) ? pooled.map(({ threshold, treatAll: netBenefit }) => ({ threshold, netBenefit })) : [];
  const answer = usefulRange(isValue(pooled) ? pooled : []);
  const range = declared.length > 1 ? ([Math.min(...declared), Math.max(...declared)] as const) : null;
  return { figure: decisionCurveFigure({ curves, treatAll, range, answer, facts: facts(context, shown, (figures) => isValue(figures?.decisionCurve), selection.model) }) };
}

/** Where the pooled model is above both other strategies: a statement of figures, not a verdict. */
function usefulRange(points: readonly { readonly threshold: number; readonly netBenefit: number; readonly treatAll: number }[]): string {
  if (points.length === 0) return 'Net benefit is shown at each hospital; it is not pooled in this validation.';
  const above = points.filter(({ netBenefit, treatAll }) => netBenefit > 0 && netBenefit > treatAll).map(({ threshold }) => threshold);
  if (above.length === 0) return 'At none of the thresholds is the net benefit above treating all and treating none.';
  return `The net benefit is above treating all and treating none at ${above.length} of ${plural(points.length, 'threshold')}, between ${percent(Math.min(...above))} and ${percent(Math.max(...above))}.`;
}

export function validationConfusion(context: RunContext, selection: Selection, threshold: number): Finding {
  const shown = shownOf(context, selection);
  if (typeof shown === 'string') return { absent: shown };
  const panel = (label: string, place: number | null, figures: ModelResult | undefined): ConfusionPanel => {
    const found = figures?.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures;
    return isValue(found) ? { label, site: place, counts: found.counts, absent: null } : { label, site: place, counts: null, absent: missing(found) };
  };
  const panels = [...shown.sites.map(({ site, place, figures }) => panel(site.site, place, figures)), ...(shown.pooled ? [panel('All hospitals', null, shown.pooled)] : [])];
  if (panels.every(({ counts: own }) => own === null)) return { absent: `No hospital shows counts at this threshold: ${panels[0]?.absent ?? 'no figure'}.` };
  const all = panels.find(({ site }) => site === null)?.counts;
  const answer = all ? `At the threshold ${number(threshold, 'auc')}, ${share(all.tp, all.tp + all.fn)} of patients with the event and ${share(all.fp, all.fp + all.tn)} of those without are called positive.` : `Counts at the threshold ${number(threshold, 'auc')}, hospital by hospital.`;
  const visible = (figures: ModelResult | undefined): boolean => isValue(figures?.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures);
  return { figure: confusionFigure({ threshold, panels, answer, facts: facts(context, shown, visible, selection.model) }) };
}

/** Thresholds of a model, the fixed ones first. */
export function thresholdsOf(context: RunContext, model: string): readonly { readonly kind: string; readonly value: number }[] {
  const own = evaluated(context)?.thresholds.find((one) => one.model === model)?.thresholds ?? [];
  return own.flatMap(({ kind, value }) => (isValue(value) ? [{ kind, value }] : []));
}
