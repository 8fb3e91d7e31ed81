import { fQuantile, fUpperTail } from '@consilium/numerics';
import type { Interval } from './intervals.js';

/** Mean squares of a complete two-way table of n subjects by k raters, one rating a cell. */
export interface AgreementMeanSquares {
  readonly subjects: number;
  readonly raters: number;
  /** Between subjects (rows), n - 1 degrees of freedom. */
  readonly betweenSubjects: number;
  /** Between raters (columns), k - 1. */
  readonly betweenRaters: number;
  /** Residual, (n - 1)(k - 1). */
  readonly residual: number;
}

export interface IntraclassCorrelation {
  readonly icc: number;
  readonly confidence: Interval;
  /** Test of ICC = 0. */
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
}

/** Mean squares from ratings: one row a subject, one column a rater; at least two of each, no missing ratings. */
export function agreementMeanSquares(ratings: readonly ArrayLike<number>[]): AgreementMeanSquares {
  const n = ratings.length;
  const k = ratings[0]?.length ?? 0;
  if (n < 2 || k < 2 || ratings.some((row) => row.length !== k)) throw new RangeError('Agreement needs at least two subjects and two raters, all rated.');
  const rowMeans = ratings.map((row) => mean(Array.from(row)));
  const columnMeans = Array.from({ length: k }, (_, j) => mean(ratings.map((row) => row[j])));
  const grandMean = mean(rowMeans);
  const squares = (values: number[]): number => values.reduce((sum, value) => sum + (value - grandMean) ** 2, 0);
  let residual = 0;
  ratings.forEach((row, i) => {
    for (let j = 0; j < k; j++) residual += (row[j] - rowMeans[i] - columnMeans[j] + grandMean) ** 2;
  });
  return {
    subjects: n,
    raters: k,
    betweenSubjects: (k * squares(rowMeans)) / (n - 1),
    betweenRaters: (n * squares(columnMeans)) / (k - 1),
    residual: residual / ((n - 1) * (k - 1)),
  };
}

/**
 * ICC(2,1): absolute agreement of single ratings, raters a random sample (two-way random effects):
 * (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE)/n), with the interval of McGraw and Wong 1996 (Satterthwaite degrees of freedom).
 * The figure for whether another reader may delineate: a feature is stable at ICC ≥ 0.75. Agrees with R's psych::ICC (ICC2).
 */
export function iccAbsoluteAgreement(squares: AgreementMeanSquares, level = 0.95): IntraclassCorrelation {
  const { subjects: n, raters: k, betweenSubjects: msr, betweenRaters: msc, residual: mse } = squares;
  const icc = (msr - mse) / (msr + (k - 1) * mse + (k * (msc - mse)) / n);
  const ratio = msc / mse;
  const mixed = n * (1 + (k - 1) * icc) - k * icc;
  const df = ((k - 1) * (n - 1) * (k * icc * ratio + mixed) ** 2) / ((n - 1) * (k * icc * ratio) ** 2 + mixed ** 2);
  const upper = 1 - (1 - level) / 2;
  const other = k * msc + (k * n - k - n) * mse;
  const fLow = fQuantile(upper, n - 1, df);
  const fHigh = fQuantile(upper, df, n - 1);
  const low = (n * (msr - fLow * mse)) / (fLow * other + n * msr);
  const high = (n * (fHigh * msr - mse)) / (other + n * fHigh * msr);
  return { icc, confidence: { low, high }, ...subjectTest(squares) };
}

/**
 * ICC(3,1): consistency of single ratings by these raters (two-way mixed effects): (MSR - MSE) / (MSR + (k - 1) MSE), with its exact F
 * interval. A constant offset between raters does not lower it. Shrout, Fleiss 1979; R's psych::ICC (ICC3).
 */
export function iccConsistency(squares: AgreementMeanSquares, level = 0.95): IntraclassCorrelation {
  const { raters: k, betweenSubjects: msr, residual: mse } = squares;
  const test = subjectTest(squares);
  const upper = 1 - (1 - level) / 2;
  const low = test.f / fQuantile(upper, test.df1, test.df2);
  const high = test.f * fQuantile(upper, test.df2, test.df1);
  const fromF = (f: number): number => (f - 1) / (f + k - 1);
  return { icc: (msr - mse) / (msr + (k - 1) * mse), confidence: { low: fromF(low), high: fromF(high) }, ...test };
}

function subjectTest({ subjects, raters, betweenSubjects, residual }: AgreementMeanSquares) {
  const f = betweenSubjects / residual;
  const df1 = subjects - 1;
  const df2 = (subjects - 1) * (raters - 1);
  return { f, df1, df2, p: fUpperTail(f, df1, df2) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
