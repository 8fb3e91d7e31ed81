import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { pickRows, type Table } from './table.js';

/** The rows of each site, by the names of a column, in ascending order of the names. A row without a name is refused. */
export function splitBySite(table: Table, column: string): Map<string, Table> {
  const names = table.columns.get(column);
  if (!names) throw new ConsiliumError(dataErrors.columnMissing, `Column ${column} names the sites and is not in the table.`);
  const rows = new Map<string, number[]>();
  for (let i = 0; i < table.pseudonyms.length; i++) {
    const name = names.kind === 'number' ? (Number.isNaN(names.values[i]) ? undefined : String(names.values[i])) : names.levels[names.codes[i]!];
    if (name === undefined) throw new ConsiliumError(dataErrors.columnMissing, `Column ${column} names no site in some rows. Nothing was computed.`);
    const of = rows.get(name);
    if (of) of.push(i);
    else rows.set(name, [i]);
  }
  const sites = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  return new Map(sites.map((site) => [site, pickRows(table, rows.get(site)!)]));
}
