import { hidden, numeric, words, type Cell, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { hatch, polyline, rect, scene, text, type Scene, type Shape } from '../scene.js';
import { inkOn, scaleColour, type Palette } from '../tokens.js';

export interface MatrixCell {
  readonly value: number | null;
  readonly suppressed?: string;
}

/** A merge of a clustering: leaves have the indices of rows, merges go on from there; the height is the distance. */
export interface ClusterMerge {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface MatrixData {
  readonly id: string;
  readonly title: string;
  readonly reading: string;
  readonly answer: string;
  readonly legend: string;
  readonly methods: string;
  readonly rowsAre: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly MatrixCell[])[];
  readonly format: (value: number) => string;
  /** Diverging about 0 with this as its end, or sequential from 0 to it. */
  readonly scale: { readonly kind: 'diverging' | 'sequential'; readonly end: number; readonly low: string; readonly high: string };
  /** Write values into cells that have the room. */
  readonly written: boolean;
  /** Rows in the order of the leaves; drawn left of the names. */
  readonly tree: readonly ClusterMerge[] | null;
  readonly facts: FigureFacts;
}

/** Coloured cells: group means by feature, correlations, scanners by site, missing values. Suppressed cells are hatched. */
export function matrixFigure(data: MatrixData): Figure {
  const { id, title, reading, answer, legend, methods, rowsAre, rows, columns, cells, format, facts } = data;
  const cell = ({ value, suppressed }: MatrixCell): Cell => (suppressed === undefined ? numeric(value, format) : hidden(suppressed));
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
      columns: [{ key: 'row', label: rowsAre }, ...columns.map((label, j) => ({ key: `c${j}`, label, numeric: true }))],
      rows: rows.map((label, i) => ({ row: words(label), ...Object.fromEntries(cells[i]!.map((one, j) => [`c${j}`, cell(one)])) })),
    },
    data: { rows, columns, cells, tree: data.tree },
    draw: (space) => draw(data, space),
  };
}

function draw(data: MatrixData, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const { rows, columns, tree } = data;
  const treeWidth = tree === null || canvas.narrow ? 0 : 56;
  const names = Math.min(canvas.width * 0.42, Math.max(...rows.map(({ length }) => length)) * 6.6 + (canvas.narrow && columns.length === rows.length ? 30 : 12));
  const left = treeWidth + names;
  const longest = Math.max(...columns.map(({ length }) => length));
  const upright = Math.min(96, (canvas.width - left - 12) / Math.max(1, columns.length));
  const turned = longest * 6.4 > upright - 4;
  const beside = turned ? Math.min(upright, (canvas.width - left - Math.min(84, longest * 3.4)) / Math.max(1, columns.length)) : upright;
  const numbered = turned && beside < LEAST_TURNED && columns.length === rows.length;
  const cellWidth = numbered ? upright : beside;
  const cellHeight = Math.max(14, Math.min(28, columns.length === rows.length ? cellWidth : 28));
  const head = turned && !numbered ? Math.min(170, longest * 5.7 + 16) : 26;
  const least = numbered ? LEAST_NUMBER : turned ? LEAST_TURNED : 1;
  const heads = columnHeads(data, { numbered, step: Math.max(1, Math.ceil(least / cellWidth)) });
  canvas.add(heads.map(({ label, j }) => text(label, left + (j + 0.5) * cellWidth, head - 8, { colour: palette.ink2, size: cellWidth < 16 ? 11 : 12, ...(turned && !numbered ? { turn: Math.PI / 3, align: 'left', fit: 176 } : { align: 'center' }) })));
  rows.forEach((label, i) => drawRow(numbered ? `${i + 1} ${label}` : label, i, { canvas, data, left, treeWidth, names, top: head + i * cellHeight, cellWidth, cellHeight }));
  const bottom = head + rows.length * cellHeight;
  if (tree !== null && treeWidth > 0) canvas.add(treeShapes(tree, rows.length, { palette, width: treeWidth - 6, top: head, cellHeight }));
  drawKey(data, canvas, { x: left, y: bottom + 16 });
  return canvas.drawing(bottom + 52);
}

