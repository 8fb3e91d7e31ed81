import { linear, ticks, tickLabels } from '../axes.js';
import { logistic } from '../exponential.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { fixed, number, plain } from '../numbers.js';
import { line, scene, text, type Scene } from '../scene.js';

/** One input of a logistic model, on its own scale. */
export type NomogramInput =
  | { readonly kind: 'number'; readonly name: string; readonly label: string; readonly coefficient: number; readonly from: number; readonly to: number }
  | { readonly kind: 'levels'; readonly name: string; readonly label: string; readonly levels: readonly { readonly level: string; readonly coefficient: number }[] };

export interface NomogramModel {
  readonly intercept: number;
  readonly inputs: readonly NomogramInput[];
  /** Of the coefficients; absent where the model has none, as a penalised one. */
  readonly covariance?: CoefficientCovariance;
}

export interface CoefficientCovariance {
  /** `(Intercept)`, a number by its name, a level as `name=level`; a level that is not here is the reference. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

export interface NomogramData {
  readonly model: NomogramModel;
  readonly outcome: string;
  /** What the ends of the scales of numbers are: `rounded 1st and 99th percentiles`. */
  readonly ranges: string;
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** An input's share of the linear predictor at a value or level. */
export function termOf(input: NomogramInput, value: number | string): number {
  if (input.kind === 'number') return input.coefficient * Number(value);
  return input.levels.find(({ level }) => level === value)?.coefficient ?? 0;
}

const endsOf = (input: NomogramInput): readonly number[] =>
  input.kind === 'number' ? [input.coefficient * input.from, input.coefficient * input.to] : input.levels.map(({ coefficient }) => coefficient);

/** Log-odds of one point: the input that can move the prediction furthest has 100 points. */
export const pointUnit = ({ inputs }: NomogramModel): number => Math.max(1e-12, ...inputs.map((input) => Math.max(...endsOf(input)) - Math.min(...endsOf(input)))) / 100;

/** Points of an input at a value: 0 where it lowers the prediction most. */
export const pointsOf = (model: NomogramModel, input: NomogramInput, value: number | string): number => (termOf(input, value) - Math.min(...endsOf(input))) / pointUnit(model);

/** The probability of a total: 1 / (1 + exp(−(intercept + Σ least term + points · unit))). */
export function probabilityOf(model: NomogramModel, points: number): number {
  const least = model.inputs.reduce((sum, input) => sum + Math.min(...endsOf(input)), model.intercept);
  return logistic(least + points * pointUnit(model));
}

/**
 * The 95 % interval of the probability at a value of each input, from the covariance V of the coefficients: expit(x'b ± 1.96 √(x'Vx)), x with 1 for the intercept and
 * for chosen levels. It tells how well the coefficients are known, the inputs taken as they are. Null where the model has no covariance.
 */
export function probabilityInterval({ intercept, inputs, covariance }: NomogramModel, values: readonly (number | string)[]): { readonly low: number; readonly high: number } | null {
  if (covariance === undefined) return null;
  const x = new Map<string, number>([['(Intercept)', 1]]);
  for (const [i, { name }] of inputs.entries()) {
    // A column of 0 and 1 has levels, and one coefficient.
    if (covariance.names.includes(name)) x.set(name, Number(values[i]));
    else x.set(`${name}=${values[i]}`, 1);
  }
  const at = covariance.names.map((name) => x.get(name) ?? 0);
  const variance = at.reduce((sum, one, i) => sum + at.reduce((inner, other, j) => inner + one * other * covariance.rows[i]![j]!, 0), 0);
  const centre = inputs.reduce((sum, input, i) => sum + termOf(input, values[i]!), intercept);
  const half = NORMAL_QUANTILE * Math.sqrt(Math.max(0, variance));
  const [low, high] = [-half, half].map((by) => logistic(centre + by)) as [number, number];
  return { low, high };
}

/** Of the standard normal distribution at .975. */
const NORMAL_QUANTILE = 1.959963984540054;

/** Points of a probability, the inverse. */
const pointsAt = (model: NomogramModel, probability: number): number => {
  const least = model.inputs.reduce((sum, input) => sum + Math.min(...endsOf(input)), model.intercept);
  return (Math.log(probability / (1 - probability)) - least) / pointUnit(model);
};

export const mostPoints = (model: NomogramModel): number => model.inputs.reduce((sum, input) => sum + (Math.max(...endsOf(input)) - Math.min(...endsOf(input))) / pointUnit(model), 0);

const ROW = 46;

/** Scales one under the other: read points for each input, add them, read the probability under the total. */
export function nomogramFigure({ model, outcome, ranges, answer, facts }: NomogramData): Figure {
  return {
    id: 'nomogram',
    title: 'Nomogram',
    reading: 'Read the points above each value, add them, read the probability below the total.',
    answer,
    legend: `Nomogram for ${outcome}. Ranges of numbers are ${ranges} of the training patients, not the least and greatest value of one.`,
    methods: `The nomogram draws the logistic regression of the plan; its ranges are ${ranges} over all training patients.`,
    facts,
    table: {
      caption: 'Points of the nomogram',
      columns: [
        { key: 'row', label: 'Input' },
        { key: 'value', label: 'Value' },
        { key: 'points', label: 'Points', numeric: true },
      ],
      rows: model.inputs.flatMap((input) => valuesOf(input).map((value) => ({ row: words(input.label), value: { text: typeof value === 'number' ? plain(value) : value, value }, points: numeric(pointsOf(model, input, value), (points) => fixed(points, 0)) }))),
    },
    data: { model, outcome },
    draw: (space) => draw(model, space),
  };
}

const valuesOf = (input: NomogramInput): (number | string)[] => (input.kind === 'number' ? ticks(input.from, input.to, 6) : input.levels.map(({ level }) => level));

function draw(model: NomogramModel, space: Space): Drawing {
  const canvas = scene(space);
  const { palette } = canvas;
  const names = canvas.narrow ? 0 : Math.min(220, canvas.width * 0.26);
  const [left, right] = [names + 12, canvas.width - 16];
  const row = canvas.narrow ? ROW + 28 : ROW;
  const points = linear([0, 100], [left, right]);
  const most = mostPoints(model);
  const total = linear([0, most], [left, right]);
  const head = (label: string, y: number): void => canvas.add(text(label, 0, canvas.narrow ? y - 37 : y, { colour: palette.ink, weight: 600, size: 13, fit: canvas.narrow ? canvas.width : names }));
  let y = canvas.narrow ? 48 : 24;
  head('Points', y);
  scaleRow(canvas, y, ticks(0, 100, canvas.narrow ? 6 : 11).map((value) => ({ x: points(value), label: String(value) })));
  for (const input of model.inputs) {
    y += row;
    head(input.label, y);
    const values = valuesOf(input);
    const labels = input.kind === 'number' ? tickLabels(values as number[]) : (values as string[]);
    scaleRow(canvas, y, values.map((value, i) => ({ x: points(pointsOf(model, input, value)), label: labels[i]! })), input.kind === 'number' ? [input.from, input.to].map((value) => points(pointsOf(model, input, value))) : []);
  }
  y += row;
  head('Total points', y);
  const totals = ticks(0, most, canvas.narrow ? 5 : 9);
  scaleRow(canvas, y, totals.map((value) => ({ x: total(value), label: tickLabels(totals)[totals.indexOf(value)]! })));
  y += row;
  head('Probability', y);
  const likely = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99].filter((p) => pointsAt(model, p) >= 0 && pointsAt(model, p) <= most);
  scaleRow(canvas, y, likely.map((p) => ({ x: total(pointsAt(model, p)), label: number(p, 'auc').replace(/^0|0$/g, '').replace(/\.$/, '.0') })));
  return canvas.drawing(y + 34);
}

