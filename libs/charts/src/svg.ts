import { use, init } from 'echarts/core';
import { CustomChart } from 'echarts/charts';
import { AriaComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { footerParts } from './footer.js';
import type { Figure } from './figure.js';
import { fonts, palettes, type Mode } from './tokens.js';

use([CustomChart, TooltipComponent, AriaComponent, SVGRenderer]);

export interface SvgOptions {
  readonly width?: number;
  readonly mode?: Mode;
  /** Title above and footer below, as in a downloaded file; else the drawing alone. */
  readonly frame?: boolean;
  /** Stands before the title: `Figure 1.` */
  readonly label?: string;
}

const MARGIN = 16;
const LINE = 18;
/** Stands for a space at which no line may end. */
const HELD = '\u00a0';

/**
 * A figure as one SVG text, made without a browser or in one: the same drawing on screen, in a file and in the report. With `role`, title and
 * description for those who hear it.
 */
export function figureSvg(figure: Figure, { width = 960, mode = 'light', frame = false, label = '' }: SvgOptions = {}): string {
  const inner = width - (frame ? 2 * MARGIN : 0);
  const { height, option } = figure.draw({ width: inner, mode });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: inner, height });
  try {
    chart.setOption({ ...option, tooltip: { show: false } });
    const drawn = named(chart.renderToSVGString(), figure);
    return frame ? framed(figure, drawn, { width, height, mode, label }) : drawn;
  } finally {
    // Without it a timer keeps Node from ending.
    chart.dispose();
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What the renderer adds for a live page is taken out: several figures may stand in one document, and their classes would meet. */
const plainSvg = (svg: string): string =>
  svg.replaceAll(/<style[^>]*>.*?<\/style>/gs, '').replaceAll(/ (ecmeta_\w+|class)="[^"]*"/g, '').replaceAll(' pointer-events="visible"', '');

const named = (svg: string, { title, answer }: Figure): string =>
  plainSvg(svg).replace(/<svg ([^>]*)>/, (_, rest: string) => `<svg ${rest} role="img"><title>${escaped(title)}</title><desc>${escaped(answer)}</desc>`);

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly mode: Mode;
  readonly label: string;
}

function framed(figure: Figure, drawn: string, { width, height, mode, label }: Frame): string {
  const palette = palettes[mode];
  const title = wrapped(`${label} ${figure.title}`.trim(), width - 2 * MARGIN, 9);
  const reading = wrapped(figure.reading, width - 2 * MARGIN, 7);
  const footer = wrapped(footerParts(figure.facts, { plan: true }).map((part) => part.replaceAll(' ', HELD)).join(' · '), width - 2 * MARGIN, 6.4).map((one) => one.replaceAll(HELD, ' '));
  const top = MARGIN + title.length * 22 + reading.length * LINE + 8;
  const total = top + height + 16 + footer.length * LINE + MARGIN - 4;
  const say = (lines: readonly string[], y: number, look: string, step: number): string =>
    lines.map((line, i) => `<text x="${MARGIN}" y="${y + i * step}" ${look}>${escaped(line)}</text>`).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img" font-family="${escaped(fonts.text)}">`,
    `<title>${escaped(figure.title)}</title><desc>${escaped(figure.answer)}</desc>`,
    `<rect width="${width}" height="${total}" fill="${palette.surface}"/>`,
    say(title, MARGIN + 14, `font-size="15" font-weight="600" fill="${palette.ink}"`, 22),
    say(reading, MARGIN + title.length * 22 + 12, `font-size="13" fill="${palette.ink2}"`, LINE),
    `<g transform="translate(${MARGIN} ${top})">${drawn.replace(/<title>.*?<\/desc>/s, '').replace(' role="img"', '')}</g>`,
    say(footer, top + height + 24, `font-size="12" fill="${palette.ink2}"`, LINE),
    '</svg>\n',
  ].join('');
}

/** Lines of about a width, by the mean width of a letter. */
function wrapped(text: string, width: number, letter: number): string[] {
  const most = Math.max(20, Math.floor(width / letter));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
