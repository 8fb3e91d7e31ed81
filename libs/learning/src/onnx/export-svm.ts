import { SeededRandom } from '@consilium/numerics';
import type { OnnxGraph } from './onnx-graph.js';

/** A support vector machine with Platt's probabilities, as far as it is written: see svm/svm-model. */
export interface ExportedSvm {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly platt: { readonly slope: number; readonly intercept: number };
  /** Random Fourier features of the standardised features; absent for a linear machine. */
  readonly map?: { readonly components: number; readonly gamma: number; readonly seed: string };
}

/** The decision value of the standardised features, or of their random Fourier features, and its probability. */
export function exportSvm(graph: OnnxGraph, { mean, sd, coefficients, intercept, platt, map }: ExportedSvm, X: string): string {
  const z = standardised(graph, mean, sd, X);
  const features = map === undefined ? z : fourier(graph, map, mean.length, z);
  const decision = graph.add('Add', [graph.add('MatMul', [features, graph.constant(coefficients, [coefficients.length])]), graph.constant([intercept])]);
  const scaled = graph.add('Add', [graph.add('Mul', [decision, graph.constant([platt.slope])]), graph.constant([platt.intercept])]);
  return graph.add('Sigmoid', [scaled]);
}

/** (x - mean)/sd, and 0 for a feature that was constant, also where it is missing now. */
function standardised(graph: OnnxGraph, mean: readonly number[], sd: readonly number[], X: string): string {
  const p = mean.length;
  const varies = graph.add('Greater', [graph.constant(sd.map((s) => (s > 0 ? 1 : 0)), [p]), graph.constant([0.5])]);
  const z = graph.add('Div', [graph.add('Sub', [X, graph.constant(mean, [p])]), graph.constant(sd.map((s) => (s > 0 ? s : 1)), [p])]);
  return graph.add('Where', [varies, z, graph.constant([0])]);
}

/** √(2/D) cos(Wz + b), W and b drawn as svm/fourier-features draws them; the cosine as a sine, which runtimes have for doubles. */
function fourier(graph: OnnxGraph, { components, gamma, seed }: NonNullable<ExportedSvm['map']>, p: number, z: string): string {
  const random = SeededRandom.fromSeed(`${seed}/fourier`);
  const spread = Math.sqrt(2 * gamma);
  const W = new Float64Array(p * components);
  const b = new Float64Array(components);
  for (let d = 0; d < components; d++) {
    b[d] = 2 * Math.PI * random.uniform() + Math.PI / 2;
    for (let j = 0; j < p; j++) W[j * components + d] = spread * random.normal();
  }
  const angle = graph.add('Add', [graph.add('MatMul', [z, graph.constant(W, [p, components])]), graph.constant(b, [components])]);
  return graph.add('Mul', [graph.add('Sin', [angle]), graph.constant([Math.sqrt(2 / components)])]);
}