/** A line with ticks. Labels that would touch the one before stand above the line, and are left out where that is taken too; those at an end move inside the figure, and the ticks stay. */
function scaleRow(canvas: Scene, y: number, marks: readonly { readonly x: number; readonly label: string }[], ends: readonly number[] = []): void {
  const { palette } = canvas;
  if (marks.length === 0) return;
  const sorted = [...marks].sort((a, b) => a.x - b.x);
  let [free, freeAbove] = [-Infinity, -Infinity];
  canvas.add([
    line([Math.min(sorted[0]!.x, ...ends), y, Math.max(sorted.at(-1)!.x, ...ends), y], { colour: palette.ink, width: 1.25 }),
    ...sorted.flatMap(({ x, label }) => {
      const half = label.length * 3.4 + 3;
      const middle = Math.max(half, Math.min(x, canvas.width - half));
      const tick = line([x, y - 5, x, y], { colour: palette.ink });
      if (middle - half < free) {
        if (middle - half < freeAbove) return [tick];
        freeAbove = middle + half;
        return [tick, text(label, middle, y - 8, { colour: palette.ink2, align: 'center', baseline: 'bottom' })];
      }
      free = middle + half;
      return [tick, text(label, middle, y + 5, { colour: palette.ink2, align: 'center', baseline: 'top' })];
    }),
  ]);
}
