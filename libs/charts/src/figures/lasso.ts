import { leftAxis, linear, logarithmic, ticks, type Scale } from '../axes.js';
import { numeric, words, type Drawing, type Figure, type FigureFacts, type Space } from '../figure.js';
import { count, number, plain } from '../numbers.js';
import { circle, line, polyline, scene, text, type Box, type Scene, type Shape } from '../scene.js';

export interface PenaltyError {
  readonly lambda: number;
  readonly meanError: number;
  readonly standardError: number;
  /** Coefficients that are not zero. */
  readonly kept: number;
}

export interface CoefficientPath {
  readonly feature: string;
  readonly group: string;
  readonly selected: boolean;
  /** One for each penalty of `errors`. */
  readonly values: readonly number[];
}

export interface LassoData {
  /** Names the selection where a run has several: a sequence. */
  readonly part?: string;
  /** What the error is: `Squared error` when absent. */
  readonly error?: string;
  readonly errors: readonly PenaltyError[];
  /** Null where the run keeps the errors only. */
  readonly paths: readonly CoefficientPath[] | null;
  readonly lambdaMin: number;
  readonly lambdaOneSe: number;
  readonly chosen: 'min' | '1se';
  readonly answer: string;
  readonly facts: FigureFacts;
}

/** Coefficients and cross-validated error against the penalty, one under the other, on one axis. */
export function lassoFigure(data: LassoData): Figure {
  const { part = '', error = 'Squared error', errors, paths, answer, facts } = data;
  const drawn = (paths ?? []).filter(({ selected }) => selected);
  return {
    id: part === '' ? 'lasso' : `lasso-${part.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    title: `${paths === null ? 'Cross-validated error of the LASSO' : 'LASSO coefficients and cross-validated error'}${part === '' ? '' : `: ${part}`}`,
    reading: 'To the right the penalty grows, fewer features stay. Bars: ± 1 standard error.',
    answer,
    legend: 'Least absolute shrinkage and selection: coefficients of standardised features and mean cross-validated error with one standard error, against the penalty λ on a logarithmic axis. Lines: the penalty of least error and the strongest one within a standard error of it.',
    methods: 'Features were selected by LASSO with the penalty chosen by federated cross-validation on training rows only.',
    facts,
    table: {
      caption: 'Cross-validated error by penalty',
      columns: [
        { key: 'row', label: 'λ', numeric: true },
        { key: 'error', label: error === 'Squared error' ? 'Mean squared error' : error, numeric: true },
        { key: 'se', label: 'Standard error', numeric: true },
        { key: 'kept', label: 'Features kept', numeric: true },
        ...drawn.map(({ feature }, j) => ({ key: `b${j}`, label: feature, numeric: true })),
      ],
      rows: errors.map(({ lambda, meanError, standardError, kept }, i) => ({
        row: { ...words(plain(lambda)), value: lambda },
        error: numeric(meanError, (value) => number(value, 'brier')),
        se: numeric(standardError, (value) => number(value, 'brier')),
        kept: numeric(kept, count),
        ...Object.fromEntries(drawn.map(({ values }, j) => [`b${j}`, numeric(values[i], (value) => number(value, 'coefficient'))])),
      })),
    },
    data,
    draw: (space) => draw(data, space),
  };
}

function draw(data: LassoData, space: Space): Drawing {
  const canvas = scene(space);
  const { errors, paths } = data;
  const lambdas = errors.map(({ lambda }) => lambda);
  const domain: [number, number] = [Math.min(...lambdas), Math.max(...lambdas)];
  const width = canvas.width - 64 - (canvas.narrow ? 8 : 120);
  const high = Math.min(280, canvas.width * 0.5);
  const upper = { x: 64, y: 30, width, height: paths === null ? 0 : high };
  const lower = { x: 64, y: paths === null ? 30 : 30 + high + 44, width, height: high };
  const x = logarithmic(domain, [64, 64 + width]);
  if (paths !== null) drawPaths(data, { plot: upper, x, canvas });
  drawErrors(data, { plot: lower, x, canvas });
  return canvas.drawing(lower.y + lower.height + 52);
}

interface Drawn {
  readonly plot: Box;
  readonly x: Scale;
  readonly canvas: Scene;
}

/** Powers of ten and their thirds on the axis of penalties. */
function penaltyAxis(plot: Box, x: Scale, domain: readonly [number, number], { canvas, titled }: { readonly canvas: Scene; readonly titled: boolean }): Shape[] {
  const { palette } = canvas;
  const values = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100].filter((value) => value >= domain[0] * 0.999 && value <= domain[1] * 1.001);
  const bottom = plot.y + plot.height;
  return [
    ...values.map((value) => line([x(value), plot.y, x(value), bottom], { colour: palette.line })),
    line([plot.x, bottom, plot.x + plot.width, bottom], { colour: palette.edge }),
    ...values.map((value) => text(String(value), x(value), bottom + 8, { colour: palette.ink2, align: 'center', baseline: 'top' })),
    ...(titled ? [text('Penalty λ (logarithmic)', plot.x + plot.width / 2, bottom + 28, { colour: palette.ink2, align: 'center', baseline: 'top' })] : []),
  ];
}

function penaltyLines({ lambdaMin, lambdaOneSe, chosen }: LassoData, { plot, x, canvas }: Drawn, labelled: boolean): Shape[] {
  const { palette } = canvas;
  const same = Math.abs(x(lambdaMin) - x(lambdaOneSe)) < 2;
  const at = (lambda: number, label: string, own: boolean, align: 'left' | 'right'): Shape[] => [
    line([x(lambda), plot.y - 8, x(lambda), plot.y + plot.height], { colour: own ? palette.accent : palette.ink3, width: own ? 1.5 : 1, dash: own ? [] : [4, 3] }),
    ...(labelled ? [text(`${label}${own ? ', chosen' : ''}`, x(lambda) + (align === 'left' ? 4 : -4), plot.y - 14, { colour: own ? palette.accent : palette.ink2, weight: own ? 600 : 400, align })] : []),
  ];
  if (same) return at(lambdaMin, 'least error and 1-SE', true, 'left');
  return [...at(lambdaMin, 'least error', chosen === 'min', 'right'), ...at(lambdaOneSe, '1-SE', chosen === '1se', 'left')];
}

function drawPaths(data: LassoData, drawn: Drawn): void {
  const { plot, x, canvas } = drawn;
  const { palette } = canvas;
  const paths = data.paths!;
  const most = Math.max(0.01, ...paths.flatMap(({ values }) => values.map(Math.abs)));
  const y = linear([-most * 1.05, most * 1.05], [plot.y + plot.height, plot.y]);
  const lambdas = data.errors.map(({ lambda }) => lambda);
  const groups = [...new Set(paths.filter(({ selected }) => selected).map(({ group }) => group))];
  canvas.add([penaltyAxis(plot, x, [Math.min(...lambdas), Math.max(...lambdas)], { canvas, titled: false }), leftAxis(plot, y, ticks(-most, most, 5), { palette, title: 'Coefficient' })].flat());
  for (const { feature, group, selected, values } of [...paths].sort((a, b) => Number(a.selected) - Number(b.selected))) {
    const colour = selected ? palette.sites[groups.indexOf(group) % palette.sites.length]! : palette.ink3;
    canvas.add(polyline(values.map((value, i) => [x(lambdas[i]!), y(value)]), { colour, width: selected ? 1.5 : 1, opacity: selected ? 1 : 0.4 }), feature);
  }
  canvas.add(penaltyLines(data, drawn, true));
  if (!canvas.narrow && groups.length > 1) canvas.add(groups.map((group, i) => text(group, plot.x + plot.width + 10, plot.y + 12 + i * 18, { colour: palette.sites[i % palette.sites.length]!, weight: 600, fit: 108 })));
}

function drawErrors(data: LassoData, drawn: Drawn): void {
  const { plot, x, canvas } = drawn;
  const { palette } = canvas;
  const { errors, paths } = data;
  const low = Math.min(...errors.map(({ meanError, standardError }) => meanError - standardError));
  const high = Math.max(...errors.map(({ meanError, standardError }) => meanError + standardError));
  const y = linear([low - (high - low) * 0.04, high + (high - low) * 0.04], [plot.y + plot.height, plot.y]);
  const lambdas = errors.map(({ lambda }) => lambda);
  canvas.add([penaltyAxis(plot, x, [Math.min(...lambdas), Math.max(...lambdas)], { canvas, titled: true }), leftAxis(plot, y, ticks(low, high, 5), { palette, title: data.error ?? 'Squared error' })].flat());
  canvas.add(penaltyLines(data, drawn, paths === null));
  for (const { lambda, meanError, standardError, kept } of errors) {
    const px = x(lambda);
    canvas.add(
      [line([px, y(meanError - standardError), px, y(meanError + standardError)], { colour: palette.edge }), circle(px, y(meanError), 2.5, { fill: palette.ink })],
      `λ ${plain(lambda)}: error ${number(meanError, 'brier')}, ${count(kept)} kept`,
    );
  }
}
