import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type ReactNode } from 'react';
import type { Cell, FigureTable } from '@consilium/charts';
import { SiteName } from './marks.js';
import { Reason } from './reason.js';
import { useKept } from './use-kept.js';
import { useWords } from './words.js';

type Row = FigureTable['rows'][number];
type Sorting = readonly { readonly id: string; readonly desc: boolean }[];

const UNSORTED: Sorting = [];

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

/** Numbers by size, words by their letters. What has no value stands last in either direction and does not come here. */
function compare(a: Cell | undefined, b: Cell | undefined): number {
  const [x, y] = [a?.value, b?.value];
  return typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true });
}

export interface DataTableProps {
  readonly table: FigureTable;
  readonly captionHidden?: boolean;
  /** Drawn in place of a cell's text: a link, a tag. */
  readonly render?: (column: string, cell: Cell, row: Row) => ReactNode | undefined;
}

const VIRTUAL_FROM = 200;
const ROW_HEIGHT = 33;

/** A table that is a table: caption, scopes, row heads, sorting; beyond 200 rows only those in sight are in the page. */
export function DataTable({ table: content, captionHidden = false, render }: DataTableProps) {
  const columns = useMemo(
    () => content.columns.map(({ key, label, numeric = false }) => ({ id: key, header: label, accessorFn: (row: Row) => row[key]?.value ?? undefined, sortUndefined: 'last', meta: { numeric }, sortFn: (a: { original: Row }, b: { original: Row }) => compare(a.original[key], b.original[key]) })),
    [content.columns],
  );
  const data = content.rows as Row[];
  const [kept, keep] = useKept<Sorting>(`sorting ${content.caption}`, UNSORTED);
  const sorting = kept.filter(({ id }) => content.columns.some(({ key }) => key === id));
  const table = useTable({ features, columns: columns as never, data, state: { sorting }, onSortingChange: (next) => keep(typeof next === 'function' ? next(sorting) : next) }, (state) => ({ sorting: state.sorting }));
  const rows = table.getRowModel().rows as unknown as readonly { readonly id: string; readonly original: Row }[];
  const heads = table.getHeaderGroups()[0]?.headers ?? [];
  const many = rows.length > VIRTUAL_FROM;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12, enabled: many });
  const seen = many ? virtual.getVirtualItems() : rows.map((_, index) => ({ index }));
  const first = many ? (virtual.getVirtualItems()[0]?.start ?? 0) : 0;
  const last = many ? virtual.getTotalSize() - (virtual.getVirtualItems().at(-1)?.end ?? 0) : 0;
  return (
    <div className={many ? 'table-box virtual' : 'table-box'} ref={scroller} tabIndex={0} role="region" aria-label={content.caption}>
      <table aria-rowcount={many ? rows.length + 1 : undefined}>
        <caption className={captionHidden ? 'visually-hidden' : undefined}>
          <span>{content.caption}</span>
        </caption>
        <thead>
          <tr>
            {heads.map((head, i) => {
              const sorted = head.column.getIsSorted();
              return (
                <th key={head.id} scope="col" className={content.columns[i]!.numeric ? 'num' : undefined} aria-sort={sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'}>
                  <button type="button" onClick={() => head.column.toggleSorting()}>
                    {content.columns[i]!.label}
                    {sorted === false ? '' : sorted === 'asc' ? ' ▲' : ' ▼'}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: first }} />}
          {seen.map(({ index }) => (
            <tr key={rows[index]!.id} aria-rowindex={many ? index + 2 : undefined}>
              <Cells content={content} row={rows[index]!.original} render={render} />
            </tr>
          ))}
          {last > 0 && <tr aria-hidden="true" style={{ height: last }} />}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ content, row, render }: { readonly content: FigureTable; readonly row: Row; readonly render: DataTableProps['render'] }) {
  return content.columns.map(({ key, numeric }, i) => {
    const cell = row[key];
    const shown = cell === undefined ? '' : (render?.(key, cell, row) ?? <CellText cell={cell} />);
    return i === 0 ? (
      <th key={key} scope="row" className={numeric ? 'num' : undefined}>
        {shown}
      </th>
    ) : (
      <td key={key} className={numeric ? 'num' : undefined}>
        {shown}
      </td>
    );
  });
}

/** Missing, suppressed and zero are three different things. */
function CellText({ cell }: { readonly cell: Cell }) {
  const say = useWords();
  if (cell.suppressed !== undefined)
    return (
      <Reason text={cell.suppressed}>
        <span className="cell-suppressed" tabIndex={0}>
          {say.suppressed}<span className="visually-hidden">: {cell.suppressed}</span>
        </span>
      </Reason>
    );
  if (cell.site !== undefined) return <SiteName name={cell.text} place={cell.site} />;
  if (cell.value === null && cell.text === '–') return <span aria-label={say.notAvailable}>–</span>;
  return cell.text;
}
