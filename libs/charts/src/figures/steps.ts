import { words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { line, polygon, rect, scene, text } from '../scene.js';

export interface AnalysisStep {
  readonly step: string;
  /** What is done, in a few words each; a line or more. */
  readonly does: readonly string[];
}

export interface StepsData {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly AnalysisStep[];
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** What an analysis does, one box after the other. */
export function stepsFigure(data: StepsData): Figure {
  const { id, title, steps, answer, facts } = data;
  return {
    id,
    title,
    reading: 'From top to bottom, as the plan says it. No patient is counted here.',
    answer,
    legend: `${title}, as the analysis plan fixes them before any data are seen.`,
    methods: 'Every step is fixed by the analysis plan, which each hospital approved.',
    facts,
    table: { caption: title, columns: [{ key: 'row', label: 'Step' }, { key: 'does', label: 'What is done' }], rows: steps.map(({ step, does }) => ({ row: words(step), does: words(does.join('; ')) })) },
    data: { steps },
    draw: (space) => draw(steps, space),
  };
}

const LINE = 18;
const GAP = 20;
/** Mean width of a letter at 13 px: lines break by it, so that a drawing is the same everywhere. */
const LETTER = 6.9;

function draw(steps: readonly AnalysisStep[], space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const heads = canvas.narrow ? 0 : 190;
  const room = Math.floor((canvas.width - heads - 40) / LETTER);
  const middle = canvas.narrow ? canvas.width / 2 : 24;
  let y = 4;
  steps.forEach(({ step, does }, i) => {
    if (i > 0) {
      canvas.add([line([middle, y, middle, y + GAP], { colour: palette.edge }), polygon([[middle - 4, y + GAP - 6], [middle + 4, y + GAP - 6], [middle, y + GAP]], { fill: palette.edge })]);
      y += GAP;
    }
    const lines = does.flatMap((one) => broken(one, room));
    const above = canvas.narrow ? LINE + 2 : 0;
    const height = above + Math.max(1, lines.length) * LINE + 16;
    canvas.add([
      rect({ x: 1, y, width: canvas.width - 2, height }, { fill: palette.surface, stroke: palette.edge, radius: 6 }),
      text(step, 16, y + 8 + LINE / 2, { colour: palette.ink, weight: 600, size: 13 }),
      ...lines.map((one, row) => text(one, 16 + heads, y + above + 8 + LINE * (row + 0.5), { colour: palette.ink2, size: 13 })),
    ]);
    y += height;
  });
  return canvas.drawing(y + 8);
}

/** Words in lines of at most so many letters. */
function broken(sentence: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
