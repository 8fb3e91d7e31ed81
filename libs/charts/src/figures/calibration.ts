import { bottomAxis, leftAxis, linear, panels, type Scale } from '../axes.js';
import { logistic } from '../exponential.js';
import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, number, share, type Bounds } from '../numbers.js';
import { circle, hatch, line, polygon, polyline, rect, scene, siteMark, text, type Box, type Scene } from '../scene.js';
import { siteColour } from '../tokens.js';

export interface CalibrationGroup {
  readonly n: number;
  /** Events seen, and the sum of their predicted probabilities. */
  readonly observed: number;
  readonly expected: number;
  readonly interval: Bounds;
}

export interface CalibrationPanel {
  readonly label: string;
  readonly site: number | null;
  readonly groups: readonly CalibrationGroup[];
  /** Smooth curve of the observed share by the predicted one, where the run estimates it. */
  readonly curve: readonly { readonly predicted: number; readonly observed: number; readonly low: number | null; readonly high: number | null }[] | null;
  /** logit(observed) = intercept + slope · logit(predicted); its curve is drawn dashed. */
  readonly recalibration: { readonly intercept: number; readonly slope: number } | null;
  readonly observedOverExpected: number | null;
  readonly inTheLarge: number | null;
  readonly slope: number | null;
  readonly brier: number | null;
  readonly absent: string | null;
}

