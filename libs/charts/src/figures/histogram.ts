import { bottomAxis, leftAxis, linear, panels, ticks } from '../axes.js';
import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, number } from '../numbers.js';
import { hatch, line, rect, scene, siteMark, text, type Box, type Scene } from '../scene.js';

/** Patients between two scores, by outcome. */
export interface ScoreBin {
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly nonEvents: number;
}

export interface ScorePanel {
  readonly label: string;
  readonly site: number | null;
  readonly bins: readonly ScoreBin[];
  readonly absent: string | null;
}

export interface ScoreHistogramData {
  readonly score: string;
  readonly panels: readonly ScorePanel[];
  readonly threshold: number | null;
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** Scores of patients with the event above the line and without below, at each hospital, on one axis. */
export function scoreHistogramFigure(data: ScoreHistogramData): Figure {
  const { score, panels: shown, answer, facts } = data;
  return {
    id: 'score-histogram',
    title: `${score} by outcome at each hospital`,
    reading: "Up: with the event. Down: without. Heights: shares of a hospital's patients.",
    answer,
    legend: `Distribution of the ${score} by outcome and hospital. Bins hold at least the minimum count; the ends are fixed, not the least and greatest score.`,
    methods: `The ${score} is shown in bins on a fixed grid, joined until each held the minimum count.`,
    facts,
    table: {
      caption: `${score} by outcome`,
      columns: [
        { key: 'row', label: 'Hospital' },
        { key: 'from', label: 'From', numeric: true },
        { key: 'to', label: 'To', numeric: true },
        { key: 'events', label: 'With the event', numeric: true },
        { key: 'nonEvents', label: 'Without', numeric: true },
      ],
      rows: shown.flatMap(({ label, site, bins, absent }) => {
        const row = { ...words(label), ...(site === null ? {} : { site }) };
        if (absent !== null) return [{ row, from: hidden(absent), to: hidden(absent), events: hidden(absent), nonEvents: hidden(absent) }];
        const edge = (value: number) => number(value, 'auc');
        return bins.map((bin) => ({ row, from: numeric(bin.from, edge), to: numeric(bin.to, edge), events: numeric(bin.events, count), nonEvents: numeric(bin.nonEvents, count) }));
      }),
    },
    data,
    draw: (space) => draw(data, space),
  };
}

function draw({ panels: shown, score, threshold }: ScoreHistogramData, space: Space): Drawing {
  const canvas = scene(space);
  const { plots, perRow, height } = panels(shown.length, canvas.width, { head: 30, foot: 34, left: 48, ratio: 0.8 });
  const bins = shown.flatMap((panel) => panel.bins);
  const domain: [number, number] = [Math.min(0, ...bins.map(({ from }) => from)), Math.max(1, ...bins.map(({ to }) => to))];
  const most = Math.max(1e-9, ...shown.flatMap((panel) => panel.bins.map((bin) => Math.max(density(bin, panel, 'events'), density(bin, panel, 'nonEvents')))));
  shown.forEach((panel, i) => drawPanel(panel, plots[i]!, { canvas, domain, most, first: i % perRow === 0, threshold }));
  canvas.add(text(score, 48 + (canvas.width - 48) / 2, height + 2, { colour: canvas.palette.ink2, align: 'center' }));
  return canvas.drawing(height + 14);
}

/** Share of the hospital's patients for each unit of score. */
const density = (bin: ScoreBin, { bins }: ScorePanel, outcome: 'events' | 'nonEvents'): number => bin[outcome] / (bin.to - bin.from) / Math.max(1, bins.reduce((sum, one) => sum + one.events + one.nonEvents, 0));

interface Drawn {
  readonly canvas: Scene;
  readonly domain: readonly [number, number];
  /** Greatest density of all panels. */
  readonly most: number;
  readonly first: boolean;
  readonly threshold: number | null;
}

function drawPanel(panel: ScorePanel, plot: Box, { canvas, domain, most, first, threshold }: Drawn): void {
  const { label, site, bins, absent } = panel;
  const { palette } = canvas;
  const x = linear(domain, [plot.x, plot.x + plot.width]);
  const middle = plot.y + plot.height / 2;
  const y = linear([-most, most], [plot.y + plot.height, plot.y]);
  canvas.add([
    ...(site === null ? [] : [siteMark(site, plot.x + 5, plot.y - 14, { palette })]),
    text(label, plot.x + (site === null ? 0 : 16), plot.y - 14, { colour: palette.ink, weight: 600, size: 13, fit: plot.width - 16 }),
    ...bottomAxis(plot, x, ticks(domain[0], domain[1], 3), { palette }),
    ...leftAxis(plot, y, [], { palette, ...(first ? { title: 'Without | with' } : {}) }),
  ]);
  if (absent !== null) {
    canvas.add([...hatch(plot, palette), rect({ x: plot.x, y: middle - 12, width: plot.width, height: 24 }, { fill: palette.surface }), text('Suppressed', plot.x + plot.width / 2, middle, { colour: palette.ink2, align: 'center' })], absent);
    return;
  }
  for (const bin of bins) {
    const { from, to, events, nonEvents } = bin;
    const width = Math.max(1, x(to) - x(from) - 1);
    const [up, down] = [y(density(bin, panel, 'events')), y(-density(bin, panel, 'nonEvents'))];
    canvas.add(
      [rect({ x: x(from), y: up, width, height: middle - up }, { fill: palette.accent }), rect({ x: x(from), y: middle, width, height: down - middle }, { fill: palette.ink3 })],
      `${number(from, 'auc')} to ${number(to, 'auc')}: ${count(events)} with the event, ${count(nonEvents)} without`,
    );
  }
  canvas.add(line([plot.x, middle, plot.x + plot.width, middle], { colour: palette.ink }));
  if (threshold !== null) canvas.add(line([x(threshold), plot.y, x(threshold), plot.y + plot.height], { colour: palette.ink, dash: [4, 3] }));
}
