import type { Cell, FigureTable } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { count, number, plain, share } from '../numbers.js';
import { describedOf } from './cohort-figures.js';
import { isValue, whyNot, type Result, type VendorResult } from './results-file.js';
import type { RunContext } from './run-context.js';

interface Level {
  readonly level: string;
  readonly events: number;
  readonly nonEvents: number;
}

/** Who the patients of each vendor's scanners are: counts, events and the clinical variables, all hospitals together. */
export function vendorTable(context: RunContext, part: string): FigureTable | string {
  const vendors = describedOf(context)?.vendors?.[part];
  if (vendors === undefined || vendors === null) return 'The plan names no column for the vendor of the scanner.';
  const known = vendors.filter((one): one is VendorResult => isValue(one));
  const first = known[0];
  if (first === undefined) return whyNot(vendors[0] ?? null)!.reason;
  const line = (name: string, cell: (vendor: VendorResult) => Cell) => ({ row: words(name), ...Object.fromEntries(known.map((vendor, v) => [`v${v}`, cell(vendor)])) });
  return {
    caption: `Case mix by vendor of the scanner: ${part} patients of all hospitals`,
    columns: [{ key: 'row', label: 'Variable' }, ...known.map(({ level }, v) => ({ key: `v${v}`, label: level, numeric: true }))],
    rows: [
      line('Patients', ({ patients }) => countCell(patients)),
      line('Events', ({ patients, events }) => (isValue(patients) && isValue(events) ? { text: share(events, patients), value: events } : countCell(events))),
      ...first.numbers.map(({ column }) => line(`${column}, mean (SD)`, (vendor) => meanCell(vendor, column))),
      ...first.categories.flatMap(({ column }) => levelsOf(known, column).map((level) => line(`${column}: ${level}`, (vendor) => levelCell(vendor, column, level)))),
    ],
  };
}

const countCell = (value: Result<number>): Cell => (isValue(value) ? numeric(value, count) : hidden(whyNot(value)!.reason));

function meanCell({ numbers }: VendorResult, column: string): Cell {
  const found = numbers.find((one) => one.column === column);
  if (found?.suppressed !== undefined) return hidden(whyNot({ suppressed: found.suppressed })!.reason);
  const all = found?.all;
  if (!all || all.mean === null) return { text: '–', value: null };
  return { text: all.sd === null ? plain(all.mean) : `${number(all.mean, 'statistic')} (${number(all.sd, 'statistic')})`, value: all.mean };
}

const categoryOf = ({ categories }: VendorResult, column: string) => categories.find((one) => one.column === column);

const levelsOf = (vendors: readonly VendorResult[], column: string): readonly string[] => [...new Set(vendors.flatMap((one) => ((categoryOf(one, column)?.['levels'] as readonly Level[] | undefined) ?? []).map(({ level }) => level)))];

function levelCell(vendor: VendorResult, column: string, level: string): Cell {
  const category = categoryOf(vendor, column);
  const why = whyNot(category ?? null);
  if (why !== null) return why.suppressed ? hidden(why.reason) : { text: '–', value: null };
  const levels = category!['levels'] as readonly Level[];
  const own = levels.find((one) => one.level === level);
  if (own === undefined) return { text: '–', value: null };
  const n = own.events + own.nonEvents;
  return { text: share(n, levels.reduce((sum, { events, nonEvents }) => sum + events + nonEvents, 0)), value: n };
}
