/** A table of a report: a file name without ending, and its cells. */
export interface ReportTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Row = ReadonlyMap<string, string>;

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isSuppressed = (value: unknown): value is { readonly suppressed: { readonly rule: string; readonly reason: string } } =>
  isGroup(value) && isGroup(value['suppressed']);

/**
 * Every figure of a results tree, as tables: one `figures` table with a line a figure (path, value, why it is suppressed), and a table for
 * every list of groups, such as the sites of a validation, with a column a figure.
 */
export function reportTables(stages: Readonly<Record<string, unknown>>): ReportTable[] {
  const figures: string[][] = [];
  const tables: ReportTable[] = [];
  const walk = (value: unknown, path: readonly string[]): void => {
    if (isSuppressed(value)) figures.push([path.join('.'), '', value.suppressed.rule, value.suppressed.reason]);
    else if (Array.isArray(value)) {
      if (value.length > 0 && value.every(isGroup)) tables.push(tableOf(path, value));
      value.forEach((item, i) => walk(item, [...path, labelOf(item, i)]));
    } else if (isGroup(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    else figures.push([path.join('.'), cell(value), '', '']);
  };
  walk(stages, []);
  return [{ name: 'figures', head: ['figure', 'value', 'suppressed_by', 'reason'], rows: figures }, ...tables];
}

/** Sites, models and features name their lines; others are numbered. */
function labelOf(item: unknown, index: number): string {
  if (!isGroup(item)) return String(index);
  const name = item['site'] ?? item['name'] ?? item['model'] ?? item['feature'];
  return typeof name === 'string' ? name : String(index);
}

function tableOf(path: readonly string[], items: readonly Readonly<Record<string, unknown>>[]): ReportTable {
  const rows: Row[] = items.map((item) => flatten(item));
  const head = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return { name: path.join('.'), head, rows: rows.map((row) => head.map((column) => row.get(column) ?? '')) };
}

function flatten(group: Readonly<Record<string, unknown>>, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(group)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (isSuppressed(value)) into.set(name, `suppressed: ${value.suppressed.reason}`);
    else if (isGroup(value)) flatten(value, name, into);
    else if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== 'object' || item === null)) into.set(name, value.map(cell).join(' '));
    } else into.set(name, cell(value));
  }
  return into;
}

const cell = (value: unknown): string => (value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** RFC 4180 text; a cell that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvText({ head, rows }: ReportTable): string {
  const quote = (text: string): string => {
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}
