import { numeric, words, type Cell, type FigureTable } from '../figure.js';
import { count, estimate, number } from '../numbers.js';
import { absentCell } from './absent-cell.js';
import { isValue, type ModelResult, type Result } from './results-file.js';
import { rowsOf, siteNumber, type RunContext } from './run-context.js';
import type { Selection } from './validation-forest.js';

interface Proportion {
  readonly estimate: number;
  readonly wilson: { readonly low: number; readonly high: number };
}

/** What the threshold does at every hospital and over all of them, with the AUC and the Brier score beside it. */
export function performanceTable(context: RunContext, { model, validation }: Selection, threshold: number): FigureTable | null {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return null;
  const sites = rows.sites.map((site) => {
    const counted = (value: number): Cell => numeric(value, count);
    const { classes } = site;
    const [n, events] = isValue(classes) ? [counted(classes.events + classes.nonEvents), counted(classes.events)] : [absentCell(classes), absentCell(classes)];
    return line({ ...words(site.site), site: siteNumber(context, site.site) }, site.models.find((one) => one.model === model), { n, events, threshold });
  });
  const total = (value: Result<number> | undefined): Cell => (isValue(value) ? numeric(value, count) : absentCell(value));
  const pooled = rows.pooled === undefined ? [] : [line(words('All hospitals'), rows.pooled.models.find((one) => one.model === model), { n: total(rows.pooled.patients), events: total(rows.pooled.events), threshold })];
  return {
    caption: `Performance at the threshold ${number(threshold, 'auc')}`,
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'n', label: 'n', numeric: true },
      { key: 'events', label: 'Events', numeric: true },
      { key: 'auc', label: 'AUC (95% CI)', numeric: true },
      { key: 'sensitivity', label: 'Sensitivity (95% CI)', numeric: true },
      { key: 'specificity', label: 'Specificity (95% CI)', numeric: true },
      { key: 'brier', label: 'Brier', numeric: true },
    ],
    rows: [...sites, ...pooled],
  };
}

const rate = (value: Proportion | undefined): Cell => (value === undefined ? { text: '–', value: null } : { text: estimate(value.estimate, value.wilson, 'sensitivity', false), value: value.estimate });

function line(row: Cell, figures: ModelResult | undefined, { n, events, threshold }: { readonly n: Cell; readonly events: Cell; readonly threshold: number }): Record<string, Cell> {
  const confusion = figures?.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures;
  const shares = isValue(confusion) ? (confusion as unknown as { readonly sensitivity: Proportion; readonly specificity: Proportion }) : null;
  return {
    row,
    n,
    events,
    auc: isValue(figures?.auc) ? { text: estimate(figures.auc.auc, figures.auc.interval, 'auc', false), value: figures.auc.auc } : absentCell(figures?.auc),
    sensitivity: shares === null ? absentCell(confusion) : rate(shares.sensitivity),
    specificity: shares === null ? absentCell(confusion) : rate(shares.specificity),
    brier: isValue(figures?.calibration) ? numeric(figures.calibration.brier, (value) => number(value, 'brier')) : absentCell(figures?.calibration),
  };
}
