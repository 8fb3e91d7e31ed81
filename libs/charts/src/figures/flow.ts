import { hidden, numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count } from '../numbers.js';
import { hatch, line, polygon, rect, scene, text, type Scene } from '../scene.js';

/** A box of patients, and what left on the way to it. */
export interface FlowBox {
  readonly label: string;
  readonly patients: number | null;
  readonly suppressed?: string;
  readonly detail?: string;
  /** Left before this box. */
  readonly excluded?: readonly { readonly reason: string; readonly patients: number | null; readonly suppressed?: string }[];
}

export interface FlowData {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly FlowBox[];
  /** What the last step divides into: training and test, or sites. */
  readonly branches: readonly FlowBox[];
  readonly unit: string;
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** Boxes from those who were looked at to those who were analysed. */
export function flowFigure(data: FlowData): Figure {
  const { id, title, steps, branches, unit, answer, facts } = data;
  const cell = (box: { readonly patients: number | null; readonly suppressed?: string }) => (box.suppressed === undefined ? numeric(box.patients, count) : hidden(box.suppressed));
  return {
    id,
    title,
    reading: `From top to bottom. Right: who left, and why. Counts are ${unit}.`,
    answer,
    legend: `${title}. Boxes below the minimum count are joined under "other"; suppressed boxes are hatched.`,
    methods: `The flow of ${unit} was counted at each hospital and summed.`,
    facts,
    table: {
      caption: title,
      columns: [
        { key: 'row', label: 'Step' },
        { key: 'patients', label: unit[0]!.toUpperCase() + unit.slice(1), numeric: true },
      ],
      rows: [...steps, ...branches].flatMap((box) => [...(box.excluded ?? []).map((one) => ({ row: words(`Left: ${one.reason}`), patients: cell(one) })), { row: words(box.label), patients: cell(box) }]),
    },
    data: { steps, branches },
    draw: (space) => draw(data, space),
  };
}

const HIGH = 58;
const GAP = 34;

function draw({ steps, branches }: FlowData, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const wide = Math.min(300, canvas.narrow ? canvas.width * 0.52 : canvas.width * 0.4);
  const withExclusions = steps.some(({ excluded }) => (excluded?.length ?? 0) > 0);
  const centre = withExclusions ? wide / 2 + (canvas.narrow ? 0 : 40) : canvas.width / 2;
  let y = 4;
  steps.forEach((box, i) => {
    const left = box.excluded ?? [];
    if (i > 0) {
      const room = Math.max(GAP, left.length * 22 + 22);
      canvas.add([line([centre, y, centre, y + room], { colour: palette.edge }), polygon([[centre - 4, y + room - 6], [centre + 4, y + room - 6], [centre, y + room]], { fill: palette.edge })]);
      left.forEach((one, j) => {
        const at = y + 20 + j * 22;
        const said = one.suppressed === undefined ? `${one.reason}: ${one.patients === null ? '–' : count(one.patients)}` : `${one.reason}: suppressed`;
        canvas.add([line([centre, at, centre + wide / 2 + 12, at], { colour: palette.edge }), text(said, centre + wide / 2 + 20, at, { colour: palette.ink2, size: 13, fit: canvas.width - centre - wide / 2 - 24 })], one.suppressed);
      });
      y += room;
    }
    drawBox(box, { x: centre - wide / 2, y, width: wide, height: HIGH }, canvas);
    y += HIGH;
  });
  if (branches.length > 0) y = drawBranches(branches, { centre, y, canvas });
  return canvas.drawing(y + 8);
}

function drawBranches(branches: readonly FlowBox[], { centre, y, canvas }: { readonly centre: number; readonly y: number; readonly canvas: Scene }): number {
  const { palette } = canvas;
  const perRow = Math.min(branches.length, canvas.narrow ? 2 : 6);
  const width = (canvas.width - 2 - (perRow - 1) * 12) / perRow;
  const middle = (i: number): number => 1 + (i % perRow) * (width + 12) + width / 2;
  const rows = Math.ceil(branches.length / perRow);
  canvas.add([line([centre, y, centre, y + 16], { colour: palette.edge }), line([Math.min(centre, middle(0)), y + 16, Math.max(centre, middle(perRow - 1)), y + 16], { colour: palette.edge })]);
  branches.forEach((box, i) => {
    const top = y + 32 + Math.floor(i / perRow) * (HIGH + 14);
    if (i < perRow) canvas.add(line([middle(i), y + 16, middle(i), top], { colour: palette.edge }));
    drawBox(box, { x: middle(i) - width / 2, y: top, width, height: HIGH }, canvas);
  });
  return y + 32 + rows * (HIGH + 14);
}

function drawBox({ label, patients, suppressed, detail }: FlowBox, box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }, canvas: Scene): void {
  const { palette } = canvas;
  const middle = box.x + box.width / 2;
  const said = suppressed === undefined ? `${patients === null ? '–' : count(patients)}${detail === undefined ? '' : `  ${detail}`}` : 'Suppressed';
  canvas.add(
    [
      ...(suppressed === undefined ? [] : hatch(box, palette)),
      rect(box, { fill: suppressed === undefined ? palette.surface : 'transparent', stroke: palette.edge, radius: 6 }),
      ...(suppressed === undefined ? [] : [rect({ x: box.x + 12, y: box.y + 8, width: box.width - 24, height: box.height - 16 }, { fill: palette.surface })]),
      text(label, middle, box.y + 20, { colour: palette.ink2, align: 'center', size: 13, fit: box.width - 16 }),
      text(said, middle, box.y + 40, { colour: palette.ink, weight: 600, align: 'center', size: 14, fit: box.width - 12 }),
    ],
    suppressed,
  );
}
