import { bottomAxis, linear, logarithmic, ratioTicks, ticks, type Scale } from '../axes.js';
import { hidden, numeric, words, type Cell, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, estimate, fixed, number, percent, range, type Bounds, type NumberKind } from '../numbers.js';
import { line, polygon, rect, scene, siteMark, suppressedBar, text, type Box, type Scene, type Shape } from '../scene.js';
import type { Palette } from '../tokens.js';

/** One line of a forest: a hospital, a group or a model. */
export interface ForestRow {
  readonly label: string;
  /** Place of the site whose mark it wears; null for groups and models. */
  readonly site: number | null;
  readonly patients: number | null;
  readonly events: number | null;
  readonly result: { readonly estimate: number; readonly interval: Bounds | null; readonly weight: number | null } | { readonly reason: string; readonly suppressed: boolean };
}

export interface ForestPool {
  readonly label: string;
  readonly sites: number;
  readonly estimate: number;
  readonly confidence: Bounds;
  /** Null where fewer than three sites, or the method, give none. */
  readonly prediction: Bounds | null;
  readonly predictionAbsent: string;
  readonly tau2: number;
  readonly i2: number;
}

export interface ForestData {
  readonly id: string;
  readonly title: string;
  readonly reading: string;
  readonly answer: string;
  readonly methods: string;
  readonly measure: { readonly name: string; readonly axis: string; readonly kind: NumberKind; readonly scale: 'linear' | 'log'; readonly line: number | null; readonly domain: readonly [number, number] | null };
  readonly rowsAre: string;
  readonly rows: readonly ForestRow[];
  readonly pool: ForestPool | { readonly reason: string } | null;
  readonly facts: FigureFacts;
}

/** Estimates with their intervals in rows, the pooled one as a diamond and the prediction interval as a rectangle in a row of its own. */
export function forestFigure(data: ForestData): Figure {
  const { id, title, reading, answer, methods, facts } = data;
  return { id, title, reading, answer, methods, facts, legend: legendOf(data), table: tableOf(data), data, draw: (space) => draw(data, space) };
}

const isPooled = (pool: ForestData['pool']): pool is ForestPool => pool !== null && 'estimate' in pool;

function legendOf({ title, measure, pool }: ForestData): string {
  const pooled = isPooled(pool)
    ? ' Diamond: random-effects pooled estimate with its 95% confidence interval. Rectangle: 95% prediction interval for a new hospital.'
    : '';
  return `${title}. ${measure.name} with 95% confidence interval; the area of a square is the weight.${pooled} Hatched: suppressed by the hospital's minimum counts.`;
}

function tableOf({ title, measure, rowsAre, rows, pool }: ForestData): Figure['table'] {
  const format = (value: number): string => number(value, measure.kind);
  const line = ({ label, site, patients, events, result }: ForestRow): Record<string, Cell> => ({
    row: { ...words(label), ...(site === null ? {} : { site }) },
    n: numeric(patients, count),
    events: numeric(events, count),
    ...('estimate' in result
      ? { estimate: numeric(result.estimate, format), low: numeric(result.interval?.low, format), high: numeric(result.interval?.high, format), weight: numeric(result.weight, percent) }
      : { estimate: result.suppressed ? hidden(result.reason) : { text: result.reason, value: null }, low: numeric(null, format), high: numeric(null, format), weight: numeric(null, percent) }),
  });
  const bounds = ({ low, high }: Bounds): Record<string, Cell> => ({ low: numeric(low, format), high: numeric(high, format) });
  const spread = (label: string, value: number, digits: number): Record<string, Cell> => ({ ...none, row: words(label), estimate: { text: fixed(value, digits), value }, low: numeric(null, format), high: numeric(null, format) });
  const none = { n: numeric(null, count), events: numeric(null, count), weight: numeric(null, percent) };
  const pooled = isPooled(pool)
    ? [
        { ...none, row: words(pool.label), estimate: numeric(pool.estimate, format), ...bounds(pool.confidence) },
        ...(pool.prediction ? [{ ...none, row: words('New hospital (95% prediction)'), estimate: numeric(null, format), ...bounds(pool.prediction) }] : []),
        spread('Between hospitals, τ²', pool.tau2, 3),
        spread('Between hospitals, I² in percent', pool.i2, 1),
      ]
    : [];
  return {
    caption: title,
    columns: [
      { key: 'row', label: rowsAre },
      { key: 'n', label: 'n', numeric: true },
      { key: 'events', label: 'Events', numeric: true },
      { key: 'estimate', label: measure.name, numeric: true },
      { key: 'low', label: '95% low', numeric: true },
      { key: 'high', label: '95% high', numeric: true },
      { key: 'weight', label: 'Weight', numeric: true },
    ],
    rows: [...rows.map(line), ...pooled],
  };
}

