import { linear } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { bytes, clockTime, count, duration } from '../numbers.js';
import { hatch, line, rect, rects, scene, siteMark, text, type Box, type Scene } from '../scene.js';

/** Contributions of a site that fall into one stretch of time; the server counts, so that a page never holds more than some thousand. */
export interface TimelineBar {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly rounds: number;
  readonly state: 'answered' | 'late' | 'refused' | 'waiting';
}

export interface TimelineLane {
  readonly label: string;
  readonly site: number;
  readonly bars: readonly TimelineBar[];
  readonly rounds: number;
  readonly medianSeconds: number | null;
  readonly bytesSent: number;
}

export interface TimelineData {
  readonly from: number;
  readonly to: number;
  /** Where now is, while the run goes on. */
  readonly now: number | null;
  readonly lanes: readonly TimelineLane[];
  readonly stages: readonly { readonly name: string; readonly from: number }[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

const LANE = 36;

/** More bars than this are not shapes of their own: those that were answered in time are one shape a lane. */
const SINGLE_BARS = 400;

/** A lane a hospital, a bar a contribution; waiting is a thin line, late is hatched, refused is an outline. */
export function timelineFigure(data: TimelineData): Figure {
  const { lanes, answer, facts } = data;
  return {
    id: 'timeline',
    title: 'Hospitals by time',
    reading: 'A bar is work for a round. Thin line: waiting. Hatched: late. Times are UTC.',
    answer,
    legend: 'Contributions of each hospital over the run.',
    methods: 'Times are those of the coordinator.',
    facts,
    table: {
      caption: 'Contributions by hospital',
      columns: [
        { key: 'row', label: 'Hospital' },
        { key: 'rounds', label: 'Rounds answered', numeric: true },
        { key: 'median', label: 'Median time', numeric: true },
        { key: 'bytes', label: 'Sent', numeric: true },
        { key: 'late', label: 'Late', numeric: true },
      ],
      rows: lanes.map(({ label, site, rounds, medianSeconds, bytesSent, bars }) => ({
        row: { ...words(label), site },
        rounds: numeric(rounds, count),
        median: numeric(medianSeconds, duration),
        bytes: numeric(bytesSent, bytes),
        late: numeric(bars.filter(({ state }) => state === 'late').reduce((sum, bar) => sum + bar.rounds, 0), count),
      })),
    },
    data: { lanes, from: data.from, to: data.to, stages: data.stages },
    draw: (space) => draw(data, space),
  };
}

function draw({ from, to, now, lanes, stages }: TimelineData, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const names = canvas.narrow ? 96 : 150;
  const right = canvas.narrow ? 8 : 196;
  const plot = { x: names, y: 40, width: canvas.width - names - right, height: lanes.length * LANE };
  const x = linear([from, Math.max(to, from + 1)], [plot.x, plot.x + plot.width]);
  drawTimes(canvas, { from, to, x, bottom: plot.y + plot.height });
  drawStages(stages.filter((stage) => x(stage.from) >= plot.x - 1), { canvas, x, bottom: plot.y + plot.height });
  const single = lanes.reduce((sum, { bars }) => sum + bars.length, 0) <= SINGLE_BARS;
  lanes.forEach((lane, i) => drawLane(lane, plot.y + i * LANE, { canvas, x, names, right: plot.x + plot.width, single }));
  if (now !== null && now <= to) canvas.add([line([x(now), plot.y - 8, x(now), plot.y + plot.height], { colour: palette.accent, width: 1.5 }), text('now', x(now) - 4, plot.y - 14, { colour: palette.accent, weight: 600, align: 'right' })]);
  return canvas.drawing(plot.y + plot.height + 30);
}

/** A dotted line where a stage begins; names stand in the first of two rows that has the room. */
function drawStages(stages: TimelineData['stages'], { canvas, x, bottom }: { readonly canvas: Scene; readonly x: (time: number) => number; readonly bottom: number }): void {
  const { palette } = canvas;
  const free = [-Infinity, -Infinity];
  for (const { name, from } of stages) {
    const [start, long] = [x(from), name.length * 6.8 + 10];
    const row = free.findIndex((end) => start >= end && start + long <= canvas.width);
    if (row >= 0) free[row] = start + long;
    const top = row === 0 ? 4 : row === 1 ? 18 : 30;
    canvas.add([line([start, top, start, bottom], { colour: palette.edge, dash: [2, 3] }), ...(row < 0 ? [] : [text(name, start + 4, top + 6, { colour: palette.ink2, weight: 500 })])]);
  }
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400].map((seconds) => seconds * 1000);

function drawTimes(canvas: Scene, { from, to, x, bottom }: { readonly from: number; readonly to: number; readonly x: (time: number) => number; readonly bottom: number }): void {
  const { palette } = canvas;
  const most = canvas.narrow ? 3 : 6;
  const step = STEPS.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / most / 86_400_000) * 86_400_000;
  const shapes = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    shapes.push(line([x(time), 40, x(time), bottom], { colour: palette.line }));
    if (x(time) + 26 <= canvas.width) shapes.push(text(clockTime(time, { seconds: step < 60_000 }), x(time), bottom + 8, { colour: palette.ink2, align: 'center', baseline: 'top' }));
  }
  canvas.add(shapes);
}

