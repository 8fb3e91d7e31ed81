import type { LateFusionArtefact } from '../late-fusion.js';
import type { LinearModelArtefact } from '../linear-model.js';
import { type ModelArtefact, modelFeatures } from '../model-artefact.js';
import { PROBABILITY_CLIP } from '../recalibration.js';
import type { RecalibratedArtefact } from '../recalibrated-model.js';
import { exportSvm } from './export-svm.js';
import { exportTrees } from './export-trees.js';
import { OnnxGraph } from './onnx-graph.js';

/** Adds a model to a graph: from X, rows by features, to a probability a row; the name of that output. */
type Exporter<M> = (graph: OnnxGraph, model: M, X: string) => string;

/** How each kind of model is written: one line a kind. */
const exporters: Readonly<Record<string, Exporter<never>>> = {
  logistic: exportLogistic,
  'linear-svm': exportSvm,
  'fourier-svm': exportSvm,
  trees: exportTrees,
  'late-fusion': exportLateFusion,
  recalibrated: exportRecalibrated,
};

function exportModel(graph: OnnxGraph, model: ModelArtefact, X: string): string {
  const exporter = exporters[model.kind];
  if (exporter === undefined) throw new RangeError(`This release does not write models of the kind ${model.kind} as ONNX.`);
  return (exporter as Exporter<ModelArtefact>)(graph, model, X);
}

/**
 * A model as ONNX (opset 15, ai.onnx.ml 3): input `X`, doubles, a row a patient and a column a feature in the order of its metadata `features`; output `P`,
 * the probability of the event. Core operators on doubles, so that any runtime gives our predictions; a missing value is NaN.
 */
export function onnxOf(model: ModelArtefact, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  return graph.bytes(exportModel(graph, model, 'X'), modelFeatures(model), metadata);
}

/**
 * Models that read one another's predictions, as one graph: the last one's probability from the columns that none of them predicts.
 *
 * @param models in the order in which they are evaluated
 */
export function onnxOfChain(models: readonly { readonly name: string; readonly artefact: ModelArtefact }[], metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const names = new Set(models.map(({ name }) => name));
  const features = [...new Set(models.flatMap(({ artefact }) => modelFeatures(artefact)))].filter((feature) => !names.has(feature));
  const predicted = new Map<string, string>();
  let last = '';
  for (const { name, artefact } of models) {
    const own = modelFeatures(artefact);
    const parts = own.map((feature) => predicted.get(feature) ?? columnsFor(graph, features, [feature], 'X'));
    const X = own.some((feature) => predicted.has(feature)) ? graph.add('Concat', parts, { axis: 1 }) : columnsFor(graph, features, own, 'X');
    last = exportModel(graph, artefact, X);
    predicted.set(name, graph.add('Unsqueeze', [last, graph.indices([1])]));
  }
  return graph.bytes(last, features, metadata);
}

function exportLogistic(graph: OnnxGraph, { mean, sd, coefficients, intercept }: LinearModelArtefact, X: string): string {
  const used = sd.map((s, j) => (s > 0 ? coefficients[j] / s : 0));
  const centred = graph.add('Sub', [X, graph.constant(mean, [mean.length])]);
  // A constant feature contributes nothing, whatever it is now: multiplied by 0 a missing one would still be missing.
  const kept = graph.add('Where', [boolean(graph, sd.map((s) => s > 0)), centred, graph.constant([0])]);
  const eta = graph.add('MatMul', [mean.length === 0 ? centred : kept, graph.constant(used, [used.length])]);
  return graph.add('Sigmoid', [graph.add('Add', [eta, graph.constant([intercept])])]);
}

/** A constant of truth values, one a feature. */
const boolean = (graph: OnnxGraph, values: readonly boolean[]): string =>
  graph.add('Greater', [graph.constant(values.map(Number), [values.length]), graph.constant([0.5])]);

/** The columns of X that a nested model reads. */
function columnsFor(graph: OnnxGraph, outer: readonly string[], inner: readonly string[], X: string): string {
  const places = inner.map((feature) => outer.indexOf(feature));
  return graph.add('Gather', [X, graph.indices(places)], { axis: 1 });
}

/** Models without a prediction for a row are passed over, as ours does. */
function exportLateFusion(graph: OnnxGraph, model: LateFusionArtefact<ModelArtefact>, X: string): string {
  const features = modelFeatures(model);
  const predictions = model.models.map((inner) => exportModel(graph, inner, columnsFor(graph, features, modelFeatures(inner), X)));
  const missing = predictions.map((p) => graph.add('IsNaN', [p]));
  const without = (value: number) => predictions.map((p, m) => graph.add('Where', [missing[m], graph.constant([value]), p]));
  const known = graph.add('Sum', missing.map((one) => graph.add('Cast', [graph.add('Not', [one])], { to: 11 })));
  if (model.rule === 'average') return graph.add('Div', [graph.add('Sum', without(0)), known]);
  const nobody = graph.add('Less', [known, graph.constant([0.5])]);
  return graph.add('Where', [nobody, graph.constant([NaN]), graph.add('Max', without(-1))]);
}

function exportRecalibrated(graph: OnnxGraph, { model, slope, intercept }: RecalibratedArtefact<ModelArtefact>, X: string): string {
  const p = exportModel(graph, model, X);
  const low = graph.add('Max', [p, graph.constant([PROBABILITY_CLIP])]);
  const clipped = graph.add('Min', [low, graph.constant([1 - PROBABILITY_CLIP])]);
  const logit = graph.add('Sub', [graph.add('Log', [clipped]), graph.add('Log', [graph.add('Sub', [graph.constant([1]), clipped])])]);
  const eta = graph.add('Add', [graph.add('Mul', [logit, graph.constant([slope])]), graph.constant([intercept])]);
  return graph.add('Sigmoid', [eta]);
}
