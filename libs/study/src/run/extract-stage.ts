import { type AskedSequence, type Federation, federatedExtraction, federatedIntensityScale, type FederatedIntensityScale } from '@consilium/federation';
import type { AnalysisPlan, ExtractOptions } from '../plan/plan-schema.js';
import { withExtracted } from '../plan/resolve-plan.js';
import type { StageResults } from './run-results.js';
import { outcomeOf, rowsOf, sitesOf, viewOf } from './views.js';

/**
 * Every site extracts features from its own images, all with the same engine, settings and scale of intensities; the plan then has their columns among its candidates. A site that differs or refuses
 * ends the run: candidates that some sites lack are none.
 */
export async function extractStage(federation: Federation, plan: AnalysisPlan, { sequences }: ExtractOptions): Promise<{ readonly results: StageResults; readonly plan: AnalysisPlan }> {
  const standard = await standardScale(federation, plan, sequences);
  const scaled = standard === null ? plan : { ...plan, intensityScale: standard.digest };
  const view = { outcome: outcomeOf(plan), features: [], rows: [], ...(standard === null ? {} : { intensityScale: standard.digest }) };
  const { engine, sequences: extracted, warnings } = await federatedExtraction(federation, { view, sequences, scale: standard?.scale ?? null });
  const results = {
    engine,
    sequences: extracted.map(({ sequence, digest, columns, sites }, s) => ({ sequence, settings: digest, ...intensityOf(sequences[s]!), features: columns.length, sites })),
    ...(standard === null ? {} : { intensityScale: scaleResults(standard) }),
    warnings,
  };
  return { results, plan: withExtracted(scaled, extracted) };
}

const intensityOf = ({ intensity }: AskedSequence): { intensity?: string } => (intensity === undefined ? {} : { intensity });

/** Of training images only: no image that is evaluated changes it. */
async function standardScale(federation: Federation, plan: AnalysisPlan, sequences: readonly AskedSequence[]): Promise<FederatedIntensityScale | null> {
  const scaled = sequences.flatMap(({ sequence, intensity }) => (intensity === 'nyul' ? [sequence] : []));
  if (scaled.length === 0) return null;
  const rows = rowsOf(plan, 'training');
  return federatedIntensityScale(sitesOf(federation, rows), viewOf(plan, { rows: rows.conditions, features: [], folds: false }), scaled);
}

const scaleResults = ({ scale, digest, images }: FederatedIntensityScale): StageResults => ({
  digest,
  sequences: scale.sequences.map(({ sequence, landmarks }, s) => ({ sequence, images: images[s]!, landmarks: [...landmarks] })),
});
