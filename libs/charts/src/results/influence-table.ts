import { numeric, words, type FigureTable } from '../figure.js';
import { change, fixed, number } from '../numbers.js';
import { isValue, whyNot } from './results-file.js';
import { rowsOf, siteNumber, type RunContext } from './run-context.js';

/** Beyond this a hospital is not like the others (Viechtbauer and Cheung 2010). */
const OUTLYING = 3;

/** How much the pooled AUC of a model rests on each hospital: the figure without it, and how far it lies from what the others foretell. */
export function influenceTable(context: RunContext, { model, validation }: { readonly model: string; readonly validation: string }): FigureTable | string {
  const rows = rowsOf(context, validation);
  if (rows === null || !isValue(rows)) return whyNot(rows)!.reason;
  const found = rows.influence?.find((one) => one.model === model);
  if (!found) return 'The influence of each hospital is not in the results of this validation.';
  if (found.sites === null) return 'Fewer than three hospitals show an AUC with its variance, so none can be left out of them.';
  return {
    caption: `Influence of each hospital on the pooled AUC: ${model}. A deleted residual beyond ±${OUTLYING} says that a hospital is not like the others`,
    columns: [
      { key: 'row', label: 'Hospital left out' },
      { key: 'without', label: 'AUC of the others', numeric: true },
      { key: 'change', label: 'Change by the hospital', numeric: true },
      { key: 'residual', label: 'Deleted residual', numeric: true },
      { key: 'note', label: 'Note' },
    ],
    rows: found.sites.map(({ site, without, change: moved, residual }) => ({
      row: { ...words(site), site: siteNumber(context, site) },
      without: numeric(without, (x) => number(x, 'auc')),
      change: numeric(moved, (x) => change(x, 'auc')),
      residual: numeric(residual, (x) => fixed(x, 1)),
      note: words(Math.abs(residual) > OUTLYING ? 'not like the others' : ''),
    })),
  };
}
