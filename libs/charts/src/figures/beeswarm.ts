import { bottomAxis, linear, ticks } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, plain } from '../numbers.js';
import { line, rect, scene, text } from '../scene.js';
import { scaleColour } from '../tokens.js';

/** Patients of one value and one contribution. */
export interface SwarmCell {
  /** Quantile of the feature's value, 0 lowest to 1 highest. */
  readonly quantile: number;
  readonly from: number;
  readonly to: number;
  readonly patients: number;
}

export interface SwarmRow {
  readonly feature: string;
  readonly cells: readonly SwarmCell[];
}

export interface BeeswarmData {
  /** Of SHAP values: log-odds or probability. */
  readonly unit?: string;
  readonly rows: readonly SwarmRow[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

const ROW = 40;

/**
 * A beeswarm without patients: for each feature, counts of patients by contribution (across) and value (colour). Higher cells hold more
 * patients; cells below the minimum count were joined where they were counted.
 */
export function beeswarmFigure({ rows, unit = 'log-odds', answer, facts }: BeeswarmData): Figure {
  return {
    id: 'beeswarm',
    title: 'How values push the prediction',
    reading: 'Across: push on the prediction. Colour: value, blue low, orange high. Area: patients.',
    answer,
    legend: 'Binned beeswarm of SHAP values: for each feature, counts of patients by quantile of its value (colour) and by SHAP value (position). Cells hold at least the minimum count. No single patient is drawn.',
    methods: 'SHAP values were computed at each hospital against a common background and left as counts by value quantile and contribution.',
    facts,
    table: {
      caption: 'Patients by feature value and contribution',
      columns: [
        { key: 'row', label: 'Feature' },
        { key: 'quantile', label: 'Value quantile', numeric: true },
        { key: 'from', label: 'Contribution from', numeric: true },
        { key: 'to', label: 'to', numeric: true },
        { key: 'patients', label: 'Patients', numeric: true },
      ],
      rows: rows.flatMap(({ feature, cells }) =>
        cells.map(({ quantile, from, to, patients }) => ({ row: words(feature), quantile: numeric(quantile, plain), from: numeric(from, plain), to: numeric(to, plain), patients: numeric(patients, count) })),
      ),
    },
    data: { rows },
    draw: (space) => draw({ rows, unit }, space),
  };
}

function draw({ rows, unit }: { readonly rows: readonly SwarmRow[]; readonly unit: string }, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const names = Math.min(canvas.width * (canvas.narrow ? 0.4 : 0.34), Math.max(...rows.map(({ feature }) => feature.length)) * 6.8 + 12);
  const plot = { x: names + 8, y: 6, width: canvas.width - names - 20, height: rows.length * ROW + 8 };
  const edges = rows.flatMap(({ cells }) => cells.flatMap(({ from, to }) => [from, to]));
  const most = Math.max(1e-9, ...edges.map(Math.abs));
  const x = linear([-most, most], [plot.x, plot.x + plot.width]);
  canvas.add([...bottomAxis(plot, x, ticks(-most, most, canvas.narrow ? 3 : 5), { palette, title: `SHAP value (${unit})` }), line([x(0), plot.y, x(0), plot.y + plot.height], { colour: palette.edge })]);
  rows.forEach(({ feature, cells }, i) => {
    const top = plot.y + 4 + i * ROW;
    canvas.add(text(feature, 0, top + ROW / 2, { colour: palette.ink, size: 13, fit: names }));
    const fullest = Math.max(1, ...cells.map(({ patients }) => patients));
    const quantiles = [...new Set(cells.map(({ quantile }) => quantile))].sort((a, b) => b - a);
    const lane = (ROW - 8) / Math.max(1, quantiles.length);
    for (const { quantile, from, to, patients } of cells) {
      const height = Math.max(1.5, lane * Math.sqrt(patients / fullest));
      const y = top + 4 + (quantiles.indexOf(quantile) + 0.5) * lane - height / 2;
      const box = { x: x(from), y, width: Math.max(1, x(to) - x(from) - 0.5), height };
      canvas.add(rect(box, { fill: scaleColour(palette.diverging, quantile) }), `${feature}, value quantile ${plain(quantile)}: ${plain(from)} to ${plain(to)}, ${count(patients)} patients`);
    }
  });
  return canvas.drawing(plot.y + plot.height + 52);
}
