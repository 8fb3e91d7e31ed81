import { bottomAxis, leftAxis, linear, ticks } from '../axes.js';
import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, number, percent } from '../numbers.js';
import { line, polyline, rect, scene, siteMark, text } from '../scene.js';
import { siteColour } from '../tokens.js';

export interface DecisionCurve {
  readonly label: string;
  readonly site: number | null;
  readonly points: readonly { readonly threshold: number; readonly netBenefit: number }[];
  /** Net benefit of treating everybody there; absent where the figure draws it for all patients together. */
  readonly treatAll?: readonly { readonly threshold: number; readonly netBenefit: number }[];
  readonly absent: string | null;
}

export interface DecisionCurveData {
  readonly curves: readonly DecisionCurve[];
  /** Net benefit of treating everybody, of the pooled patients. */
  readonly treatAll: readonly { readonly threshold: number; readonly netBenefit: number }[];
  /** The plan's range of thresholds, shaded; null where it declares none. */
  readonly range: readonly [number, number] | null;
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** Net benefit against the threshold, beside treating all and treating none; a second axis counts per 100 patients. */
export function decisionCurveFigure({ curves, treatAll, range, answer, facts }: DecisionCurveData): Figure {
  return {
    id: 'decision-curve',
    title: 'Net benefit by decision threshold',
    reading: 'Useful where a line is above treating none and above treating all (dashed).',
    answer,
    legend: 'Decision curves of the model pooled and at each hospital, with the strategies of treating all patients and none. Shaded: the range of thresholds that the plan declares. Net benefit: true positives less false positives weighted by threshold / (1 − threshold), per patient.',
    methods: 'Clinical usefulness was assessed by decision curve analysis over thresholds that the analysis plan declared beforehand.',
    facts,
    table: {
      caption: 'Net benefit by threshold',
      columns: [
        { key: 'row', label: 'Strategy' },
        { key: 'threshold', label: 'Threshold', numeric: true },
        { key: 'benefit', label: 'Net benefit', numeric: true },
        { key: 'hundred', label: 'Per 100 patients', numeric: true },
      ],
      rows: [...curves, ...curves.flatMap((one) => (one.treatAll === undefined ? [] : [{ label: `Treat all: ${one.label}`, site: one.site, points: one.treatAll, absent: one.absent }])), { label: 'Treat all', site: null, points: treatAll, absent: null }].flatMap(({ label, site, points, absent }) => {
        const row = { ...words(label), ...(site === null ? {} : { site }) };
        if (absent !== null) return [{ row, threshold: hidden(absent), benefit: hidden(absent), hundred: hidden(absent) }];
        return points.map(({ threshold, netBenefit }) => ({
          row,
          threshold: numeric(threshold, (value) => number(value, 'auc')),
          benefit: numeric(netBenefit, (value) => number(value, 'netBenefit')),
          hundred: numeric(100 * netBenefit, (value) => number(value, 'auc')),
        }));
      }),
    },
    data: { curves, treatAll, range },
    draw: (space) => draw({ curves, treatAll, range }, space),
  };
}

function draw({ curves, treatAll, range }: Pick<DecisionCurveData, 'curves' | 'treatAll' | 'range'>, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const plot = { x: 56, y: 12, width: canvas.width - 56 - (canvas.narrow ? 44 : 150), height: Math.min(360, canvas.width * 0.55) };
  const shown = curves.filter(({ absent }) => absent === null);
  const all = [...shown.flatMap(({ points }) => points), ...treatAll];
  const thresholds = all.map(({ threshold }) => threshold);
  const domain: readonly [number, number] = range ?? [Math.min(...thresholds, 0.01), Math.max(...thresholds, 0.99)];
  const x = linear([Math.max(0, domain[0] - 0.02), Math.min(1, domain[1] + 0.02)], [plot.x, plot.x + plot.width]);
  const top = Math.max(0.05, ...all.map(({ netBenefit }) => netBenefit)) * 1.05;
  const y = linear([-0.05, top], [plot.y + plot.height, plot.y]);
  const within = (points: DecisionCurve['points']): [number, number][] => points.filter(({ threshold, netBenefit }) => threshold >= domain[0] - 1e-9 && threshold <= domain[1] + 1e-9 && netBenefit >= -0.05).map(({ threshold, netBenefit }) => [x(threshold), y(netBenefit)]);
  if (range) canvas.add(rect({ x: x(range[0]), y: plot.y, width: x(range[1]) - x(range[0]), height: plot.height }, { fill: palette.sunken, opacity: 0.7 }));
  const values = ticks(-0.05, top).filter((value) => value >= -0.05);
  canvas.add([bottomAxis(plot, x, ticks(Math.max(0, domain[0] - 0.02), Math.min(1, domain[1] + 0.02)), { palette, title: 'Threshold probability' }), leftAxis(plot, y, values, { palette, title: 'Net benefit' })].flat());
  const right = plot.x + plot.width;
  canvas.add([...(canvas.narrow ? [] : values.map((value) => text(number(100 * value, 'auc').replace(/\.00$/, ''), right + 6, y(value), { colour: palette.ink3, size: 11 }))), ...(canvas.narrow ? [] : [text('per 100', right + 6, plot.y + plot.height + 14, { colour: palette.ink3, size: 11 })])]);
  drawReferences(canvas, { left: plot.x, right, y0: y(0), all: within(treatAll) });
  for (const { label, site, points, treatAll: everybody } of shown) {
    const best = points.reduce((most, point) => (point.netBenefit > most.netBenefit ? point : most), points[0] ?? { threshold: 0, netBenefit: 0 });
    const style = site === null ? { colour: palette.accent, width: 2.5 } : { colour: shown.length > 5 ? palette.ink3 : siteColour(palette, site), width: 1.25, opacity: 0.75 };
    if (everybody !== undefined) canvas.add(polyline(within(everybody), { colour: style.colour, width: 1, opacity: 0.6, dash: [4, 4] }), `${label}: treat all`);
    canvas.add(polyline(within(points), style), `${label}: at most ${number(best.netBenefit, 'netBenefit')}, at ${percent(best.threshold)}`);
  }
  if (!canvas.narrow) drawLabels(canvas, { shown, right: right + 44, bottom: plot.y + plot.height - 4, within });
  return canvas.drawing(plot.y + plot.height + 52 + (canvas.narrow ? drawNames(canvas, shown, plot.y + plot.height + 62) : 0));
}

function drawReferences(canvas: ReturnType<typeof scene>, { left, right, y0, all }: { readonly left: number; readonly right: number; readonly y0: number; readonly all: [number, number][] }): void {
  const { palette } = canvas;
  canvas.add([line([left, y0, right, y0], { colour: palette.ink3, width: 1.5 }), text('Treat none', left + 8, y0 - 9, { colour: palette.ink2 })], 'Treat none: 0');
  if (all.length < 2) return;
  // Where it leaves the plot, below the curves of models.
  const at = all.at(-1)!;
  canvas.add([polyline(all, { colour: palette.ink3, width: 1.5, dash: [6, 4] }), text('Treat all', at[0] + 8, at[1] - 8, { colour: palette.ink2 })], 'Treat all patients');
}

/** Names at the ends of the lines, moved apart where they would touch, and none below the plot. */
function drawLabels(canvas: ReturnType<typeof scene>, { shown, right, bottom, within }: { readonly shown: readonly DecisionCurve[]; readonly right: number; readonly bottom: number; readonly within: (points: DecisionCurve['points']) => [number, number][] }): void {
  const { palette } = canvas;
  const ends = shown.map(({ label, site, points }) => ({ label, site, y: within(points).at(-1)?.[1] ?? 0 })).sort((a, b) => a.y - b.y);
  const places: number[] = [];
  for (const { y } of ends) places.push(Math.max(y, (places.at(-1) ?? -Infinity) + NAME));
  for (let i = places.length - 1, lowest = bottom; i >= 0; i--, lowest = places[i + 1]! - NAME) places[i] = Math.min(places[i]!, lowest);
  for (const [i, end] of ends.entries()) {
    canvas.add(text(end.label, right, places[i]!, { colour: end.site === null ? palette.accent : shown.length > 5 ? palette.ink2 : siteColour(palette, end.site), weight: end.site === null ? 600 : 500, fit: 104 }));
  }
}

/** Height of a name. */
const NAME = 15;

/** On a narrow screen names stand below, two a row, each with its colour. Returns their height. */
function drawNames(canvas: ReturnType<typeof scene>, shown: readonly DecisionCurve[], top: number): number {
  const { palette } = canvas;
  shown.forEach(({ label, site }, i) => {
    const x = 8 + (i % 2) * (canvas.width / 2);
    const y = top + Math.floor(i / 2) * 20;
    const colour = site === null ? palette.accent : shown.length > 5 ? palette.ink3 : siteColour(palette, site);
    canvas.add([site === null || shown.length > 5 ? line([x, y, x + 14, y], { colour, width: 2.5 }) : siteMark(site, x + 7, y, { palette }), text(label, x + 22, y, { colour: palette.ink, fit: canvas.width / 2 - 32 })]);
  });
  return Math.ceil(shown.length / 2) * 20 + 8;
}

export const benefitPerHundred = (netBenefit: number): string => count(Math.round(netBenefit * 100));
