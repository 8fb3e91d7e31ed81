import type { Finding } from '../figure.js';
import { barsFigure } from '../figures/bars.js';
import { forestFigure, type ForestRow } from '../figures/forest.js';
import { estimate, number, plural, type Bounds } from '../numbers.js';
import { isValue, whyNot, type PipelineResult } from './results-file.js';
import { factsOf, type RunContext } from './run-context.js';

const Z = 1.959963984540054;

function pipelineOf({ results }: RunContext): PipelineResult | string {
  const { pipeline } = results.stages;
  if (pipeline === undefined) return "A pipeline over sequences is not in this run's plan.";
  return isValue(pipeline) ? pipeline : `The pipeline has no result. ${whyNot(pipeline)!.reason}`;
}

/** Models of the pipeline on training patients: AUC of models that have not seen the patient, within hospitals and folds. */
export function pipelineForest(context: RunContext): Finding {
  const pipeline = pipelineOf(context);
  if (typeof pipeline === 'string') return { absent: pipeline };
  const rows = pipeline.figures.models.map(({ model, crossValidated }): ForestRow => {
    const head = { label: model, site: null, patients: null, events: null };
    if (!isValue(crossValidated)) return { ...head, result: whyNot(crossValidated)! };
    const { auc, standardError } = crossValidated;
    if (auc === null) return { ...head, result: { reason: 'No fold has both classes', suppressed: false } };
    return { ...head, result: { estimate: auc, interval: standardError === null ? null : bounds(auc, standardError), weight: null } };
  });
  const shown = rows.flatMap(({ label, result }) => ('estimate' in result ? [{ label, ...result }] : []));
  if (shown.length === 0) return { absent: 'No model of the pipeline has a cross-validated AUC.' };
  const best = shown.reduce((top, one) => (one.estimate > top.estimate ? one : top));
  const { patients } = pipeline.figures;
  return {
    figure: forestFigure({
      id: 'pipeline-models',
      title: 'Models of the pipeline on training patients, nested cross-validation',
      reading: 'Everything chosen is chosen again without each fold. No external validation.',
      answer: `The highest nested cross-validated AUC is ${estimate(best.estimate, best.interval, 'auc')}, of ${best.label}.`,
      methods: 'Models of the pipeline were compared on training patients by AUC within hospitals and folds, with selection, choices and fitting repeated without each fold.',
      measure: { name: 'AUC', axis: 'AUC (0.5 is chance, 1 is perfect)', kind: 'auc', scale: 'linear', line: 0.5, domain: null },
      rowsAre: 'Model',
      rows,
      pool: null,
      facts: factsOf(context, { sites: context.results.sites.length, patients: isValue(patients) ? patients : null, events: null, suppressed: rows.filter(({ result }) => 'reason' in result && result.suppressed).length }),
    }),
  };
}

const bounds = (auc: number, standardError: number): Bounds => ({ low: Math.max(0, auc - Z * standardError), high: Math.min(1, auc + Z * standardError) });

/** How far the selected features only repeat the tumour volume. */
export function volumeFigure(context: RunContext): Finding {
  const pipeline = pipelineOf(context);
  if (typeof pipeline === 'string') return { absent: pipeline };
  const { volume } = pipeline;
  if (volume === null) return { absent: 'The plan names no column for the tumour volume.' };
  if (!isValue(volume)) return { absent: whyNot(volume)!.reason };
  const largest = Math.max(0, ...volume.features.map(({ r }) => Math.abs(r)));
  return {
    figure: barsFigure({
      id: 'volume',
      title: 'Selected features and tumour volume',
      reading: '|r| with the volume. Near 1 a feature says little that the size does not.',
      answer: `The largest |r| of ${plural(volume.features.length, 'selected feature')} with the tumour volume is ${number(largest, 'auc')}.`,
      legend: `Absolute Pearson correlation of each feature of the Rad-Signature with ${volume.column}, on training patients.`,
      methods: 'Every selected feature was correlated with the tumour volume.',
      rowsAre: 'Feature',
      valueIs: '|r| with the volume',
      format: (value) => number(value, 'auc'),
      bars: volume.features.map(({ feature, r }) => ({ label: feature, value: Math.abs(r), note: r < 0 ? 'negative' : '' })).sort((a, b) => b.value - a.value),
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: 0 }),
    }),
  };
}
