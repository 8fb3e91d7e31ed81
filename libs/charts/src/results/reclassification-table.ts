import type { Cell, FigureTable } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { change, pValue, range } from '../numbers.js';
import { isValue, whyNot, type Result } from './results-file.js';
import { rowsOf, type RunContext } from './run-context.js';

interface Improvement {
  readonly estimate: number;
  readonly standardError: number | null;
  readonly p: number | null;
}

interface Reclassified {
  readonly before: string;
  readonly after: string;
  readonly continuousNri: Result<Improvement>;
  readonly categoryNri: Result<Improvement>;
  readonly idi: Result<Improvement>;
}

const Z = 1.959963984540054;

/** Net reclassification and integrated discrimination of every pair of models, over all patients of a validation. */
export function reclassificationTable(context: RunContext, validation: string): FigureTable | string {
  const rows = rowsOf(context, validation) as unknown as { readonly reclassification?: Result<readonly Result<Reclassified>[]> } | null;
  const found = rows?.reclassification;
  if (found === undefined) return validation === 'leave-one-site-out' ? 'Reclassification is shown for rows, not for hospitals left out.' : "Reclassification is not in this run's results.";
  if (!isValue(found)) return whyNot(found)!.reason;
  const pairs = found.filter((one): one is Reclassified => isValue(one));
  if (pairs.length === 0) return 'One model has a result, so nobody is reclassified.';
  return {
    caption: 'Reclassification: the first model of a pair in place of the second',
    columns: [
      { key: 'row', label: 'Models' },
      { key: 'index', label: 'Index' },
      { key: 'estimate', label: 'Estimate (95% CI)', numeric: true },
      { key: 'p', label: 'p', numeric: true },
    ],
    rows: pairs.flatMap(({ before, after, continuousNri, categoryNri, idi }) => [
      { row: words(`${after} − ${before}`), index: words('Continuous NRI'), ...cells(continuousNri) },
      { row: words(''), index: words('Category NRI'), ...cells(categoryNri) },
      { row: words(''), index: words('IDI'), ...cells(idi) },
    ]),
  };
}

function cells(result: Result<Improvement>): Record<'estimate' | 'p', Cell> {
  if (!isValue(result)) {
    const why = whyNot(result)!;
    return { estimate: why.suppressed ? hidden(why.reason) : { text: why.reason, value: null }, p: { text: '–', value: null } };
  }
  const { estimate, standardError, p } = result;
  const interval = standardError === null ? '' : ` (${range(estimate - Z * standardError, estimate + Z * standardError, 'difference')})`;
  return { estimate: { text: `${change(estimate)}${interval}`, value: estimate }, p: numeric(p, pValue) };
}
