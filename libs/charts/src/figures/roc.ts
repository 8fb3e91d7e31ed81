import { bottomAxis, leftAxis, linear, panels, type Scale } from '../axes.js';
import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { fixed, number } from '../numbers.js';
import { line, polygon, polyline, rect, scene, siteMark, hatch, text, type Box, type Scene } from '../scene.js';
import { siteColour } from '../tokens.js';

export interface RocCurvePoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

export interface RocCurve {
  readonly label: string;
  /** Null for the pooled curve. */
  readonly site: number | null;
  readonly auc: number | null;
  readonly points: readonly RocCurvePoint[];
  /** Bounds of the sensitivity at the same false positive rates. */
  readonly band: readonly { readonly falsePositiveRate: number; readonly low: number; readonly high: number }[] | null;
  /** Why there is no curve. */
  readonly absent: string | null;
}

export interface RocData {
  readonly curves: readonly RocCurve[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

/**
 * Area under a curve by trapezoids; compared with the exact AUC it says how far the drawing is off.
 * Σ (x_i − x_{i−1}) (y_i + y_{i−1}) / 2 over points in the order of x.
 */
export const areaUnder = (points: readonly RocCurvePoint[]): number =>
  points.slice(1).reduce((sum, { falsePositiveRate: x, truePositiveRate: y }, i) => sum + ((x - points[i]!.falsePositiveRate) * (y + points[i]!.truePositiveRate)) / 2, 0);

/** The largest difference between a drawn curve's area and its exact AUC. */
export function drawingError(curves: readonly RocCurve[]): number | null {
  const errors = curves.flatMap(({ auc, points }) => (auc === null || points.length < 2 ? [] : [Math.abs(areaUnder(points) - auc)]));
  return errors.length === 0 ? null : Math.max(...errors);
}

/** Square panels, one a hospital with the others in grey behind it, the pooled curve last with its band. */
export function rocFigure({ curves, answer, facts }: RocData): Figure {
  const error = drawingError(curves);
  const notes = error === null ? [] : [`Largest drawing error ${fixed(error, 3)} AUC`];
  return {
    id: 'roc',
    title: 'ROC curve of each hospital',
    reading: 'Coloured: this hospital. Grey: the others. Dashed: chance. Drawn from counts.',
    answer,
    legend: 'Receiver operating characteristic of the model at each hospital and pooled over all patients. Curves join counts at common cut-offs; no single patient is drawn. Dashed: chance. Band: 95% interval of the sensitivity at each cut-off.',
    methods: 'ROC curves were drawn from counts of true and false positives at common cut-offs, joined until each held the minimum count. AUCs are exact.',
    facts: { ...facts, notes: [...(facts.notes ?? []), ...notes] },
    table: {
      caption: 'Points of the ROC curves',
      columns: [
        { key: 'row', label: 'Hospital' },
        { key: 'fpr', label: '1 − specificity', numeric: true },
        { key: 'tpr', label: 'Sensitivity', numeric: true },
      ],
      rows: curves.flatMap((curve) =>
        curve.absent === null
          ? curve.points.map((point) => ({
              row: { ...words(curve.label), ...(curve.site === null ? {} : { site: curve.site }) },
              fpr: numeric(point.falsePositiveRate, (value) => number(value, 'brier')),
              tpr: numeric(point.truePositiveRate, (value) => number(value, 'brier')),
            }))
          : [{ row: words(curve.label), fpr: hidden(curve.absent), tpr: hidden(curve.absent) }],
      ),
    },
    data: { curves },
    draw: (space) => draw(curves, space),
  };
}

function draw(curves: readonly RocCurve[], space: Space): Drawing {
  const canvas = scene(space);
  const { plots, perRow, height } = panels(curves.length, canvas.width, { head: 46, foot: 34, left: 54 });
  curves.forEach((curve, i) => drawPanel(curve, plots[i]!, { curves, canvas, first: i % perRow === 0 }));
  const { palette } = canvas;
  canvas.add(text('1 − specificity', 54 + (canvas.width - 54) / 2, height + 2, { colour: palette.ink2, align: 'center' }));
  return canvas.drawing(height + 14);
}

interface Panel {
  readonly curves: readonly RocCurve[];
  readonly canvas: Scene;
  readonly first: boolean;
}

function drawPanel(curve: RocCurve, plot: Box, { curves, canvas, first }: Panel): void {
  const { palette } = canvas;
  const x = linear([0, 1], [plot.x, plot.x + plot.width]);
  const y = linear([0, 1], [plot.y + plot.height, plot.y]);
  const values = [0, 0.5, 1];
  const head = [
    ...(curve.site === null ? [] : [siteMark(curve.site, plot.x + 5, plot.y - 32, { palette })]),
    text(curve.label, plot.x + (curve.site === null ? 0 : 16), plot.y - 32, { colour: palette.ink, weight: 600, size: 13, fit: plot.width - 16 }),
    text(curve.auc === null ? '' : `AUC ${number(curve.auc, 'auc')}`, plot.x, plot.y - 14, { colour: palette.ink2 }),
  ];
  canvas.add([head, bottomAxis(plot, x, values, { palette, labels: ['0', '0.5', '1'] }), leftAxis(plot, y, values, { palette, labels: ['0', '0.5', '1'], quiet: !first, ...(first ? { title: 'Sensitivity' } : {}) })].flat());
  if (curve.absent !== null) {
    canvas.add([...hatch(plot, palette), rect({ x: plot.x, y: plot.y + plot.height / 2 - 12, width: plot.width, height: 24 }, { fill: palette.surface }), text('Suppressed', plot.x + plot.width / 2, plot.y + plot.height / 2, { colour: palette.ink2, align: 'center' })], curve.absent);
    return;
  }
  canvas.add(line([x(0), y(0), x(1), y(1)], { colour: palette.ink3, dash: [3, 3] }));
  for (const other of curves) if (other !== curve && other.points.length > 0 && other.site !== null) canvas.add(polyline(path(other, x, y), { colour: palette.ink3, width: 1, opacity: 0.5 }));
  if (curve.band && curve.band.length > 1) {
    const upper = curve.band.map((p): [number, number] => [x(p.falsePositiveRate), y(p.high)]);
    const lower = curve.band.map((p): [number, number] => [x(p.falsePositiveRate), y(p.low)]);
    canvas.add(polygon([...upper, ...lower.reverse()], { fill: palette.accent, opacity: 0.15 }));
  }
  const colour = curve.site === null ? palette.accent : siteColour(palette, curve.site);
  canvas.add(polyline(path(curve, x, y), { colour, width: 2.5 }), `${curve.label}: AUC ${curve.auc === null ? 'not estimable' : number(curve.auc, 'auc')}`);
}

const path = ({ points }: RocCurve, x: Scale, y: Scale): [number, number][] => points.map((point) => [x(point.falsePositiveRate), y(point.truePositiveRate)]);
