import { bottomAxis, leftAxis, linear, ticks } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, plain } from '../numbers.js';
import { circle, line, polygon, polyline, scene, text } from '../scene.js';

/** Patients whose value lies in a bin: how far it moved their predictions. */
export interface DependencePoint {
  readonly value: number;
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
      rows: points.map(({ value, mean, low, high, patients }) => ({ row: { ...words(plain(value)), value }, mean: numeric(mean, plain), low: numeric(low, plain), high: numeric(high, plain), patients: numeric(patients, count) })),
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
  const x = linear([Math.min(...values), Math.max(...values)], [plot.x + 8, plot.x + plot.width - 8]);
  const ends = points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const margin = (high - low) * 0.06 || 1;
  const y = linear([low - margin, high + margin], [plot.y + plot.height, plot.y]);
  canvas.add([...bottomAxis(plot, x, ticks(Math.min(...values), Math.max(...values), canvas.narrow ? 4 : 6), { palette }), ...leftAxis(plot, y, ticks(low, high, 5), { palette, title: yTitle }), line([plot.x, y(0), plot.x + plot.width, y(0)], { colour: palette.edge }), text(feature, plot.x + plot.width / 2, plot.y + plot.height + 34, { colour: palette.ink2, align: 'center', fit: plot.width })]);
  const banded = points.filter((point) => point.low !== null && point.high !== null);
  if (banded.length > 1) canvas.add(polygon([...banded.map((p): [number, number] => [x(p.value), y(p.high!)]), ...banded.map((p): [number, number] => [x(p.value), y(p.low!)]).reverse()], { fill: palette.accent, opacity: 0.15 }));
  canvas.add(polyline(points.map((p) => [x(p.value), y(p.mean)]), { colour: palette.accent, width: 2 }));
  for (const { value, mean, patients } of points) canvas.add(circle(x(value), y(mean), 3.5, { fill: palette.accent, stroke: palette.surface }), `${feature} ${plain(value)}: ${plain(mean)}${patients === null ? '' : `, ${count(patients)} patients`}`);
  return canvas.drawing(plot.y + plot.height + 48);
}
