import type { Drawing, Space } from './figure.js';
import { fonts, markPath, palettes, siteColour, siteMarks, type Mode, type Palette } from './tokens.js';

/** An element as ECharts' custom series takes it. */
export type Shape = Readonly<Record<string, unknown>>;

export interface LineLook {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export interface TextLook {
  readonly colour: string;
  readonly size?: number;
  readonly weight?: 400 | 500 | 600;
  readonly align?: 'left' | 'center' | 'right';
  readonly baseline?: 'top' | 'middle' | 'bottom';
  /** Cut with an ellipsis beyond this. */
  readonly fit?: number;
  /** With `fit`: broken into this many lines before it is cut. */
  readonly lines?: number;
  readonly turn?: number;
  readonly mono?: boolean;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From (x1, y1) to (x2, y2). */
export const line = ([x1, y1, x2, y2]: readonly [number, number, number, number], look: LineLook): Shape => stroke('line', { x1, y1, x2, y2 }, look);

export const polyline = (points: readonly (readonly [number, number])[], look: LineLook): Shape => stroke('polyline', { points }, look);

const stroke = (type: string, shape: object, look: LineLook): Shape => ({
  type,
  shape,
  style: {
    stroke: look.colour,
    fill: 'none',
    lineWidth: look.width ?? 1,
    lineJoin: 'round',
    ...(look.dash && look.dash.length > 0 ? { lineDash: [...look.dash] } : {}),
    ...(look.opacity === undefined ? {} : { opacity: look.opacity }),
  },
});

export interface AreaLook {
  readonly fill: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly radius?: number;
}

const area = (type: string, shape: object, look: AreaLook): Shape => ({
  type,
  shape,
  style: { fill: look.fill, ...(look.stroke === undefined ? {} : { stroke: look.stroke, lineWidth: look.width ?? 1 }), ...(look.opacity === undefined ? {} : { opacity: look.opacity }) },
});

export const polygon = (points: readonly (readonly [number, number])[], look: AreaLook): Shape => area('polygon', { points }, look);
export const rect = (box: Box, look: AreaLook): Shape => area('rect', { ...box, r: look.radius ?? 0 }, look);
/** Many rectangles of one look as one shape: a thousand of them are drawn as fast as one. */
export const rects = (boxes: readonly Box[], look: AreaLook): Shape => area('path', { pathData: boxes.map(({ x, y, width, height }) => `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`).join('') }, look);
const round = (pixels: number): number => Math.round(pixels * 100) / 100;
export const circle = (cx: number, cy: number, r: number, look: AreaLook): Shape => area('circle', { cx, cy, r }, look);

export const text = (content: string, x: number, y: number, look: TextLook): Shape => ({
  type: 'text',
  x,
  y,
  ...(look.turn === undefined ? {} : { rotation: look.turn }),
  style: {
    text: content,
    fill: look.colour,
    font: `${look.weight ?? 400} ${look.size ?? 12}px ${look.mono ? fonts.mono : fonts.text}`,
    align: look.align ?? 'left',
    verticalAlign: look.baseline ?? 'middle',
    ...(look.fit === undefined ? {} : { width: look.fit, ellipsis: '…', ...fitting(look) }),
  },
});

function fitting({ lines = 1, size = 12 }: TextLook): object {
  if (lines === 1) return { overflow: 'truncate' };
  const lineHeight = Math.round(size * 1.2);
  return { overflow: 'break', lineHeight, height: lines * lineHeight, lineOverflow: 'truncate' };
}

/** A site's mark: its shape in its colour. */
export function siteMark(place: number, x: number, y: number, { palette, radius = 5 }: { readonly palette: Palette; readonly radius?: number }): Shape {
  const { shape } = siteMarks[place] ?? { shape: 'circle' as const };
  const colour = siteColour(palette, place);
  const style = shape === 'ring' ? { fill: palette.surface, stroke: colour, lineWidth: 2 } : { fill: colour };
  return { type: 'path', x, y, shape: { pathData: markPath(shape, radius), layout: 'center', x: -radius, y: -radius, width: 2 * radius, height: 2 * radius }, style };
}

/** What a suppressed figure looks like: hatched at 45 degrees, with the rule in words. */
export function hatch(box: Box, palette: Palette): Shape[] {
  const pitch = 6;
  const { x, y, width, height } = box;
  const strokes: Shape[] = [];
  for (let from = x - height; from < x + width; from += pitch) {
    const start = Math.max(from, x);
    const end = Math.min(from + height, x + width);
    if (end > start) strokes.push(line([start, y + height - (start - from), end, y + height - (end - from)], { colour: palette.edge, width: 1, opacity: 0.7 }));
  }
  return [rect(box, { fill: palette.sunken }), ...strokes];
}

/** The hatch with its reason in the middle, on surface. */
export function suppressedBar(box: Box, reason: string, palette: Palette): Shape[] {
  const width = Math.min(box.width - 8, reason.length * 6.3 + 16);
  return [
    ...hatch(box, palette),
    rect({ x: box.x + (box.width - width) / 2, y: box.y - 3, width, height: box.height + 6 }, { fill: palette.surface }),
    text(reason, box.x + box.width / 2, box.y + box.height / 2, { colour: palette.ink2, align: 'center', fit: width - 8 }),
  ];
}

/** An item of a drawing: shapes that are hovered and highlighted as one. */
interface Item {
  readonly shapes: readonly Shape[];
  /** Said on hover and focus; nothing the table does not hold. */
  readonly tip: string | undefined;
}

/**
 * A drawing made of shapes at pixels, drawn by one custom series, so that the SVG of a download holds the whole figure: columns of text, marks,
 * axes. Items with a tip answer the pointer.
 */
export class Scene {
  readonly palette: Palette;
  readonly width: number;
  private readonly items: Item[] = [];

  constructor({ width, mode }: { readonly width: number; readonly mode: Mode }) {
    this.width = width;
    this.palette = palettes[mode];
  }

  get narrow(): boolean {
    return this.width < 560;
  }

  add(shapes: Shape | readonly (Shape | readonly Shape[])[], tip?: string): void {
    this.items.push({ shapes: (Array.isArray(shapes) ? shapes.flat() : [shapes]) as Shape[], tip });
  }

  drawing(height: number): Drawing {
    const { items, palette } = this;
    return {
      height: Math.ceil(height),
      option: {
        animation: false,
        textStyle: { fontFamily: fonts.text },
        backgroundColor: 'transparent',
        tooltip: {
          trigger: 'item',
          confine: true,
          backgroundColor: palette.surface,
          borderColor: palette.line,
          padding: [6, 10],
          textStyle: { color: palette.ink, fontSize: 12, fontFamily: fonts.text },
          formatter: ({ dataIndex }: { dataIndex: number }) => escaped(items[dataIndex]?.tip ?? ''),
        },
        series: [
          {
            type: 'custom',
            coordinateSystem: 'none',
            emphasis: { disabled: true },
            data: items.map((_, i) => i),
            renderItem: ({ dataIndex }: { dataIndex: number }) => {
              const { shapes, tip } = items[dataIndex]!;
              return { type: 'group', silent: tip === undefined, children: shapes.map((shape) => ({ ...shape, ...(tip === undefined ? { silent: true } : {}) })) };
            },
          },
        ],
      },
    };
  }
}

const escaped = (tip: string): string => tip.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');

export const scene = (space: Space): Scene => new Scene(space);