interface Layout {
  readonly plot: Box;
  readonly rowHeight: number;
  readonly scale: Scale;
  readonly values: readonly number[];
  readonly domain: readonly [number, number];
  /** Right edges of the columns of text. */
  readonly names: number;
  readonly columns: { readonly n: number; readonly estimate: number; readonly weight: number } | null;
}

const LARGEST_SQUARE = 17;
/** Height of the line that says how much hospitals differ. */
const SPREAD_ROW = 22;

function draw(data: ForestData, space: Space): Drawing {
  const canvas = scene(space);
  const layout = layOut(data, canvas);
  const { plot, rowHeight } = layout;
  const { palette } = canvas;
  drawAxis(data, layout, canvas);
  const rowsBottom = plot.y + data.rows.length * rowHeight;
  if (isPooled(data.pool)) {
    const x = layout.scale(data.pool.estimate);
    canvas.add(line([x, plot.y, x, rowsBottom], { colour: palette.accent, width: 1, dash: [3, 3] }));
  }
  data.rows.forEach((row, i) => drawRow(row, plot.y + i * rowHeight, { data, layout, canvas }));
  if (data.pool !== null) drawPool(data.pool, rowsBottom, { data, layout, canvas });
  return canvas.drawing(plot.y + plot.height + 52);
}

function layOut(data: ForestData, canvas: Scene): Layout {
  const { measure, rows, pool } = data;
  const narrow = canvas.narrow;
  const rowHeight = narrow ? 56 : 36;
  const longest = Math.max(8, ...rows.map(({ label }) => label.length), isPooled(pool) ? 22 : 0);
  const names = Math.min(canvas.width * 0.3, longest * 6.7 + 18);
  const withWeight = rows.some(({ result }) => 'estimate' in result && result.weight !== null);
  const withCounts = rows.some(({ patients }) => patients !== null);
  const weight = canvas.width;
  const estimateRight = withWeight ? weight - 60 : weight - 4;
  const n = names + (withCounts ? 88 : 0);
  const left = narrow ? 16 : n + 24;
  const right = narrow ? canvas.width - 16 : estimateRight - (measure.kind === 'netBenefit' ? 158 : 132);
  const pooledRows = pool === null ? 0 : isPooled(pool) ? 2 : 1;
  const plot = { x: left, y: narrow ? 4 : 34, width: right - left, height: (rows.length + pooledRows) * rowHeight + (isPooled(pool) ? SPREAD_ROW : 0) + 8 };
  const domain = measure.domain ?? domainOf(data);
  const make = measure.scale === 'log' ? logarithmic : linear;
  return {
    plot,
    rowHeight,
    names: narrow ? plot.width * 0.6 : names,
    scale: make(domain, [plot.x, plot.x + plot.width]),
    values: measure.scale === 'log' ? ratioTicks(...domain) : ticks(...domain),
    domain,
    columns: narrow ? null : { n, estimate: estimateRight, weight: withWeight ? weight : 0 },
  };
}

/** From the least to the greatest bound, rounded outwards; AUC from 0.5, or 0.4 if a bound needs it. */
function domainOf({ rows, pool, measure }: ForestData): [number, number] {
  const bounds = rows.flatMap(({ result }) => ('estimate' in result ? [result.estimate, result.interval?.low ?? result.estimate, result.interval?.high ?? result.estimate] : []));
  if (isPooled(pool)) bounds.push(pool.confidence.low, pool.confidence.high, ...(pool.prediction ? [pool.prediction.low, pool.prediction.high] : []));
  if (measure.line !== null) bounds.push(measure.line);
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)];
  if (measure.kind === 'auc') return [least >= 0.5 ? 0.5 : least >= 0.4 ? 0.4 : 0, 1];
  if (measure.scale === 'log') return [Math.max(0.1, least / 1.15), Math.min(10, most * 1.15)];
  const margin = (most - least) * 0.06 || 0.1;
  return [least - margin, most + margin];
}