export interface CalibrationData {
  readonly panels: readonly CalibrationPanel[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** A panel for each hospital and one for all: observed against predicted, and how many patients have each risk. */
export function calibrationFigure({ panels: shown, answer, facts }: CalibrationData): Figure {
  return {
    id: 'calibration',
    title: 'Observed against predicted risk',
    reading: 'On the diagonal, what was predicted happened. Bars below: patients by risk.',
    answer,
    legend: 'Calibration at each hospital and pooled. Points: groups of predicted risk, each with at least the minimum count, with 95% Wilson intervals. Line and band: flexible calibration curve with its 95% interval. Dashed: logistic recalibration. Bars: patients with the event (up) and without (down).',
    methods: 'Calibration was assessed at every hospital by groups of predicted risk, the observed to expected ratio, calibration in the large and the slope of a logistic recalibration. The Hosmer-Lemeshow statistic is reported for comparability only.',
    facts,
    table: {
      caption: 'Groups of predicted risk',
      columns: [
        { key: 'row', label: 'Hospital' },
        { key: 'predicted', label: 'Mean predicted risk', numeric: true },
        { key: 'observed', label: 'Observed share', numeric: true },
        { key: 'low', label: '95% low', numeric: true },
        { key: 'high', label: '95% high', numeric: true },
        { key: 'n', label: 'Patients', numeric: true },
        { key: 'events', label: 'Events', numeric: true },
      ],
      rows: shown.flatMap((panel) => rowsOf(panel)),
    },
    data: { panels: shown },
    draw: (space) => draw(shown, space),
  };
}

function rowsOf(panel: CalibrationPanel) {
  const head = { ...words(panel.label), ...(panel.site === null ? {} : { site: panel.site }) };
  const risk = (value: number): string => number(value, 'auc');
  if (panel.absent !== null) return [{ row: head, predicted: hidden(panel.absent), observed: hidden(panel.absent) }];
  return panel.groups.map(({ n, observed, expected, interval }) => ({
    row: head,
    predicted: numeric(expected / n, risk),
    observed: numeric(observed / n, risk),
    low: numeric(interval.low, risk),
    high: numeric(interval.high, risk),
    n: numeric(n, count),
    events: numeric(observed, count),
  }));
}

const HEAD = 92;
const STRIP = 24;

function draw(shown: readonly CalibrationPanel[], space: Space): Drawing {
  const canvas = scene(space);
  const { plots, perRow, height } = panels(shown.length, canvas.width, { head: HEAD, foot: 34 + STRIP + 8, left: 54 });
  shown.forEach((panel, i) => drawPanel(panel, plots[i]!, { canvas, first: i % perRow === 0, largest: largestGroup(shown) }));
  canvas.add(text('Predicted risk', 54 + (canvas.width - 54) / 2, height + 2, { colour: canvas.palette.ink2, align: 'center' }));
  return canvas.drawing(height + 14);
}

const largestGroup = (shown: readonly CalibrationPanel[]): number => Math.max(0.01, ...shown.flatMap(({ groups }) => groups.map(({ n }) => n / groups.reduce((sum, group) => sum + group.n, 0))));

interface Drawn {
  readonly canvas: Scene;
  readonly first: boolean;
  readonly largest: number;
}

function drawPanel(panel: CalibrationPanel, plot: Box, { canvas, first, largest }: Drawn): void {
  const { palette } = canvas;
  const x = linear([0, 1], [plot.x, plot.x + plot.width]);
  const y = linear([0, 1], [plot.y + plot.height, plot.y]);
  const lines = [
    panel.observedOverExpected === null ? null : `O:E ${number(panel.observedOverExpected, 'ratio')}`,
    panel.inTheLarge === null ? null : `CITL ${number(panel.inTheLarge, 'slope')}`,
    panel.slope === null ? null : `slope ${number(panel.slope, 'slope')}`,
    panel.brier === null ? null : `Brier ${number(panel.brier, 'brier')}`,
  ].filter((part) => part !== null);
  canvas.add([
    ...(panel.site === null ? [] : [siteMark(panel.site, plot.x + 5, plot.y - HEAD + 14, { palette })]),
    text(panel.label, plot.x + (panel.site === null ? 0 : 16), plot.y - HEAD + 14, { colour: palette.ink, weight: 600, size: 13, fit: plot.width - 16 }),
    text(lines.slice(0, 2).join('  '), plot.x, plot.y - HEAD + 34, { colour: palette.ink2 }),
    text(lines.slice(2).join('  '), plot.x, plot.y - HEAD + 52, { colour: palette.ink2 }),
    ...leftAxis(plot, y, [0, 0.5, 1], { palette, labels: ['0', '0.5', '1'], quiet: !first, ...(first ? { title: 'Observed' } : {}) }),
  ]);
  const below = { ...plot, height: plot.height + STRIP + 8 };
  canvas.add(bottomAxis(below, x, [0, 0.5, 1], { palette, labels: ['0', '0.5', '1'] }));
  if (panel.absent !== null) {
    canvas.add([...hatch(plot, palette), rect({ x: plot.x, y: plot.y + plot.height / 2 - 12, width: plot.width, height: 24 }, { fill: palette.surface }), text('Suppressed', plot.x + plot.width / 2, plot.y + plot.height / 2, { colour: palette.ink2, align: 'center' })], panel.absent);
    return;
  }
  canvas.add(line([x(0), y(0), x(1), y(1)], { colour: palette.ink3 }));
  drawCurves(panel, { x, y, canvas });
  drawGroups(panel, { x, y, canvas });
  drawStrip(panel, { ...plot, y: plot.y + plot.height + 4, height: STRIP }, { x, canvas, largest });
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
  readonly canvas: Scene;
}

function drawCurves({ site, curve, recalibration }: CalibrationPanel, { x, y, canvas }: Scales): void {
  const { palette } = canvas;
  const colour = site === null ? palette.accent : siteColour(palette, site);
  if (curve && curve.length > 1) {
    const banded = curve.filter((point) => point.low !== null && point.high !== null);
    if (banded.length > 1) {
      const upper = banded.map((p): [number, number] => [x(p.predicted), y(Math.min(1, p.high!))]);
      const lower = banded.map((p): [number, number] => [x(p.predicted), y(Math.max(0, p.low!))]);
      canvas.add(polygon([...upper, ...lower.reverse()], { fill: colour, opacity: 0.15 }));
    }
    canvas.add(polyline(curve.map((p) => [x(p.predicted), y(p.observed)]), { colour, width: 2 }));
  }
  if (recalibration) {
    const points = Array.from({ length: 81 }, (_, i): [number, number] => {
      const z = -4.4 + (8.8 * i) / 80;
      return [x(logistic(z)), y(logistic(recalibration.intercept + recalibration.slope * z))];
    });
    canvas.add(polyline(points, { colour, width: 1.5, dash: [5, 3] }));
  }
}

function drawGroups({ label, site, groups }: CalibrationPanel, { x, y, canvas }: Scales): void {
  const { palette } = canvas;
  const colour = site === null ? palette.accent : siteColour(palette, site);
  for (const { n, observed, expected, interval } of groups) {
    const px = x(expected / n);
    canvas.add(
      [line([px, y(interval.low), px, y(interval.high)], { colour, width: 1, opacity: 0.7 }), circle(px, y(observed / n), 3, { fill: colour, stroke: palette.surface })],
      `${label}: predicted ${number(expected / n, 'auc')}, observed ${share(observed, n)}`,
    );
  }
}

/** Events up, the others down, as shares of the panel's patients. */
function drawStrip({ groups }: CalibrationPanel, box: Box, { x, canvas, largest }: { readonly x: Scale; readonly canvas: Scene; readonly largest: number }): void {
  const { palette } = canvas;
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  const middle = box.y + box.height / 2;
  const high = (n: number): number => ((n / total / largest) * box.height) / 2;
  canvas.add([
    line([box.x, middle, box.x + box.width, middle], { colour: palette.edge }),
    ...groups.flatMap(({ n, observed, expected }) => {
      const px = x(expected / n);
      return [line([px, middle, px, middle - high(observed)], { colour: palette.ink, width: 3 }), line([px, middle, px, middle + high(n - observed)], { colour: palette.ink3, width: 3 })];
    }),
  ]);
}
