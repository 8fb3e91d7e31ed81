import { isSuppressed, type RunResults, type SampleSizeCheck, sampleSizeSentences } from '@consilium/study';
import { textTable } from '../text-table.js';

interface ShownSequence {
  readonly sequence: string;
  readonly features: number;
  readonly sites: readonly { readonly site: string; readonly patients: unknown; readonly extracted: unknown; readonly fewGreyLevels: unknown }[];
}

/** What the hospitals extracted, what was chosen of it, and whether the patients are enough for that. */
export function extractionReport({ stages }: RunResults): string {
  const extract = stages['extract'] as { readonly sequences: readonly ShownSequence[]; readonly warnings: readonly string[] } | undefined;
  if (extract === undefined) return '';
  const rows = extract.sequences.flatMap(({ sequence, features, sites }) => sites.map(({ site, patients, extracted, fewGreyLevels }) => [sequence, String(features), site, ...[patients, extracted, fewGreyLevels].map(count)]));
  const parts = [textTable(['sequence', 'features', 'site', 'patients', 'extracted', 'fewer than 8 grey levels'], rows), ...extract.warnings];
  return [...parts, ...selection(stages['select']), ...size(stages['describe'])].join('\n');
}

const count = (figure: unknown): string => (typeof figure === 'number' ? String(figure) : 'suppressed');

function selection(stage: RunResults['stages'][string] | undefined): string[] {
  if (stage === undefined || isSuppressed(stage)) return [];
  const { candidates, selected } = stage as { readonly candidates?: number; readonly selected?: readonly string[] };
  return candidates === undefined || selected === undefined ? [] : [`Of ${candidates} candidates ${selected.length} are selected${selected.length > 0 && selected.length <= 12 ? `: ${selected.join(', ')}` : ''}.`];
}

function size(stage: RunResults['stages'][string] | undefined): string[] {
  if (stage === undefined || isSuppressed(stage)) return [];
  const { sampleSize } = stage as unknown as { readonly sampleSize: SampleSizeCheck };
  const sentences = typeof sampleSize.events === 'number' ? sampleSizeSentences(sampleSize) : [];
  return sampleSize.riley?.enough === false ? [...sentences, 'The sample is too small for this model: it shows the method, and no patient should be judged by it.'] : sentences;
}
