import type { PathProblem } from './plan-issues.js';
import type { SourcePlan } from './plan-schema.js';

/** Readings that something names, that are extracted where the first are, and that are no candidates themselves. */
export function agreementRules({ select, pipeline, extract, features }: SourcePlan): PathProblem[] {
  const extracted = new Set(extract?.sequences.map(({ sequence }) => sequence));
  const candidates = new Set([...(features?.sequences ?? []), ...(pipeline?.sequences ?? []).map((one) => (typeof one === 'string' ? one : one.name))]);
  const parts = [
    { path: ['select', 'agreement'], options: select },
    { path: ['pipeline', 'select', 'agreement'], options: pipeline?.select },
    { path: ['pipeline', 'fusion', 'select', 'agreement'], options: pipeline?.fusion.select },
  ];
  return parts.flatMap(({ path, options }) => {
    const agreement = options?.agreement;
    if (!agreement) return [];
    if (agreement.suffixes === undefined && agreement.sequences === undefined) return [{ path, sentence: 'Nothing says which readings agree. Give suffixes of columns, or sequences that were read again.' }];
    return (agreement.sequences ?? []).flatMap(({ sequence, again }, i) =>
      again.flatMap((name, k): PathProblem[] => {
        const at = [...path, 'sequences', i, 'again', k];
        if (candidates.has(name)) return [{ path: at, sentence: `${name} is among the candidates. A further reading is none; take it out there.` }];
        if (extracted.has(sequence) && !extracted.has(name)) return [{ path: at, sentence: `${name} is not extracted, and ${sequence} is. Add it to extract.sequences.` }];
        return [];
      }),
    );
  });
}