function drawAxis({ measure, rowsAre, rows }: ForestData, { plot, scale, values, columns, domain }: Layout, canvas: Scene): void {
  const { palette } = canvas;
  const head = (label: string, x: number, align: 'left' | 'right') => text(label, x, 12, { colour: palette.ink2, weight: 600, align });
  canvas.add(bottomAxis(plot, scale, values, { palette, title: canvas.narrow ? measure.axis.replace(/ \(.*/, '') : measure.axis, ...(measure.kind === 'auc' || measure.scale === 'log' ? { labels: values.map((value) => number(value, 'auc')) } : {}) }));
  if (columns) {
    canvas.add([
      head(rowsAre, 0, 'left'),
      ...(rows.some(({ patients }) => patients !== null) ? [head('n (events)', columns.n, 'right')] : []),
      head(`${measure.name} (95% CI)`, columns.estimate, 'right'),
      ...(columns.weight > 0 ? [head('Weight', columns.weight, 'right')] : []),
    ]);
  }
  if (measure.line !== null && measure.line > domain[0] && measure.line < domain[1]) {
    const x = scale(measure.line);
    canvas.add(line([x, plot.y, x, plot.y + plot.height], { colour: palette.ink3, width: 1 }));
  }
}

/** A letter of 13 pixels is this wide on average. */
const LETTER = 6.4;

/** A sentence where a mark would be, on surface so that no rule runs through it; a long one smaller and in two lines. */
function wordsOnPlot(reason: string, box: Box, { palette }: Scene): Shape[] {
  const size = reason.length * LETTER <= box.width - 8 ? 13 : 11;
  const place = box.x === 0 ? 0 : box.x + box.width / 2;
  return [rect(box, { fill: palette.surface }), text(reason, place, box.y + box.height / 2, { colour: palette.ink2, align: box.x === 0 ? 'left' : 'center', fit: box.width - 8, size, lines: size === 13 ? 1 : 2 })];
}

/** Where texts stand over the plot, so that no line runs through them. */
const behind = (said: string, right: number, y: number, palette: Palette): Shape => rect({ x: right - wide(said) - 4, y: y - 9, width: wide(said) + 6, height: 18 }, { fill: palette.surface });

/** About the width of words in 13 px. */
const wide = (said: string): number => said.length * 7.4;

interface Drawn {
  readonly data: ForestData;
  readonly layout: Layout;
  readonly canvas: Scene;
}

function drawRow(row: ForestRow, top: number, { data, layout, canvas }: Drawn): void {
  const { palette, narrow } = canvas;
  const { plot, rowHeight, columns } = layout;
  const middle = narrow ? top + 38 : top + rowHeight / 2;
  const label = narrow ? top + 14 : middle;
  const shown = 'estimate' in row.result;
  const nameLook = { colour: shown ? palette.ink : palette.ink2, weight: 500, size: 13 } as const;
  const indent = data.rows.some(({ site }) => site !== null) ? 18 : 0;
  const shapes = [...(narrow ? [behind(row.label, indent + wide(row.label), label, palette)] : []), text(row.label, indent, label, { ...nameLook, fit: layout.names - indent }), ...(row.site !== null && shown ? [siteMark(row.site, 6, label, { palette })] : [])];
  if (columns && row.patients !== null) shapes.push(text(`${count(row.patients)}${row.events === null ? '' : ` (${count(row.events)})`}`, columns.n, middle, { colour: palette.ink2, align: 'right', size: 13 }));
  if (!('estimate' in row.result)) {
    const { reason, suppressed } = row.result;
    const box = { x: plot.x, y: middle - 5, width: plot.width, height: 10 };
    shapes.push(...(suppressed ? suppressedBar(box, reason, palette) : wordsOnPlot(reason, { x: plot.x, y: middle - 14, width: plot.width, height: 28 }, canvas)));
    if (columns) shapes.push(text(suppressed ? 'Suppressed' : 'Not estimable', columns.estimate, middle, { colour: palette.ink2, align: 'right', size: 13 }));
    canvas.add(shapes, reason);
    return;
  }
  const { estimate: value, interval, weight } = row.result;
  const said = interval ? estimate(value, interval, data.measure.kind, false) : number(value, data.measure.kind);
  if (narrow) shapes.push(behind(said, plot.x + plot.width, label, palette));
  shapes.push(text(said, columns?.estimate ?? plot.x + plot.width, label, { colour: palette.ink, align: 'right', size: 13 }));
  if (columns && columns.weight > 0 && weight !== null) shapes.push(text(percent(weight), columns.weight, middle, { colour: palette.ink2, align: 'right', size: 13 }));
  canvas.add([...shapes, ...estimateShapes(row.result, middle, { data, layout, canvas })], `${row.label}: ${said}`);
}

/** The interval without caps, an arrow where the axis ends before it, and the square. */
function estimateShapes({ estimate: value, interval, weight }: Extract<ForestRow['result'], { estimate: number }>, y: number, { data, layout, canvas }: Drawn) {
  const { palette } = canvas;
  const { scale, domain, plot } = layout;
  const largest = Math.max(...data.rows.map(({ result }) => ('estimate' in result ? (result.weight ?? 0) : 0)));
  const side = weight === null || largest === 0 ? 9 : Math.max(5, LARGEST_SQUARE * Math.sqrt(weight / largest));
  const shapes = [];
  if (interval) {
    const low = Math.max(interval.low, domain[0]);
    const high = Math.min(interval.high, domain[1]);
    shapes.push(line([scale(low), y, scale(high), y], { colour: palette.ink, width: 1.5 }));
    if (interval.low < domain[0]) shapes.push(polygon([[plot.x - 1, y], [plot.x + 7, y - 4], [plot.x + 7, y + 4]], { fill: palette.ink }));
    const end = plot.x + plot.width;
    if (interval.high > domain[1]) shapes.push(polygon([[end + 1, y], [end - 7, y - 4], [end - 7, y + 4]], { fill: palette.ink }));
  }
  if (value >= domain[0] && value <= domain[1]) {
    const x = scale(value);
    shapes.push(rect({ x: x - side / 2, y: y - side / 2, width: side, height: side }, { fill: palette.ink, stroke: palette.surface }));
  }
  return shapes;
}

function drawPool(pool: ForestPool | { readonly reason: string }, top: number, { data, layout, canvas }: Drawn): void {
  const { palette, narrow } = canvas;
  const { plot, rowHeight, columns, scale, domain } = layout;
  canvas.add(line([0, top, canvas.width, top], { colour: palette.edge }));
  if (!isPooled(pool)) {
    canvas.add(wordsOnPlot(pool.reason, { x: 0, y: top + 4, width: plot.x + plot.width, height: rowHeight - 8 }, canvas));
    return;
  }
  const kind = data.measure.kind;
  const at = (value: number): number => scale(Math.min(domain[1], Math.max(domain[0], value)));
  const rowText = (label: string, said: string, row: number) => {
    const y = narrow ? top + row * rowHeight + 14 : top + (row + 0.5) * rowHeight;
    return [...(narrow ? [behind(label, wide(label), y, palette)] : []), ...(narrow && said !== '' ? [behind(said, plot.x + plot.width, y, palette)] : []), text(label, 0, y, { colour: palette.ink, weight: 600, size: 13 }), text(said, columns?.estimate ?? plot.x + plot.width, y, { colour: palette.ink, weight: 600, align: 'right', size: 13 })];
  };
  const y = narrow ? top + 38 : top + rowHeight / 2;
  const { low, high } = pool.confidence;
  const said = estimate(pool.estimate, pool.confidence, kind, false);
  const patients = data.facts.patients;
  canvas.add(
    [
      ...rowText(pool.label, said, 0),
      ...(columns && patients !== null ? [text(`${count(patients)}${data.facts.events === null ? '' : ` (${count(data.facts.events)})`}`, columns.n, y, { colour: palette.ink, weight: 600, align: 'right', size: 13 })] : []),
      polygon([[at(low), y], [at(pool.estimate), y - 9], [at(high), y], [at(pool.estimate), y + 9]], { fill: palette.accent }),
    ],
    `${pool.label}: ${said}`,
  );
  const below = y + rowHeight;
  const [spread, beneath] = [`τ² ${fixed(pool.tau2, 3)}, I² ${fixed(pool.i2, 0)}%`, top + 2 * rowHeight + SPREAD_ROW / 2];
  canvas.add([...(narrow ? [behind(spread, wide(spread), beneath, palette)] : []), text(spread, 0, beneath, { colour: palette.ink2, size: 12 })]);
  if (pool.prediction === null) {
    canvas.add([...rowText('New hospital', '', 1), text(pool.predictionAbsent, plot.x + plot.width / 2, below, { colour: palette.ink2, align: 'center', fit: plot.width })]);
    return;
  }
  const { prediction } = pool;
  const band = { x: at(prediction.low), y: below - 5, width: Math.max(2, at(prediction.high) - at(prediction.low)), height: 10 };
  canvas.add([...rowText(narrow ? 'New hospital, 95% prediction' : 'New hospital (95% prediction)', range(prediction.low, prediction.high, kind), 1), rect(band, { fill: palette.accentSoft, stroke: palette.accent, width: 1.5, radius: 2 })], `95% prediction interval: ${range(prediction.low, prediction.high, kind)}`);
}
