import { Button, Menu, MenuItem } from '@mui/material';
import { useRef, useState } from 'react';
import { footerParts, type Figure } from '@consilium/charts';
import { Chart } from './chart.js';
import { DataTable } from './data-table.js';
import { saveFigure, type FileKind } from './downloads.js';

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
        {footerParts(figure.facts).map((part) => (
          <span key={part}>{part}</span>
        ))}
      </figcaption>
    </figure>
  );
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
