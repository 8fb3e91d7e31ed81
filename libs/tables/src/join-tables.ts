import { dataErrors } from '@consilium/protocol';
import { pickRows, type Table, type TableColumn } from './table.js';
import { issueAt, type TableIssue } from './table-issue.js';

export interface NamedTable {
  readonly name: string;
  readonly table: Table;
}

export interface LinkageReport {
  /** Patients in every table. */
  readonly linked: number;
  /** Per table, the patients of it that some other table lacks. Stays at the site. */
  readonly unmatched: readonly { readonly table: string; readonly pseudonyms: readonly string[] }[];
}

export interface JoinedTable {
  readonly table: Table;
  readonly linkage: LinkageReport;
  readonly issues: readonly TableIssue[];
}

/**
 * One table of the patients that every table has, with the columns of all. A patient that some table lacks is left out and reported; a
 * column that two tables hold is an error, and the first table's is taken.
 */
export function joinTables(tables: readonly NamedTable[]): JoinedTable {
  const places = tables.map(({ table }) => new Map(table.pseudonyms.map((name, i) => [name, i])));
  const linked = (tables[0]?.table.pseudonyms ?? []).filter((name) => places.every((of) => of.has(name)));
  const columns = new Map<string, TableColumn>();
  const issues: TableIssue[] = [];
  const owner = new Map<string, string>();
  tables.forEach(({ name, table }, t) => {
    const rows = linked.map((pseudonym) => places[t]!.get(pseudonym)!);
    for (const [column, cells] of pickRows(table, rows).columns) {
      const first = owner.get(column);
      if (first === undefined) {
        owner.set(column, name);
        columns.set(column, cells);
      } else issues.push(issueAt('error', dataErrors.tablesShareColumn, [], { column, sentence: `Column ${column} is in the table ${first} and in the table ${name}.` }));
    }
  });
  const kept = new Set(linked);
  const unmatched = tables.map(({ name, table }) => ({ table: name, pseudonyms: table.pseudonyms.filter((pseudonym) => !kept.has(pseudonym)) })).filter(({ pseudonyms }) => pseudonyms.length > 0);
  for (const { table, pseudonyms } of unmatched) {
    const sentence = `${pseudonyms.length} ${pseudonyms.length === 1 ? 'patient' : 'patients'} of the table ${table} are not in every other table and are left out.`;
    issues.push({ severity: 'warning', definition: dataErrors.patientsUnlinked, count: pseudonyms.length, rows: [], sentence });
  }
  if (linked.length === 0 && tables.length > 1) {
    issues.push(issueAt('error', dataErrors.patientsUnlinked, [], { sentence: 'No patient is in all tables. The identifiers differ.' }));
  }
  return { table: { pseudonyms: linked, columns }, linkage: { linked: linked.length, unmatched }, issues };
}
