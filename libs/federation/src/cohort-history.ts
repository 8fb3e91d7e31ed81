import { methodErrors } from '@consilium/protocol';
import type { Breach } from './disclosure-gate.js';
import type { Selection } from './selection.js';
import type { CutsByOrder } from './shown-cuts.js';

/** Patients that a site has answered about: whole cohorts, or those whose values of some columns were summed. */
export interface AnsweredRows {
  readonly kind: 'cohort' | 'values';
  /** Ascending hashes. */
  readonly rows: BigUint64Array;
  /** Hashes of columns; empty for a cohort. */
  readonly columns: ReadonlySet<number>;
}

/**
 * What a site has answered about, and the rule of differences: two sums over sets of patients that differ by 1 to k - 1 patients give the sum of these few away.
 *
 * - A cohort (conditions of a plan, an outcome) must equal each earlier one or differ from it by at least k patients, whatever was asked of it, in this plan or another.
 * - Where values are missing, the patients whose values of a column are summed must equal, or differ by at least k from, those of each earlier sum of the same column.
 *
 * - Of predictions in one order of the same patients, two cuts (thresholds, edges of curves) that are shown have nobody or at least k patients between them: the gate holds that, and is told here what was shown.
 *
 * The folds of a cross-validation are one family: sets are compared as they are before folds are left out. What was asked before may be asked again for ever.
 */
export class CohortHistory {
  private readonly answered = new Map<string, { readonly kind: AnsweredRows['kind']; readonly rows: BigUint64Array; readonly columns: Set<number> }>();
  /** Selections that passed, so that the rounds of a method cost nothing. */
  private readonly passed = new WeakSet<Selection>();

  private readonly shown = new Map<string, readonly number[]>();

  constructor(known: readonly AnsweredRows[] = [], cuts: CutsByOrder = new Map()) {
    for (const one of known) this.add(one.kind, one.rows, one.columns);
    this.rememberCuts(cuts);
  }

  /** What was shown of orders of predictions. */
  get cuts(): CutsByOrder {
    return this.shown;
  }

  /** Cuts of an answer that passed; whether that is new. */
  rememberCuts(cuts: CutsByOrder): boolean {
    let isNew = false;
    for (const [order, below] of cuts) {
      const all = new Set([...(this.shown.get(order) ?? []), ...below]);
      isNew ||= all.size > (this.shown.get(order)?.length ?? 0);
      this.shown.set(order, [...all].sort((a, b) => a - b));
    }
    return isNew;
  }

  get entries(): readonly AnsweredRows[] {
    return [...this.answered.values()];
  }

  get cohorts(): number {
    return this.entries.filter(({ kind }) => kind === 'cohort').length;
  }

  /** Why a question must not be answered; k = `difference`. Changes nothing. */
  breachOf(selection: Selection, difference: number): Breach | undefined {
    if (difference <= 1 || this.passed.has(selection)) return undefined;
    for (const { kind, rows, columns } of this.answered.values()) {
      if (kind === 'cohort' && isClose(rows, selection.cohort, difference)) return otherCohort(difference);
      if (kind !== 'values') continue;
      if (selection.groups.some((group) => isClose(rows, group.rows, difference) && group.columns.some((column) => columns.has(column)))) return missingApart(difference);
    }
    return undefined;
  }

  /** Remembers what is being answered; whether that is new. */
  remember(selection: Selection): boolean {
    if (this.passed.has(selection)) return false;
    this.passed.add(selection);
    let isNew = this.add('cohort', selection.cohort, []);
    for (const { rows, columns } of selection.groups) isNew = this.add('values', rows, columns) || isNew;
    return isNew;
  }

  private add(kind: AnsweredRows['kind'], rows: BigUint64Array, columns: Iterable<number>): boolean {
    const key = `${kind} ${Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).toString('latin1')}`;
    const known = this.answered.get(key);
    if (!known) {
      this.answered.set(key, { kind, rows, columns: new Set(columns) });
      return true;
    }
    const before = known.columns.size;
    for (const column of columns) known.columns.add(column);
    return known.columns.size > before;
  }
}

/** Whether two ascending sets differ by 1 to k - 1 elements. */
function isClose(a: BigUint64Array, b: BigUint64Array, k: number): boolean {
  if (Math.abs(a.length - b.length) >= k) return false;
  let different = 0;
  for (let i = 0, j = 0; (i < a.length || j < b.length) && different < k; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
      continue;
    }
    different++;
    if (j >= b.length || (i < a.length && a[i]! < b[j]!)) i++;
    else j++;
  }
  return different > 0 && different < k;
}

const otherCohort = (k: number): Breach => ({
  code: methodErrors.cohortDifference,
  rule: 'cohort-difference',
  reason: `The patients asked about differ by fewer than ${k} from others that this site has answered about; the same patients, or at least ${k} other ones, would pass`,
});

const missingApart = (k: number): Breach => ({
  code: methodErrors.cohortDifference,
  rule: 'cohort-difference',
  reason: `Patients with missing values are left out, and sums of the same column with and without them differ by fewer than ${k} patients; missing values that are filled, or a condition of the cohort, would pass`,
});