interface LanePlace {
  readonly canvas: Scene;
  readonly x: (time: number) => number;
  readonly names: number;
  readonly right: number;
  readonly single: boolean;
}

function drawLane(lane: TimelineLane, top: number, place: LanePlace): void {
  const { label, site, bars, rounds, medianSeconds, bytesSent } = lane;
  const { canvas, names, right, single } = place;
  const { palette } = canvas;
  const y = top + LANE / 2;
  const median = medianSeconds === null ? '' : `median ${duration(medianSeconds)}`;
  const said = [...(median === '' ? [] : [median]), `${bytes(bytesSent)} sent`].join('   ');
  canvas.add([siteMark(site, 6, y, { palette }), text(label, 18, y, { colour: palette.ink, size: 13, weight: 500, fit: names - 26 }), line([names, top + LANE, right, top + LANE], { colour: palette.line }), ...(canvas.narrow ? [] : [text(said, right + 10, y, { colour: palette.ink2, fit: 184 })])]);
  const inTime = single ? [] : bars.filter(({ state }) => state === 'answered');
  if (inTime.length > 0) canvas.add(rects(inTime.map((bar) => boxOf(bar, y, place)), { fill: palette.ink2 }), `${label}: ${count(rounds)} ${rounds === 1 ? 'round' : 'rounds'} answered${median === '' ? '' : `, ${median}`}`);
  for (const bar of bars) if (single || bar.state !== 'answered') drawBar(bar, { label, y, place });
}

const boxOf = (bar: TimelineBar, y: number, { x }: LanePlace): Box => ({ x: x(bar.from), y: y - 9, width: Math.max(1, x(bar.to) - x(bar.from)), height: 18 });

function drawBar(bar: TimelineBar, { label, y, place }: { readonly label: string; readonly y: number; readonly place: LanePlace }): void {
  const { canvas } = place;
  const { palette } = canvas;
  const box = boxOf(bar, y, place);
  const about = `${label}: ${count(bar.rounds)} ${bar.rounds === 1 ? 'round' : 'rounds'}, ${bar.state}, ${clockTime(bar.from, { seconds: true })} for ${duration(Math.max(0.001, (bar.to - bar.from) / 1000))}`;
  if (bar.state === 'waiting') canvas.add(line([box.x, y, box.x + box.width, y], { colour: palette.warn, width: 2 }), about);
  else if (bar.state === 'late') canvas.add([...hatch(box, palette), rect(box, { fill: 'transparent', stroke: palette.warn })], about);
  else if (bar.state === 'refused') canvas.add([rect(box, { fill: 'transparent', stroke: palette.bad }), text('✕', box.x + box.width / 2, y, { colour: palette.bad, align: 'center', size: 11 })], about);
  else canvas.add(rect(box, { fill: palette.ink2 }), about);
}
