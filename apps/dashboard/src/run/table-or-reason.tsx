import type { FigureTable } from '@consilium/charts';
import { DataTable, Panel } from '@consilium/interface';

/** A table of a result page, or the sentence that says why the run has none. */
export function TableOrReason({ title, table }: { readonly title: string; readonly table: FigureTable | string | null }) {
  if (table === null || typeof table === 'string') return <Panel title={title}>{table ?? 'Not in this run.'}</Panel>;
  return (
    <div className="panel">
      <DataTable table={table} />
    </div>
  );
}
