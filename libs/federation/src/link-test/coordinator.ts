import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { linkEcho } from './exchange.js';

export interface LinkTest {
  /** Numbers that travel each way in a round. */
  readonly numbers: number;
  readonly rounds: number;
}

export interface LinkTestResult extends LinkTest {
  readonly sites: readonly string[];
  /** Sums that are not the number sent times the count of sites. Anything but 0 is a fault on the way or in the adding. */
  readonly altered: number;
}

/**
 * Rounds that carry numbers to every site and their sum back, and compute nothing. What a round costs without any computation is what the
 * connection, the encryption and the records cost; the times stand in the run's record.
 */
export async function federatedLinkTest(federation: Federation, view: ViewSpec, { numbers, rounds }: LinkTest): Promise<LinkTestResult> {
  const values = new Float64Array(numbers);
  let altered = 0;
  for (let round = 0; round < rounds; round++) {
    fillWithTestNumbers(values, round);
    const { sums, sites } = await federation.sum(linkEcho, { view, parameters: { values } });
    altered += countAltered(values, sums.values, sites.length);
    federation.progress(round + 1, rounds, 'link test');
  }
  return { sites: federation.sites, numbers, rounds, altered };
}

/**
 * Numbers in [-1/2, 1/2) that differ from place to place and round to round: multiples of 2^-53, which add without rounding but fill a
 * double, so that nothing on the way can shorten them.
 */
export function fillWithTestNumbers(values: Float64Array, round: number): void {
  for (let i = 0; i < values.length; i++) {
    const high = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b);
    const low = Math.imul(high ^ (high >>> 15), 0x2c1b3c6d);
    values[i] = ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53 - 0.5;
  }
}

/** The sum of n equal numbers, exact and rounded once, is the product rounded once. */
function countAltered(sent: Float64Array, sums: Float64Array, sites: number): number {
  let altered = 0;
  for (let i = 0; i < sent.length; i++) if (sums[i] !== sent[i]! * sites) altered++;
  return altered;
}
