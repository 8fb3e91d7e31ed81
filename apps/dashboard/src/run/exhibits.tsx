import { Fragment, type ReactNode } from 'react';
import { isFigure, type Figure, type FigureTable, type Finding } from '@consilium/charts';
import { DataTable, FigureFrame, type FigureFrameProps, Panel } from '@consilium/interface';

/** A figure, a table, or something between them. */
export type Exhibit =
  | { readonly title: string; readonly finding: Finding }
  | { readonly title: string; readonly table: FigureTable | string | null }
  | { readonly title: string; readonly node: ReactNode };

/** Why an exhibit cannot be shown; null where it can. */
function reasonOf(exhibit: Exhibit): string | null {
  if ('node' in exhibit) return null;
  if ('finding' in exhibit) return isFigure(exhibit.finding) ? null : exhibit.finding.absent;
  return exhibit.table === null ? 'Not in this run.' : typeof exhibit.table === 'string' ? exhibit.table : null;
}

/** What a result page shows, in order: figures numbered as they stand, tables, and in one place at the end what this run does not have, and why. */
export function Exhibits({ items, frame }: { readonly items: readonly Exhibit[]; readonly frame: Pick<FigureFrameProps, 'view' | 'onView' | 'prefix'> }) {
  const shown = items.filter((item) => reasonOf(item) === null);
  const figures = shown.flatMap((item) => ('finding' in item && isFigure(item.finding) ? [item.finding.figure] : []));
  const absent = items.flatMap((item) => (reasonOf(item) === null ? [] : [[item.title, reasonOf(item)!] as const]));
  return (
    <>
      {shown.map((item) => (
        <Fragment key={item.title}>{'node' in item ? item.node : 'table' in item ? <TablePanel table={item.table as FigureTable} /> : <Numbered figure={(item.finding as { readonly figure: Figure }).figure} among={figures} frame={frame} />}</Fragment>
      ))}
      {absent.length > 0 && <Absent reasons={absent} />}
    </>
  );
}

const Numbered = ({ figure, among, frame }: { readonly figure: Figure; readonly among: readonly Figure[]; readonly frame: Pick<FigureFrameProps, 'view' | 'onView' | 'prefix'> }) => <FigureFrame figure={figure} number={among.indexOf(figure) + 1} {...frame} />;

const TablePanel = ({ table }: { readonly table: FigureTable }) => (
  <div className="panel">
    <DataTable table={table} />
  </div>
);

/** Names of what is not shown, each with its reason. */
function Absent({ reasons }: { readonly reasons: readonly (readonly [string, string])[] }) {
  return (
    <div data-absent={reasons.map(([title]) => title).join(', ')}>
      <Panel wide title="Not shown here" facts={reasons} />
    </div>
  );
}
