import { bottomAxis, linear, ticks } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { number, percent } from '../numbers.js';
import { circle, line, scene, siteMark, text, type Scene } from '../scene.js';

/** One feature at the sites, before and after: means on a common scale, and how much of its variance the site explains. */
export interface HarmonisedFeature {
  readonly feature: string;
  readonly sites: readonly { readonly site: number; readonly label: string; readonly before: number | null; readonly after: number | null }[];
  readonly explainedBefore: number | null;
  readonly explainedAfter: number | null;
}

export interface HarmonisationData {
  readonly method: string;
  readonly features: readonly HarmonisedFeature[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

const ROW = 30;
/** Room right of a plot for the share the hospital explains. */
const SHARE = 46;

/** Site means of each feature, in standard deviations of all patients, before (left) and after (right). */
export function harmonisationFigure({ method, features, answer, facts }: HarmonisationData): Figure {
  return {
    id: 'harmonisation',
    title: 'Site differences before and after harmonisation',
    reading: 'Marks: mean at each hospital in SD of all. Closer together: more alike.',
    answer,
    legend: `Means of features at each hospital before and after harmonisation (${method}), in standard deviations of all patients, and the share of a feature's variance that the hospital explains (R²).`,
    methods: `Features were harmonised over hospitals by ${method}, fitted on training rows only.`,
    facts,
    table: {
      caption: 'Site means before and after harmonisation',
      columns: [
        { key: 'row', label: 'Feature' },
        { key: 'site', label: 'Hospital' },
        { key: 'before', label: 'Mean before (SD)', numeric: true },
        { key: 'after', label: 'Mean after (SD)', numeric: true },
        { key: 'r2before', label: 'R² before', numeric: true },
        { key: 'r2after', label: 'R² after', numeric: true },
      ],
      rows: features.flatMap(({ feature, sites, explainedBefore, explainedAfter }) =>
        sites.map(({ site, label, before, after }) => ({
          row: words(feature),
          site: { ...words(label), site },
          before: numeric(before, (value) => number(value, 'slope')),
          after: numeric(after, (value) => number(value, 'slope')),
          r2before: numeric(explainedBefore, (value) => percent(value)),
          r2after: numeric(explainedAfter, (value) => percent(value)),
        })),
      ),
    },
    data: { method, features },
    draw: (space) => draw(features, space),
  };
}

function draw(features: readonly HarmonisedFeature[], space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const names = Math.min(canvas.width * 0.3, Math.max(...features.map(({ feature }) => feature.length)) * 6.8 + 12);
  const half = (canvas.width - names - 8 - 2 * SHARE - 16) / 2;
  const values = features.flatMap(({ sites }) => sites.flatMap(({ before, after }) => [before ?? 0, after ?? 0]));
  const most = Math.max(0.1, ...values.map(Math.abs)) * 1.08;
  const plots = ['before', 'after'].map((_, i) => ({ x: names + 8 + i * (half + SHARE + 12), y: 34, width: half, height: features.length * ROW + 6 }));
  const scales = plots.map((plot) => linear([-most, most], [plot.x, plot.x + plot.width]));
  ['Before', 'After'].forEach((label, i) => {
    const plot = plots[i]!;
    canvas.add([text(label, plot.x, 14, { colour: palette.ink2, weight: 600 }), text('R²', plot.x + plot.width + SHARE, 14, { colour: palette.ink2, weight: 600, align: 'right' }), ...bottomAxis(plot, scales[i]!, ticks(-most, most, 4), { palette, title: canvas.narrow ? 'Mean (SD)' : 'Mean at the hospital (SD of all)' }), line([scales[i]!(0), plot.y, scales[i]!(0), plot.y + plot.height], { colour: palette.edge })]);
  });
  features.forEach((feature, i) => drawFeature(feature, 34 + 3 + i * ROW + ROW / 2, { canvas, names, plots, scales }));
  return canvas.drawing(34 + features.length * ROW + 6 + 52);
}

interface Drawn {
  readonly canvas: Scene;
  readonly names: number;
  readonly plots: readonly { readonly x: number; readonly width: number }[];
  readonly scales: readonly ((value: number) => number)[];
}

function drawFeature({ feature, sites, explainedBefore, explainedAfter }: HarmonisedFeature, y: number, { canvas, names, plots, scales }: Drawn): void {
  const { palette } = canvas;
  canvas.add(text(feature, 0, y, { colour: palette.ink, fit: names }));
  [explainedBefore, explainedAfter].forEach((explained, i) => {
    if (explained !== null) canvas.add(text(percent(explained), plots[i]!.x + plots[i]!.width + SHARE, y, { colour: palette.ink2, align: 'right' }));
  });
  for (const { site, label, before, after } of sites) {
    [before, after].forEach((value, i) => {
      if (value === null) return;
      canvas.add([circle(scales[i]!(value), y, 6, { fill: palette.surface }), siteMark(site, scales[i]!(value), y, { palette, radius: 4.5 })], `${feature}, ${label}: ${number(value, 'slope')} SD ${i === 0 ? 'before' : 'after'}`);
    });
  }
}
