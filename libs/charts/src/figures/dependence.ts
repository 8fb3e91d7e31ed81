import { bottomAxis, leftAxis, linear, ticks } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, plain } from '../numbers.js';
import { circle, line, polygon, polyline, scene, text } from '../scene.js';

/** Patients whose value lies in a bin: how far it moved their predictions. */
export interface DependencePoint {
  readonly value: number;
  /** Where there are two groups, one on each side of a value: which. */
  readonly side?: string;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly patients: number | null;
}

export interface DependenceData {
  readonly feature: string;
  readonly points: readonly DependencePoint[];
  readonly yTitle: string;
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** The mean contribution by the value of one feature, with its spread. */
export function dependenceFigure({ feature, points, yTitle, answer, facts }: DependenceData): Figure {
  return {
    id: `dependence-${feature.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    title: `How ${feature} moves the prediction`,
    reading: 'Above 0 the value raises the predicted risk, below it lowers it.',
    answer,
    legend: `Contribution of ${feature} to the prediction by its value: mean of the patients of each bin${points.some(({ low }) => low !== null) ? ', with one standard deviation' : ''}. Bins hold at least the minimum count.`,
    methods: 'Dependence was drawn from means of contributions in bins of the feature.',
    facts,
    table: {
      caption: `Contribution by value of ${feature}`,
      columns: [
        { key: 'row', label: 'Value', numeric: true },
        { key: 'mean', label: 'Mean contribution', numeric: true },
        { key: 'low', label: '− 1 SD', numeric: true },
        { key: 'high', label: '+ 1 SD', numeric: true },
        { key: 'patients', label: 'Patients', numeric: true },
      ],
      rows: points.map(({ value, side, mean, low, high, patients }) => ({ row: side === undefined ? { ...words(plain(value)), value } : words(side), mean: numeric(mean, plain), low: numeric(low, plain), high: numeric(high, plain), patients: numeric(patients, count) })),
    },
    data: { feature, points },
    draw: (space) => draw({ feature, points, yTitle }, space),
  };
}

function draw({ feature, points, yTitle }: Pick<DependenceData, 'feature' | 'points' | 'yTitle'>, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const plot = { x: 64, y: 10, width: canvas.width - 76, height: Math.min(300, canvas.width * 0.5) };
  const values = points.map(({ value }) => value);
  const sides = points.flatMap(({ side }) => side ?? []);
  const along = linear([Math.min(...values), Math.max(...values)], [plot.x + 8, plot.x + plot.width - 8]);
  const place = ({ value, side }: DependencePoint): number => (side === undefined ? along(value) : plot.x + ((sides.indexOf(side) + 0.5) / sides.length) * plot.width);
  const ends = points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const margin = (high - low) * 0.06 || 1;
  const y = linear([low - margin, high + margin], [plot.y + plot.height, plot.y]);
  const below = sides.length > 0 ? points.map((point) => text(point.side!, place(point), plot.y + plot.height + 14, { colour: palette.ink2, align: 'center', fit: plot.width / sides.length })) : bottomAxis(plot, along, ticks(Math.min(...values), Math.max(...values), canvas.narrow ? 4 : 6), { palette });
  canvas.add([...below, ...leftAxis(plot, y, ticks(low, high, 5), { palette, title: yTitle }), line([plot.x, y(0), plot.x + plot.width, y(0)], { colour: palette.edge }), text(feature, plot.x + plot.width / 2, plot.y + plot.height + 34, { colour: palette.ink2, align: 'center', fit: plot.width })]);
  const banded = points.filter((point) => point.low !== null && point.high !== null);
  if (banded.length > 1) canvas.add(polygon([...banded.map((p): [number, number] => [place(p), y(p.high!)]), ...banded.map((p): [number, number] => [place(p), y(p.low!)]).reverse()], { fill: palette.accent, opacity: 0.15 }));
  canvas.add(polyline(points.map((p) => [place(p), y(p.mean)]), { colour: palette.accent, width: 2 }));
  for (const point of points) {
    const { value, side, mean, patients } = point;
    canvas.add(circle(place(point), y(mean), 3.5, { fill: palette.accent, stroke: palette.surface }), `${feature} ${side ?? plain(value)}: ${plain(mean)}${patients === null ? '' : `, ${count(patients)} patients`}`);
  }
  return canvas.drawing(plot.y + plot.height + 48);
}
