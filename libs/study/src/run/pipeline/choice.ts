import { canonicalJson } from '../../canonical-json.js';
import type { Candidate, PlanPipeline } from '../../plan/pipeline-schema.js';
import { type Figure, isSuppressed } from '../run-results.js';

/** The nested cross-validated AUC of one candidate; null where no fold had both classes. */
export interface CandidateFigure {
  readonly kind: Candidate['kind'];
  readonly auc: Figure<number | null>;
  readonly standardError: number | null;
}

export interface Choice {
  readonly candidates: readonly CandidateFigure[];
  /** Null where no candidate has a figure. */
  readonly chosen: CandidateFigure | null;
}

export interface SequenceChoice extends Choice {
  readonly sequence: string;
  readonly kept: boolean;
  readonly reason: string;
}

const known = ({ auc }: CandidateFigure): number => (typeof auc === 'number' ? auc : -Infinity);

/** The first candidate, simplest first, whose AUC is within one standard error of the largest: the standard error is that of the largest. */
export function chooseCandidate(candidates: readonly CandidateFigure[]): Choice {
  const best = candidates.reduce<CandidateFigure | null>((top, one) => (known(one) > (top === null ? -Infinity : known(top)) ? one : top), null);
  if (best === null) return { candidates, chosen: null };
  const limit = known(best) - (best.standardError ?? 0);
  return { candidates, chosen: candidates.find((one) => known(one) >= limit)! };
}

/**
 * Sequences whose chosen model discriminates: AUC minus so many of its standard errors above the limit. Where none does, the one with the
 * largest AUC stays, so that there is a signature to be judged; results say so.
 */
export function keepSequences(keep: PlanPipeline['keep'], choices: ReadonlyMap<string, Choice>): SequenceChoice[] {
  const rows = [...choices].map(([sequence, choice]): SequenceChoice => {
    if (choice.chosen === null) return { sequence, ...choice, kept: false, reason: unfitted(choice) };
    const auc = known(choice.chosen);
    const bound = auc - keep.standardErrors * (choice.chosen.standardError ?? Infinity);
    const kept = bound > keep.above;
    const figure = `Nested cross-validated AUC ${auc.toFixed(3)} less ${keep.standardErrors} standard error${keep.standardErrors === 1 ? '' : 's'} is ${Number.isFinite(bound) ? bound.toFixed(3) : 'not known'}`;
    return { sequence, ...choice, kept, reason: `${figure}, ${kept ? 'above' : 'not above'} ${keep.above}.` };
  });
  if (rows.some(({ kept }) => kept)) return rows;
  const best = rows.filter(({ chosen }) => chosen !== null).sort((a, b) => known(b.chosen!) - known(a.chosen!))[0];
  return rows.map((row) => (row === best ? { ...row, kept: true, reason: `${row.reason} No sequence discriminates; the best of them stays.` } : row));
}

const unfitted = ({ candidates }: Choice): string => {
  const first = candidates.find(({ auc }) => isSuppressed(auc))?.auc;
  return first !== undefined && isSuppressed(first) ? first.suppressed.reason : 'No candidate model has a nested cross-validated AUC.';
};

/** Names a set of kept sequences. */
export const keptKey = (rows: readonly SequenceChoice[]): string => canonicalJson(rows.filter(({ kept }) => kept).map(({ sequence }) => sequence));
