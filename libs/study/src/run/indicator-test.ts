import { type GroupMoments, type Moments } from '@consilium/federation';
import { chiSquaredTest, fisherExact } from '@consilium/statistics';

export interface IndicatorTest {
  readonly chiSquared: { readonly statistic: number; readonly df: number; readonly p: number };
  readonly fisherP: number;
}

const NEAR = 1e-6;

/**
 * The tests of a two-level category for a number that holds nothing but 0 and 1, from its moments alone, so that no site is asked again: of n patients n m have 1,
 * and the 2 × 2 table by outcome follows. Nothing for any other number, for a constant one, and where an outcome has no patients. That a column is of 0 and 1 is
 * seen from n m being whole and Σ (x - m)² being n m (1 - m), in both outcomes: Σ x² = Σ x. Noise of a private plan makes it none.
 */
export function indicatorTest({ events, nonEvents }: Pick<Moments, 'events' | 'nonEvents'>): IndicatorTest | Record<string, never> {
  const [without, having] = [countsOf(nonEvents), countsOf(events)];
  if (without === null || having === null) return {};
  const table = [0, 1].map((level) => [without[level]!, having[level]!]);
  const { statistic, df, p } = chiSquaredTest(table);
  return df === 0 ? {} : { chiSquared: { statistic, df, p }, fisherP: fisherExact(table).p };
}

/** How many have 0 and how many 1; null for other numbers and for nobody. */
function countsOf({ n, mean, m2 }: GroupMoments): readonly [number, number] | null {
  const [m, spread] = [mean[0]!, m2[0]!];
  const ones = Math.round(n * m);
  if (n === 0 || ones < 0 || ones > n) return null;
  return Math.abs(n * m - ones) < NEAR && Math.abs(spread - ones * (1 - ones / n)) < NEAR ? [n - ones, ones] : null;
}
