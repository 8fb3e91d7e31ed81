import type { Basis } from '../disclosure.js';
import type { SiteResult } from '../site-step.js';
import { extractionEngine, type ExtractionAnswer } from './exchange.js';

/** What extraction came to at a site, for one sequence. */
export interface SequenceReport {
  readonly sequence: string;
  /** See extractionDigest. */
  readonly digest: string;
  readonly names: readonly string[];
  readonly patients: number;
  /** Patients without features, by the kind of the reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly fewGreyLevels: number;
  readonly levelsCounted: number;
}

/**
 * The contribution of a site that has extracted, and what each figure rests on. Extracted and refused patients give each other back, so one of them too
 * few holds back all.
 */
export function extractionResult(reports: readonly SequenceReport[]): SiteResult<ExtractionAnswer> {
  const figures: Record<string, Basis> = {};
  const sequences = reports.map(({ sequence, digest, names, patients, refused, fewGreyLevels, levelsCounted }, s) => {
    const kinds = [...refused].sort(([a], [b]) => (a < b ? -1 : 1));
    const extracted = patients - kinds.reduce((sum, [, count]) => sum + count, 0);
    const at = `sequences/${s}/counts`;
    const parts = [extracted, patients - extracted, ...kinds.map(([, count]) => count)];
    for (const figure of ['patients', 'extracted']) figures[`${at}/${figure}`] = { patients, cells: parts };
    for (const [kind] of kinds) figures[`${at}/refused/${kind}`] = { patients, cells: parts };
    for (const figure of ['fewGreyLevels', 'levelsCounted']) figures[`${at}/${figure}`] = { patients, cells: [fewGreyLevels, levelsCounted - fewGreyLevels, patients - levelsCounted] };
    return { sequence, digest, names: [...names], counts: { patients, extracted, refused: Object.fromEntries(kinds), fewGreyLevels, levelsCounted } };
  });
  return { contribution: { engine: extractionEngine, sequences }, basis: { patients: Math.min(...reports.map(({ patients }) => patients)) }, figures };
}