/** Narrower columns have no room for turned names: those of a matrix with its rows for columns are numbered as the rows are, of others some are left out. */
const LEAST_TURNED = 14;
const LEAST_NUMBER = 18;

const columnHeads = ({ columns }: MatrixData, { numbered, step }: { readonly numbered: boolean; readonly step: number }): { readonly label: string; readonly j: number }[] =>
  columns.flatMap((label, j) => (j % step === 0 ? [{ label: numbered ? String(j + 1) : label, j }] : []));

interface Drawn {
  readonly canvas: Scene;
  readonly data: MatrixData;
  readonly left: number;
  readonly treeWidth: number;
  readonly names: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

function drawRow(label: string, i: number, { canvas, data, left, treeWidth, names, top, cellWidth, cellHeight }: Drawn): void {
  const { palette } = canvas;
  canvas.add(text(label, treeWidth, top + cellHeight / 2, { colour: palette.ink, size: cellHeight < 18 ? 11 : 12, fit: names - 8 }));
  data.cells[i]!.forEach(({ value, suppressed }, j) => {
    const box = { x: left + j * cellWidth, y: top, width: cellWidth - 1, height: cellHeight - 1 };
    const about = `${data.rows[i]!}, ${data.columns[j]!}`;
    if (suppressed !== undefined) return canvas.add(hatch(box, palette), `${about}: suppressed. ${suppressed}`);
    if (value === null) return canvas.add([rect(box, { fill: palette.sunken }), text('–', box.x + box.width / 2, box.y + box.height / 2, { colour: palette.ink3, align: 'center' })], `${about}: not available`);
    const fill = colourOf(value, data.scale, palette);
    const said = data.format(value);
    const room = data.written && cellWidth >= said.length * 7 && cellHeight >= 16;
    canvas.add([rect(box, { fill }), ...(room ? [text(said, box.x + box.width / 2, box.y + box.height / 2, { colour: inkOn(fill, palette), align: 'center' })] : [])], `${about}: ${said}`);
  });
}

function colourOf(value: number, { kind, end }: MatrixData['scale'], palette: Palette): string {
  return kind === 'diverging' ? scaleColour(palette.diverging, (value / end + 1) / 2) : scaleColour(palette.sequential, value / end);
}

/** Right angles between merges, the root at the left. */
function treeShapes(tree: readonly ClusterMerge[], leaves: number, { palette, width, top, cellHeight }: { readonly palette: Palette; readonly width: number; readonly top: number; readonly cellHeight: number }): Shape[] {
  const highest = Math.max(1e-9, ...tree.map(({ height }) => height));
  const at: { x: number; y: number }[] = Array.from({ length: leaves }, (_, i) => ({ x: width, y: top + (i + 0.5) * cellHeight }));
  return tree.map(({ left, right, height }) => {
    const [a, b] = [at[left]!, at[right]!];
    const x = width * (1 - height / highest);
    at.push({ x, y: (a.y + b.y) / 2 });
    return polyline([[a.x, a.y], [x, a.y], [x, b.y], [b.x, b.y]], { colour: palette.edge });
  });
}

/** The colours with what their ends mean; moved and narrowed to lie inside the figure. */
function drawKey({ scale, format }: MatrixData, canvas: Scene, { x, y }: { readonly x: number; readonly y: number }): void {
  const { palette } = canvas;
  const colours = scale.kind === 'diverging' ? palette.diverging : palette.sequential;
  const width = Math.min(34, Math.floor(canvas.width / colours.length));
  const start = Math.max(0, Math.min(x, canvas.width - colours.length * width));
  const end = start + colours.length * width;
  canvas.add([
    ...colours.map((fill, i) => rect({ x: start + i * width, y, width, height: 10 }, { fill })),
    text(`${format(scale.kind === 'diverging' ? -scale.end : 0)} ${scale.low}`, start, y + 22, { colour: palette.ink2 }),
    text(`${format(scale.end)} ${scale.high}`, end, y + 22, { colour: palette.ink2, align: 'right' }),
  ]);
}
