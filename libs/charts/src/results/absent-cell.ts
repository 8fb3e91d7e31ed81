import { hidden, type Cell } from '../figure.js';
import { whyNot } from './results-file.js';

/** The cell of a result without a value: suppressed with its rule, not in this run, or not estimable. */
export function absentCell(result: Parameters<typeof whyNot>[0]): Cell {
  const reason = whyNot(result ?? null)!;
  return reason.suppressed ? hidden(reason.reason) : { text: reason.reason === 'Not in this run' ? '–' : 'Not estimable', value: null };
}
