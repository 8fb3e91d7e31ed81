/** A table of a report: a file name without ending, and its cells. */
export interface ReportTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Group = Readonly<Record<string, unknown>>;

/** What tells the lines of a table apart: the rows evaluated, the site, the model. */
type Keys = readonly (readonly [column: string, value: string])[];

const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);

const isSuppressed = (value: unknown): value is { readonly suppressed: { readonly rule: string; readonly reason: string } } =>
  isGroup(value) && isGroup(value['suppressed']);

/** Groups whose members are parts of the cohort rather than figures. */
const parted: Readonly<Record<string, string>> = { cohort: 'rows', rows: 'rows' };

/** What names an entry of a list. */
const naming = ['site', 'model', 'name', 'feature', 'column', 'level', 'threshold'] as const;

/**
 * Every figure of a results tree, as tables: one `figures` table with a line a figure (path, value, why it is suppressed), and a table for
 * every kind of list, such as the confusion figures of all models at all sites, with columns that say which, and a column a figure.
 */
export function reportTables(stages: Group): ReportTable[] {
  const figures: string[][] = [];
  const lists = new Map<string, Map<string, string>[]>();
  const walk = (value: unknown, path: readonly string[], full: readonly string[], keys: Keys): void => {
    if (isSuppressed(value)) figures.push([full.join('.'), '', value.suppressed.rule, value.suppressed.reason]);
    else if (Array.isArray(value)) {
      value.forEach((item, i) => {
        const own = keyOf(item, path.at(-1) ?? 'entry', i);
        if (isGroup(item)) add(lists, path.join('.'), flatten(item, '', new Map(keys)));
        walk(item, path, [...full, own[1]], [...keys.filter(([column]) => column !== own[0]), own]);
      });
    } else if (isGroup(value)) {
      const part = parted[path.at(-1) ?? ''];
      for (const [key, item] of Object.entries(value)) {
        if (part !== undefined && isGroup(item) && !keys.some(([column]) => column === part)) walk(item, path, [...full, key], [...keys, [part, key]]);
        else walk(item, [...path, key], [...full, key], keys);
      }
    } else figures.push([full.join('.'), cell(value), '', '']);
  };
  walk(stages, [], [], []);
  return [{ name: 'figures', head: ['figure', 'value', 'suppressed_by', 'reason'], rows: figures }, ...[...lists].map(([name, rows]) => tableOf(name, rows))];
}

function keyOf(item: unknown, list: string, index: number): readonly [string, string] {
  const column = isGroup(item) ? naming.find((name) => typeof item[name] === 'string' || typeof item[name] === 'number') : undefined;
  return column === undefined ? [list, String(index)] : [column, cell((item as Group)[column])];
}

function add(lists: Map<string, Map<string, string>[]>, name: string, row: Map<string, string>): void {
  const rows = lists.get(name);
  if (rows === undefined) lists.set(name, [row]);
  else rows.push(row);
}

function tableOf(name: string, rows: readonly Map<string, string>[]): ReportTable {
  const head = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return { name, head, rows: rows.map((row) => head.map((column) => row.get(column) ?? '')) };
}

function flatten(group: Group, prefix: string, into: Map<string, string>): Map<string, string> {
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
