import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count } from '../numbers.js';
import { rect, scene, text } from '../scene.js';

export interface FunnelRow {
  /** A sequence, or all. */
  readonly label: string;
  readonly steps: readonly { readonly step: string; readonly features: number }[];
}

export interface FunnelData {
  readonly rows: readonly FunnelRow[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** How many features are left after each step, on one logarithmic axis. */
export function funnelFigure({ rows, answer, facts }: FunnelData): Figure {
  return {
    id: 'selection-funnel',
    title: 'Features left after each step',
    reading: 'Bars are on a logarithmic axis. Only training rows were looked at.',
    answer,
    legend: 'Number of candidate features and of those left after each selection step.',
    methods: 'Selection looked at training rows only and was repeated inside every fold that judges it.',
    facts,
    table: {
      caption: 'Features left after each step',
      columns: [
        { key: 'row', label: 'Features' },
        { key: 'step', label: 'Step' },
        { key: 'left', label: 'Left', numeric: true },
      ],
      rows: rows.flatMap(({ label, steps }) => steps.map(({ step, features }) => ({ row: words(label), step: words(step), left: numeric(features, count) }))),
    },
    data: { rows },
    draw: (space) => draw(rows, space),
  };
}

function draw(rows: readonly FunnelRow[], space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const most = Math.log10(1 + Math.max(1, ...rows.flatMap(({ steps }) => steps.map(({ features }) => features))));
  const names = canvas.narrow ? 130 : 220;
  let y = 4;
  for (const { label, steps } of rows) {
    if (rows.length > 1) {
      canvas.add(text(label, 0, y + 12, { colour: palette.ink, weight: 600, size: 13 }));
      y += 26;
    }
    steps.forEach(({ step, features }, i) => {
      const width = ((canvas.width - names - 70) * Math.log10(1 + features)) / most;
      canvas.add(
        [
          text(step, 0, y + 14, { colour: palette.ink2, size: 13, fit: names - 8 }),
          rect({ x: names, y: y + 5, width: Math.max(1, width), height: 18 }, { fill: i === steps.length - 1 ? palette.accent : palette.ink3, radius: 1 }),
          text(count(features), names + Math.max(1, width) + 8, y + 14, { colour: palette.ink, weight: 600, size: 13 }),
        ],
        `${step}: ${count(features)}`,
      );
      y += 28;
    });
    y += 6;
  }
  return canvas.drawing(y + 4);
}
