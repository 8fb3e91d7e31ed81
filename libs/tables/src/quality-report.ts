import { definitionOf, type DataDictionary } from './dictionary.js';
import type { Table, TableColumn } from './table.js';

/** What one column holds, for people at the site. */
export interface ColumnQuality {
  readonly name: string;
  readonly kind: TableColumn['kind'];
  readonly unit?: string;
  readonly label?: string;
  readonly missing: number;
  readonly distinct: number;
  /** Of a number column with values. */
  readonly least?: number;
  readonly greatest?: number;
  readonly mean?: number;
  /** Values outside the declared range. */
  readonly outOfRange: number;
  /** Of a category: patients a level, in the order of the levels. */
  readonly levels?: readonly { readonly level: string; readonly count: number }[];
}

/** One line a column: what is missing, what lies outside its range, which levels occur. */
export function describeQuality(table: Table, dictionary?: DataDictionary): ColumnQuality[] {
  return [...table.columns].map(([name, column]) => {
    const definition = definitionOf(dictionary, name);
    const told = { name, kind: column.kind, ...(definition?.unit ? { unit: definition.unit } : {}), ...(definition?.label ? { label: definition.label } : {}) };
    return column.kind === 'number' ? { ...told, ...describeNumbers(column.values, definition?.range) } : { ...told, ...describeLevels(column) };
  });
}

function describeNumbers(values: Float64Array, range: readonly [number | null, number | null] | undefined) {
  const known = values.filter((value) => !Number.isNaN(value));
  const [low, high] = range ?? [null, null];
  const outOfRange = known.filter((value) => (low !== null && value < low) || (high !== null && value > high)).length;
  const counts = { missing: values.length - known.length, distinct: new Set(known).size, outOfRange };
  if (known.length === 0) return counts;
  let least = Infinity;
  let greatest = -Infinity;
  let sum = 0;
  for (const value of known) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    sum += value;
  }
  return { ...counts, least, greatest, mean: sum / known.length };
}

function describeLevels({ levels, codes }: Extract<TableColumn, { kind: 'category' }>) {
  const counts = new Array<number>(levels.length).fill(0);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else counts[code]!++;
  }
  return { missing, distinct: counts.filter((count) => count > 0).length, outOfRange: 0, levels: levels.map((level, i) => ({ level, count: counts[i]! })) };
}
