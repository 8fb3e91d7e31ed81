import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { missingCounts } from './exchange.js';

export interface RecordedCounts {
  readonly patients: number;
  /** Patients that have a value, a number a column. */
  readonly recorded: readonly number[];
}

/** How many of a view's patients have a value in each column. One round. */
export async function federatedMissingCounts(federation: Federation, view: ViewSpec, columns: readonly string[]): Promise<RecordedCounts> {
  const { sums } = await federation.sum(missingCounts, { view, parameters: { columns: [...columns] } });
  return { patients: sums.patients[0]!, recorded: [...sums.recorded] };
}
