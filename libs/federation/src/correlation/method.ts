import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedMoments } from '../moments/coordinator.js';
import { tTestsOf } from '../t-test/coordinator.js';
import { federatedCorrelation, federatedPearsonFilter } from './coordinator.js';

export const correlationMethod = federatedMethod({
  name: 'correlation',
  title: 'Pearson correlation of all pairs of features',
  parameters: methodParameters,
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture', 'mean_area'] },
  rests: 'pooled',
  async run(federation, parameters) {
    const view = viewOf(parameters);
    const moments = await federatedMoments(federation, view);
    const matrix = await federatedCorrelation(federation, view, moments);
    const p = view.features.length;
    return { features: view.features, correlation: view.features.map((_, j) => Array.from(matrix.subarray(j * p, (j + 1) * p))) };
  },
});

export const pearsonFilterMethod = federatedMethod({
  name: 'pearson-filter',
  title: 'Redundant features dropped by their correlation',
  parameters: methodParameters.extend({
    rule: z.enum(['A', 'B', 'C', 'D']).default('B'),
    threshold: z.number().min(0).max(1).default(0.9),
    /** Only features whose t test has p below this are candidates; all are when absent. */
    tTestBelow: z.number().gt(0).max(1).optional(),
    tTest: z.enum(['student', 'welch']).default('student'),
  }),
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture', 'mean_perimeter', 'mean_area'], rule: 'B', threshold: 0.9, tTestBelow: 0.05 },
  rests: 'pooled',
  async run(federation, { rule, threshold, tTestBelow, tTest, ...base }) {
    const view = viewOf(base);
    const moments = await federatedMoments(federation, view);
    const { p } = tTestsOf(moments, tTest);
    const candidates = view.features.flatMap((_, j) => (tTestBelow === undefined || p[j]! < tTestBelow ? [j] : []));
    const kept = await federatedPearsonFilter(federation, view, moments, { rule, threshold, pValues: p, candidates });
    return { rule, threshold, candidates: candidates.map((j) => view.features[j]!), kept: kept.map((j) => view.features[j]!) };
  },
});
