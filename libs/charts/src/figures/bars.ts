import { bottomAxis, linear, ticks, tickLabels } from '../axes.js';
import { hidden, numeric, words as cell, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { rect, scene, siteMark, suppressedBar, text, type Scene } from '../scene.js';

export interface Bar {
  readonly label: string;
  readonly site?: number;
  readonly value: number | null;
  /** Why there is no value. */
  readonly absent?: string;
  /** Said after the value: `61%`. */
  readonly note?: string;
}

export interface BarsData {
  readonly id: string;
  readonly title: string;
  readonly reading: string;
  readonly answer: string;
  readonly legend: string;
  readonly methods: string;
  readonly rowsAre: string;
  readonly valueIs: string;
  readonly format: (value: number) => string;
  readonly bars: readonly Bar[];
  readonly facts: FigureFacts;
}

const ROW = 28;

/** Lengths in rows, longest as the data have them: SHAP importance, bytes of a site, features by class. */
export function barsFigure(data: BarsData): Figure {
  const { id, title, reading, answer, legend, methods, rowsAre, valueIs, bars, facts, format } = data;
  return {
    id,
    title,
    reading,
    answer,
    legend,
    methods,
    facts,
    table: {
      caption: title,
      columns: [
        { key: 'row', label: rowsAre },
        { key: 'value', label: valueIs, numeric: true },
      ],
      rows: bars.map((bar) => ({
        row: { ...cell(bar.label), ...(bar.site === undefined ? {} : { site: bar.site }) },
        value: bar.absent === undefined ? numeric(bar.value, format) : hidden(bar.absent),
      })),
    },
    data: { bars, valueIs },
    draw: (space) => draw(data, space),
  };
}

function draw(data: BarsData, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const { valueIs } = data;
  const names = Math.min(canvas.width * (canvas.narrow ? 0.4 : 0.34), Math.max(...data.bars.map(({ label, site }) => label.length * 7.2 + (site === undefined ? 12 : 30))));
  const room = (all: readonly Bar[]): number => Math.max(60, ...all.map((bar) => saidOf(bar, data.format).length * 6.6 + 12));
  // Notes that would be cut are read from the table.
  const bars = room(data.bars) > canvas.width * 0.3 ? data.bars.map(({ note: _, ...bar }) => bar) : data.bars;
  const said = Math.min(canvas.width * 0.3, room(bars));
  const plot = { x: names + 8, y: 4, width: canvas.width - names - 8 - said, height: bars.length * ROW + 6 };
  const most = Math.max(0, ...bars.map(({ value }) => value ?? 0)) || 1;
  const x = linear([0, most], [plot.x, plot.x + plot.width]);
  const values = ticks(0, most, canvas.narrow ? 3 : 5);
  canvas.add(bottomAxis(plot, x, values, { palette, title: valueIs, labels: most > 5000 || values.some((value) => !Number.isInteger(value * 10_000)) ? values.map(data.format) : tickLabels(values) }));
  bars.forEach((bar, i) => drawBar(bar, plot.y + 3 + i * ROW, { canvas, x, names, said, data, plot }));
  return canvas.drawing(plot.y + plot.height + 52);
}

/** What stands after a bar. */
const saidOf = ({ value, note }: Bar, format: BarsData['format']): string => (value === null ? '' : `${format(value)}${note === undefined ? '' : `  ${note}`}`);

interface Drawn {
  readonly canvas: Scene;
  readonly x: (value: number) => number;
  readonly names: number;
  readonly said: number;
  readonly data: BarsData;
  readonly plot: { readonly x: number; readonly width: number };
}

function drawBar(bar: Bar, top: number, { canvas, x, names, said, data, plot }: Drawn): void {
  const { label, site, value, absent } = bar;
  const { palette } = canvas;
  const y = top + ROW / 2;
  const indent = site === undefined ? 0 : 18;
  const head = [...(site === undefined ? [] : [siteMark(site, 6, y, { palette })]), text(label, indent, y, { colour: palette.ink, size: 13, fit: names - indent - 8 })];
  if (absent !== undefined || value === null) {
    canvas.add([...head, ...suppressedBar({ x: plot.x, y: y - 5, width: plot.width, height: 10 }, absent ?? 'Not estimable', palette)], absent);
    return;
  }
  const words = saidOf(bar, data.format);
  canvas.add([...head, rect({ x: plot.x, y: y - 8, width: Math.max(1, x(value) - plot.x), height: 16 }, { fill: palette.accent, radius: 1 }), text(words, Math.max(plot.x, x(value)) + 6, y, { colour: palette.ink2, fit: said - 6 })], `${label}: ${words}`);
}
