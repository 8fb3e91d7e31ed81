import type { Cell, FigureTable } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { count, number, percent, range } from '../numbers.js';
import { describedOf } from './cohort-figures.js';
import { isValue, whyNot } from './results-file.js';
import type { RunContext } from './run-context.js';

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959964;

/** How well readers agree, over the training patients who have all readings: kappa, intraclass correlations, mean overlap. */
export function readerAgreementTable(context: RunContext): FigureTable | string {
  const found = describedOf(context)?.agreement;
  if (found === undefined) return "Agreement of readers is not in this run's plan.";
  if (!isValue(found)) return whyNot(found)!.reason;
  const { weights, categories, measurements, overlap } = found;
  const line = (row: string, measure: string, figure: { readonly patients?: number; readonly suppressed?: { readonly reason: string } }, cells: readonly [Cell, Cell, Cell]): Record<string, Cell> => {
    const [value, interval, more] = figure.suppressed === undefined ? cells : [hidden(figure.suppressed.reason), hidden(figure.suppressed.reason), words('')];
    return { row: words(row), measure: words(measure), n: figure.suppressed === undefined ? numeric(figure.patients, count) : hidden(figure.suppressed.reason), value, interval, more };
  };
  const interval = (low: number | null | undefined, high: number | null | undefined): Cell => (typeof low === 'number' && typeof high === 'number' ? words(range(low, high, 'auc')) : { text: '–', value: null });
  const figure = (value: number | null | undefined): Cell => numeric(value, (x) => number(x, 'auc'));
  const around = (estimate: number | null | undefined, error: number | null | undefined): Cell =>
    typeof estimate === 'number' && typeof error === 'number' ? interval(estimate - Z * error, Math.min(1, estimate + Z * error)) : interval(null, null);
  const none = words('');
  return {
    caption: 'Agreement of readers, training patients who have all readings',
    columns: [
      { key: 'row', label: 'Read' },
      { key: 'measure', label: 'Measure' },
      { key: 'n', label: 'Patients', numeric: true },
      { key: 'value', label: 'Value', numeric: true },
      { key: 'interval', label: '95% CI', numeric: true },
      { key: 'more', label: 'Beside it' },
    ],
    rows: [
      ...categories.map((pair) => {
        const { first, second, kappa, standardError, observed, expected } = pair;
        const shares = typeof observed !== 'number' || typeof expected !== 'number' ? none : words(`agreement ${percent(observed)}, by chance ${percent(expected)}`);
        return line(`${first} and ${second}`, weights === 'none' ? 'Kappa' : `Kappa, ${weights} weights`, pair, [figure(kappa), around(kappa, standardError), shares]);
      }),
      ...measurements.flatMap((item) => [
        line(item.name, 'ICC(2,1), absolute agreement', item, [figure(item.absolute?.icc), interval(item.absolute?.confidence.low, item.absolute?.confidence.high), none]),
        line(item.name, 'ICC(3,1), consistency', item, [figure(item.consistency?.icc), interval(item.consistency?.confidence.low, item.consistency?.confidence.high), none]),
      ]),
      ...overlap.map((one) => line(one.column, 'Mean overlap', one, [figure(one.mean), { text: '–', value: null }, words(typeof one.sd === 'number' ? `standard deviation ${number(one.sd, 'auc')}` : '')])),
    ],
  };
}
