import { studentTQuantile } from '@consilium/numerics';
import { canonicalJson } from '../../canonical-json.js';
import type { Candidate, PlanPipeline } from '../../plan/pipeline-schema.js';
import { type Figure, isSuppressed } from '../run-results.js';

/** The nested cross-validated AUC of one candidate; null where no fold had both classes. */
export interface CandidateFigure {
  readonly kind: Candidate['kind'];
  readonly auc: Figure<number | null>;
  readonly standardError: number | null;
  /** Folds that have both classes at some site. */
  readonly folds: number;
}

export interface Choice {
  readonly candidates: readonly CandidateFigure[];
  /** Null where no candidate has a figure. */
  readonly chosen: CandidateFigure | null;
}

export interface SequenceChoice extends Choice {
  readonly sequence: string;
  readonly kept: boolean;
  /** Whether it is kept for what it tells; the best of sequences that tell nothing is kept without. */
  readonly discriminates: boolean;
  readonly reason: string;
  /** What had to be above the limit; null where it is not known. */
  readonly lowerBound: number | null;
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
 * Standard error of a mean over folds that share most of their training patients. SE, as if folds were independent, is s / √K and too small; this is √((1 / K + n_test / n_training) s²) with
 * n_test / n_training = 1 / (K - 1) (Nadeau and Bengio, Machine Learning 2003; 52: 239-281). NaN with fewer than two folds.
 */
export const correctedError = (standardError: number | null, folds: number): number => (standardError === null || folds < 2 ? NaN : standardError * Math.sqrt(1 + folds / (folds - 1)));

/**
 * One-sided lower confidence bound of a nested cross-validated AUC:
 *
 *   AUC - t(confidence; K - 1) · SE · √(1 + K / (K - 1))
 *
 * with SE over the K folds, corrected as `correctedError` does. NaN with fewer than two folds.
 *
 * @example lowerBound({ auc: 0.7, standardError: 0.04, folds: 5 }, 0.95) // 0.572
 */
export function lowerBound({ auc, standardError, folds }: { readonly auc: number; readonly standardError: number | null; readonly folds: number }, confidence: number): number {
  return folds < 2 ? NaN : auc - studentTQuantile(confidence, folds - 1) * correctedError(standardError, folds);
}

/**
 * Sequences whose chosen model discriminates: the lower bound of its AUC is above the limit. The confidence holds for all sequences together, so that among sequences without any signal one
 * is kept as seldom as the plan allows. Where none discriminates, the one with the largest AUC stays, so that there is a signature to be judged; results say so.
 */
export function keepSequences(keep: PlanPipeline['keep'], choices: ReadonlyMap<string, Choice>): SequenceChoice[] {
  const confidence = keep.sharedAmongSequences ? 1 - (1 - keep.confidence) / choices.size : keep.confidence;
  const rows = [...choices].map(([sequence, choice]): SequenceChoice => {
    if (choice.chosen === null) return { sequence, ...choice, kept: false, discriminates: false, reason: unfitted(choice), lowerBound: null };
    const { standardError, folds } = choice.chosen;
    const auc = known(choice.chosen);
    const bound = keep.standardErrors === null ? lowerBound({ auc, standardError, folds }, confidence) : auc - keep.standardErrors * (standardError ?? NaN);
    const kept = bound > keep.above;
    const what = keep.standardErrors === null ? `its lower ${percent(confidence)} % bound` : `less ${keep.standardErrors} standard error${keep.standardErrors === 1 ? '' : 's'} it`;
    const reason = `Nested cross-validated AUC ${auc.toFixed(3)}; ${what} is ${Number.isFinite(bound) ? bound.toFixed(3) : 'not known'}, ${kept ? 'above' : 'not above'} ${keep.above}.`;
    return { sequence, ...choice, kept, discriminates: kept, reason, lowerBound: Number.isFinite(bound) ? bound : null };
  });
  if (rows.some(({ kept }) => kept)) return rows;
  const best = rows.filter(({ chosen }) => chosen !== null).sort((a, b) => known(b.chosen!) - known(a.chosen!))[0];
  return rows.map((row) => (row === best ? { ...row, kept: true, reason: `${row.reason} No sequence discriminates; the best of them stays.` } : row));
}

const percent = (share: number): string => String(Math.round(1000 * share) / 10);

const unfitted = ({ candidates }: Choice): string => {
  const first = candidates.find(({ auc }) => isSuppressed(auc))?.auc;
  return first !== undefined && isSuppressed(first) ? first.suppressed.reason : 'No candidate model has a nested cross-validated AUC.';
};

/** Names a set of kept sequences. */
export const keptKey = (rows: readonly SequenceChoice[]): string => canonicalJson(rows.filter(({ kept }) => kept).map(({ sequence }) => sequence));
