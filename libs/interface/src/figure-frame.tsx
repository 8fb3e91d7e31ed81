import { Button, Menu, MenuItem } from '@mui/material';
import { useMemo, useRef, useState } from 'react';
import { footerParts, type Figure } from '@consilium/charts';
import { Chart } from './chart.js';
import { DataTable } from './data-table.js';
import { saveFigure, type FileKind } from './downloads.js';
import { Reason } from './reason.js';

export type FigureView = 'chart' | 'table';

export interface FigureFrameProps {
  readonly figure: Figure;
  readonly number: number;
  readonly view: FigureView;
  readonly onView: (view: FigureView) => void;
  /** Before the names of downloaded files: `run-14-`. */
  readonly prefix: string;
}

const kinds: readonly (readonly [FileKind, string])[] = [
  ['svg', 'SVG drawing'],
  ['png', 'PNG picture, 2×'],
  ['pdf', 'PDF, by printing'],
  ['csv', 'CSV table'],
  ['json', 'JSON, full precision'],
];

/** A figure with its title, how to read it, its table, legend, downloads and footer. */
export function FigureFrame({ figure, number, view, onView, prefix }: FigureFrameProps) {
  const [legend, setLegend] = useState(false);
  const label = `Figure ${number}.`;
  return (
    <figure className="figure" aria-labelledby={`figure-${figure.id}`} data-figure={figure.id}>
      <div className="figure-head">
        <div>
          <h2 id={`figure-${figure.id}`}>
            {label} {figure.title}
          </h2>
          <p>{figure.reading}</p>
        </div>
        <div className="figure-tools">
          <Button aria-pressed={view === 'table'} onClick={() => onView(view === 'table' ? 'chart' : 'table')}>
            {view === 'table' ? 'Chart' : 'Table'}
          </Button>
          <Button aria-expanded={legend} onClick={() => setLegend(!legend)}>
            Legend
          </Button>
          <DownloadMenu figure={figure} label={label} prefix={prefix} />
        </div>
      </div>
      {legend && <Legend figure={figure} />}
      {view === 'table' ? <DataTable table={figure.table} captionHidden /> : <div className="figure-plot"><Chart figure={figure} /></div>}
      <figcaption className="figure-foot">
        {footerParts(figure.facts).map((part) => (/^[\d\u202f]+ suppressed$/.test(part) ? <SuppressedPart key={part} part={part} figure={figure} /> : <span key={part}>{part}</span>))}
      </figcaption>
    </figure>
  );
}

/** How many figures are suppressed, and on hover and focus which and why: a drawing has no parts that take the focus. */
function SuppressedPart({ part, figure }: { readonly part: string; readonly figure: Figure }) {
  const reasons = useMemo(() => suppressedIn(figure), [figure]);
  if (reasons.length === 0) return <span>{part}</span>;
  return (
    <Reason
      text={reasons.map((one) => (
        <span key={one} style={{ display: 'block' }}>
          {one}
        </span>
      ))}
    >
      <span className="figure-suppressed" tabIndex={0}>
        {part}
      </span>
    </Reason>
  );
}

/** More reasons than these are in the table. */
const MOST_REASONS = 12;

function suppressedIn({ table }: Figure): string[] {
  const found = new Set(table.rows.flatMap((row) => Object.values(row).flatMap(({ suppressed }) => (suppressed === undefined ? [] : [`${row['row']?.text ?? ''}: ${suppressed}`]))));
  const all = [...found];
  return all.length <= MOST_REASONS ? all : [...all.slice(0, MOST_REASONS), `and ${all.length - MOST_REASONS} more, in the table`];
}

function Legend({ figure }: { readonly figure: Figure }) {
  const copy = (): void => void navigator.clipboard?.writeText(`${figure.legend}\n\n${figure.methods}`);
  return (
    <div className="figure-legend">
      <p>{figure.legend}</p>
      <p>{figure.methods}</p>
      <div>
        <Button onClick={copy}>Copy both</Button>
      </div>
    </div>
  );
}

function DownloadMenu({ figure, label, prefix }: { readonly figure: Figure; readonly label: string; readonly prefix: string }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button ref={anchor} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(true)}>
        Download ▾
      </Button>
      <Menu open={open} anchorEl={anchor.current} onClose={() => setOpen(false)}>
        {kinds.map(([kind, words]) => (
          <MenuItem
            key={kind}
            onClick={() => {
              setOpen(false);
              void saveFigure(figure, kind, { label, prefix });
            }}
          >
            {words}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
