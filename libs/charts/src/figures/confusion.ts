import { panels } from '../axes.js';
import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, number, percent, share } from '../numbers.js';
import { hatch, rect, scene, siteMark, text, type Box, type Scene } from '../scene.js';
import { inkOn, scaleColour } from '../tokens.js';

export interface ConfusionPanel {
  readonly label: string;
  readonly site: number | null;
  readonly counts: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number } | null;
  readonly absent: string | null;
}

export interface ConfusionData {
  readonly threshold: number;
  readonly panels: readonly ConfusionPanel[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** What the threshold says against what happened, at each hospital; every share beside its count. */
export function confusionFigure({ threshold, panels: shown, answer, facts }: ConfusionData): Figure {
  const rate = (part: number, whole: number) => (whole === 0 ? { text: '–', value: null } : { text: share(part, whole), value: part / whole });
  return {
    id: 'confusion',
    title: `Right and wrong at the threshold ${number(threshold, 'auc')}`,
    reading: 'Rows: what happened. Columns: what the threshold says.',
    answer,
    legend: `Confusion matrices at the threshold ${number(threshold, 'auc')}, chosen without the patients shown. A cell below the minimum count takes the matrix of its hospital with it.`,
    methods: `Predictions at or above ${number(threshold, 'auc')} counted as positive; the threshold was fixed in the plan or chosen on training rows.`,
    facts,
    table: {
      caption: 'Confusion matrices',
      columns: [
        { key: 'row', label: 'Hospital' },
        { key: 'tp', label: 'True positive', numeric: true },
        { key: 'fn', label: 'False negative', numeric: true },
        { key: 'fp', label: 'False positive', numeric: true },
        { key: 'tn', label: 'True negative', numeric: true },
        { key: 'sensitivity', label: 'Sensitivity', numeric: true },
        { key: 'specificity', label: 'Specificity', numeric: true },
      ],
      rows: shown.map(({ label, site, counts, absent }) => {
        const row = { ...words(label), ...(site === null ? {} : { site }) };
        if (counts === null) {
          const none = hidden(absent ?? 'Not available');
          return { row, tp: none, fn: none, fp: none, tn: none, sensitivity: none, specificity: none };
        }
        const { tp, fn, fp, tn } = counts;
        return { row, tp: numeric(tp, count), fn: numeric(fn, count), fp: numeric(fp, count), tn: numeric(tn, count), sensitivity: rate(tp, tp + fn), specificity: rate(tn, tn + fp) };
      }),
    },
    data: { threshold, panels: shown },
    draw: (space) => draw(shown, space),
  };
}

function draw(shown: readonly ConfusionPanel[], space: Space): Drawing {
  const canvas = scene(space);
  const { plots, height, perRow } = panels(shown.length, canvas.width, { head: 56, foot: 6, left: 76, ratio: 0.7 });
  shown.forEach((panel, i) => drawPanel(panel, plots[i]!, { canvas, first: i % perRow === 0 }));
  return canvas.drawing(height);
}

function drawPanel({ label, site, counts, absent }: ConfusionPanel, plot: Box, { canvas, first }: { readonly canvas: Scene; readonly first: boolean }): void {
  const { palette } = canvas;
  const [half, high] = [plot.width / 2, plot.height / 2];
  const small = { colour: palette.ink2, size: 12 } as const;
  canvas.add([
    ...(site === null ? [] : [siteMark(site, plot.x + 5, plot.y - 40, { palette })]),
    text(label, plot.x + (site === null ? 0 : 16), plot.y - 40, { colour: palette.ink, weight: 600, size: 13, fit: plot.width - 16 }),
    text('positive', plot.x + half / 2, plot.y - 12, { ...small, align: 'center' }),
    text('negative', plot.x + half * 1.5, plot.y - 12, { ...small, align: 'center' }),
    ...(first ? [text('event', plot.x - 8, plot.y + high / 2, { ...small, align: 'right' }), text('no event', plot.x - 8, plot.y + high * 1.5, { ...small, align: 'right' })] : []),
  ]);
  if (counts === null) {
    canvas.add([...hatch(plot, palette), rect({ x: plot.x, y: plot.y + high - 12, width: plot.width, height: 24 }, { fill: palette.surface }), text('Suppressed', plot.x + half, plot.y + high, { colour: palette.ink2, align: 'center' })], absent ?? undefined);
    return;
  }
  const { tp, fn, fp, tn } = counts;
  const cells: readonly (readonly [number, number, number, number, string])[] = [
    [0, 0, tp, tp + fn, 'true positive'],
    [1, 0, fn, tp + fn, 'false negative'],
    [0, 1, fp, fp + tn, 'false positive'],
    [1, 1, tn, fp + tn, 'true negative'],
  ];
  for (const [column, row, n, of, name] of cells) {
    const part = of === 0 ? 0 : n / of;
    const fill = scaleColour(palette.sequential, part * 0.8);
    const box = { x: plot.x + column * half, y: plot.y + row * high, width: half - 1, height: high - 1 };
    const ink = inkOn(fill, palette);
    canvas.add([rect(box, { fill }), text(count(n), box.x + box.width / 2, box.y + box.height / 2 - 8, { colour: ink, weight: 600, size: 14, align: 'center' }), text(of === 0 ? '' : percent(part, of), box.x + box.width / 2, box.y + box.height / 2 + 11, { colour: ink, align: 'center' })], `${label}: ${share(n, of)} ${name}`);
  }
}
