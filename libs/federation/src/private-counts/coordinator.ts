import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { privateCounts, TABLE_SENSITIVITY, type PrivateCountsParameters } from './exchange.js';

export interface PrivateTable {
  readonly column: string;
  /** Not below 0: cutting off there tells nothing more of anybody. */
  readonly levels: readonly { readonly level: string; readonly count: number }[];
}

export interface PrivateCountsResult {
  readonly tables: readonly PrivateTable[];
  /** Of the noise in each count, in patients. */
  readonly standardDeviation: number;
}

/** Standard deviation of the noise in a count over so many sites, each of which adds what protects its own patients. */
export const countNoise = (ratio: number, sites: number): number => ratio * TABLE_SENSITIVITY * Math.sqrt(sites);

/** Counts of levels over the sites, with each site's own noise. One round. */
export async function federatedPrivateCounts(federation: Federation, view: ViewSpec, parameters: PrivateCountsParameters): Promise<PrivateCountsResult> {
  const { sums, sites } = await federation.sum(privateCounts, { view, parameters });
  let at = 0;
  const tables = parameters.tables.map(({ column, levels }) => ({ column, levels: levels.map((level) => ({ level, count: Math.max(0, sums.counts[at++]!) })) }));
  return { tables, standardDeviation: countNoise(parameters.ratio, sites.length) };
}
