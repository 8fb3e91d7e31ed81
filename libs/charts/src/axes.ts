import { fixed } from './numbers.js';
import { line, text, type Box, type Shape } from './scene.js';
import type { Palette } from './tokens.js';

/** A value's place in pixels. */
export type Scale = (value: number) => number;

export const linear = (domain: readonly [number, number], pixels: readonly [number, number]): Scale => {
  const [from, to] = domain;
  const factor = to === from ? 0 : (pixels[1] - pixels[0]) / (to - from);
  return (value) => pixels[0] + (value - from) * factor;
};

/** Logarithmic, for ratios and penalties. */
export const logarithmic = (domain: readonly [number, number], pixels: readonly [number, number]): Scale => {
  const scale = linear([Math.log(domain[0]), Math.log(domain[1])], pixels);
  return (value) => scale(Math.log(value));
};

/** Round ticks within a domain, at most `most` of them; steps are 1, 2, 2.5 or 5 times a power of ten. */
export function ticks(low: number, high: number, most = 6): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => Math.floor(high / s + 1e-9) - Math.ceil(low / s - 1e-9) + 1 <= most) ?? 10 * power;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** Ticks of a ratio, between powers of two or ten. */
export function ratioTicks(low: number, high: number): number[] {
  const all = [0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10].filter((value) => value >= low && value <= high);
  return all.length <= 6 ? all : all.filter((value) => [0.1, 0.2, 0.5, 1, 2, 5, 10].includes(value));
}

/** The fewest decimals, up to four, that tell the ticks apart. */
export function tickLabels(values: readonly number[]): string[] {
  for (let digits = 0; digits < 4; digits++)
    if (values.every((value) => Math.abs(Number(value.toFixed(digits)) - value) < 1e-9)) return values.map((value) => fixed(value, digits));
  return values.map((value) => fixed(value, 4));
}

export interface AxisLook {
  readonly palette: Palette;
  readonly title?: string;
  readonly labels?: readonly string[];
  /** Lines across the plot. */
  readonly rules?: boolean;
  readonly quiet?: boolean;
}

/** The axis under a plot: rules, line, ticks, labels, title below. */
export function bottomAxis(plot: Box, scale: Scale, values: readonly number[], look: AxisLook): Shape[] {
  const { palette, title, labels = tickLabels(values), rules = true, quiet = false } = look;
  const bottom = plot.y + plot.height;
  return [
    ...(rules ? values.map((value) => line([scale(value), plot.y, scale(value), bottom], { colour: palette.line })) : []),
    line([plot.x, bottom, plot.x + plot.width, bottom], { colour: palette.edge }),
    ...(quiet ? [] : values.map((value) => line([scale(value), bottom, scale(value), bottom + 4], { colour: palette.edge }))),
    ...(quiet ? [] : values.map((value, i) => text(labels[i]!, scale(value), bottom + 8, { colour: palette.ink2, align: 'center', baseline: 'top' }))),
    ...(title === undefined ? [] : [text(title, plot.x + plot.width / 2, bottom + 28, { colour: palette.ink2, align: 'center', baseline: 'top' })]),
  ];
}

/** The axis left of a plot; its title stands upright beside it. */
export function leftAxis(plot: Box, scale: Scale, values: readonly number[], look: AxisLook): Shape[] {
  const { palette, title, labels = tickLabels(values), rules = true, quiet = false } = look;
  return [
    ...(rules ? values.map((value) => line([plot.x, scale(value), plot.x + plot.width, scale(value)], { colour: palette.line })) : []),
    line([plot.x, plot.y, plot.x, plot.y + plot.height], { colour: palette.edge }),
    ...(quiet ? [] : values.map((value, i) => text(labels[i]!, plot.x - 8, scale(value), { colour: palette.ink2, align: 'right' }))),
    ...(title === undefined ? [] : [text(title, Math.max(8, plot.x - 44), plot.y + plot.height / 2, { colour: palette.ink2, align: 'center', turn: Math.PI / 2 })]),
  ];
}

/** Boxes of panels: `most` in a row by the width, square or of a height, with room for heads and axes. */
export function panels(count: number, width: number, options: { readonly head: number; readonly foot: number; readonly left: number; readonly ratio?: number }): { readonly plots: Box[]; readonly height: number; readonly perRow: number } {
  const { head, foot, left, ratio = 1 } = options;
  const few = count <= 4 && width >= 600 ? count : 3;
  const perRow = Math.max(1, Math.min(count, width >= 860 ? 6 : width >= 460 ? few : 2));
  const gap = 28;
  const right = 12;
  const size = Math.min((width - left - right - gap * (perRow - 1)) / perRow, 320);
  const high = size * ratio;
  const plots = Array.from({ length: count }, (_, i) => {
    const [row, column] = [Math.floor(i / perRow), i % perRow];
    return { x: left + column * (size + gap), y: head + row * (high + head + foot), width: size, height: high };
  });
  return { plots, perRow, height: Math.ceil(count / perRow) * (high + head + foot) + 12 };
}
