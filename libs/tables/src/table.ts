/** One row a patient, ordered by pseudonym. Missing numbers are NaN, missing categories code -1. */
export interface Table {
  /** Ascending in code-unit order, unique. */
  readonly pseudonyms: readonly string[];
  readonly columns: ReadonlyMap<string, TableColumn>;
  /** Beginnings of names of columns that exist elsewhere, and of which nobody here has a value. */
  readonly lacked?: readonly string[] | undefined;
}

export type TableColumn =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly levels: readonly string[]; readonly codes: Int32Array };

/** The rows of a table at the given places, in that order. */
export function pickRows(table: Table, rows: ArrayLike<number>): Table {
  const columns = new Map<string, TableColumn>();
  for (const [name, column] of table.columns) columns.set(name, pickCells(column, rows));
  return { pseudonyms: Array.from(rows, (row) => table.pseudonyms[row]!), columns };
}

function pickCells(column: TableColumn, rows: ArrayLike<number>): TableColumn {
  if (column.kind === 'number') {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]!]!;
    return { kind: 'number', values };
  }
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
  return { kind: 'category', levels: column.levels, codes };
}
