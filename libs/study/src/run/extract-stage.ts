import { type Federation, federatedExtraction } from '@consilium/federation';
import type { AnalysisPlan, ExtractOptions } from '../plan/plan-schema.js';
import { withExtracted } from '../plan/resolve-plan.js';
import type { StageResults } from './run-results.js';
import { outcomeOf } from './views.js';

/**
 * Every site extracts features from its own images, all with the same engine and settings; the plan then has their columns among its candidates. A site
 * that differs or refuses ends the run: candidates that some sites lack are none.
 */
export async function extractStage(federation: Federation, plan: AnalysisPlan, { sequences }: ExtractOptions): Promise<{ readonly results: StageResults; readonly plan: AnalysisPlan }> {
  const { engine, sequences: extracted, warnings } = await federatedExtraction(federation, { view: { outcome: outcomeOf(plan), features: [], rows: [] }, sequences });
  const results = {
    engine,
    sequences: extracted.map(({ sequence, digest, columns, sites }) => ({ sequence, settings: digest, features: columns.length, sites })),
    warnings,
  };
  return { results, plan: withExtracted(plan, extracted) };
}
