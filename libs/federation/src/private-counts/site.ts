import { discreteGaussian, type Rational, type UniformBelow } from '@consilium/statistics';
import type { SiteStep } from '../site-step.js';
import type { SiteColumn } from '../site-view.js';
import { privateCounts, TABLE_SENSITIVITY, type PrivateCounts, type PrivateCountsParameters } from './exchange.js';

/** Fractional bits of a variance. */
const VARIANCE_BITS = 32;

/** At least the variance that is asked for, as a rational number. */
const varianceOf = (deviation: number): Rational => ({ numerator: BigInt(Math.ceil(deviation * deviation * 2 ** VARIANCE_BITS)), denominator: 1n << BigInt(VARIANCE_BITS) });

export const privateCountsAtSite: SiteStep<PrivateCountsParameters, PrivateCounts> = {
  step: privateCounts,
  compute(view, { ratio, tables }, noise) {
    const counts = Float64Array.from(tables.flatMap(({ column, levels }) => levelCounts(view.column(column), levels)));
    // A site without patients has nobody to protect, and adds zeros.
    if (view.n > 0) addNoise(counts, varianceOf(ratio * TABLE_SENSITIVITY), noise!);
    return { contribution: { counts }, basis: { patients: view.n } };
  },
};

function addNoise(counts: Float64Array, variance: Rational, below: UniformBelow): void {
  for (let i = 0; i < counts.length; i++) counts[i]! += Number(discreteGaussian(variance, below));
}

function levelCounts(cells: SiteColumn, levels: readonly string[]): number[] {
  const counts = levels.map(() => 0);
  const count = (level: string | undefined) => {
    const at = level === undefined ? -1 : levels.indexOf(level);
    if (at >= 0) counts[at]!++;
  };
  if (cells.kind === 'number') for (const value of cells.values) count(Number.isNaN(value) ? undefined : String(value));
  else for (const code of cells.codes) count(code < 0 ? undefined : cells.levels[code]);
  return counts;
}
