/** Light or dark. Downloads and print are always light. */
export type Mode = 'light' | 'dark';

/** Colours by their role. Contrasts are those of WCAG 2 for text and marks on `surface`; the spec computes them. */
export interface Palette {
  readonly canvas: string;
  readonly surface: string;
  readonly sunken: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly line: string;
  readonly edge: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly accentSoft: string;
  readonly good: string;
  readonly goodSoft: string;
  readonly warn: string;
  readonly warnSoft: string;
  readonly bad: string;
  readonly badSoft: string;
  readonly sites: readonly string[];
  readonly sequential: readonly string[];
  readonly diverging: readonly string[];
}

const light: Palette = {
  canvas: '#F6F7F9',
  surface: '#FFFFFF',
  sunken: '#EDF0F4',
  ink: '#14181F',
  ink2: '#46505D',
  ink3: '#626D7A',
  line: '#D8DDE4',
  edge: '#7C8794',
  accent: '#0B5CAD',
  onAccent: '#FFFFFF',
  accentSoft: '#E6F0FA',
  good: '#1B7340',
  goodSoft: '#E5F4EA',
  warn: '#8A5300',
  warnSoft: '#FDF1DC',
  bad: '#B3261E',
  badSoft: '#FCEBE9',
  sites: ['#1D2FAF', '#DD7017', '#01A089', '#700440', '#885A27', '#227295', '#A56AF1', '#203500'],
  sequential: ['#EAF1F8', '#C6DBEE', '#98BFE0', '#659DCC', '#3A79B3', '#1D5691', '#0C3563'],
  diverging: ['#0C3F73', '#3A79B3', '#8DB8DB', '#D3E3F0', '#F4F4F2', '#F7DFC3', '#EAB070', '#C9732A', '#7F3F08'],
};

const dark: Palette = {
  canvas: '#0F1216',
  surface: '#14181D',
  sunken: '#1B2027',
  ink: '#E8EBEF',
  ink2: '#B4BDC8',
  ink3: '#8F9AA7',
  line: '#2C343E',
  edge: '#6F7B89',
  accent: '#6FB1F5',
  onAccent: '#0B1119',
  accentSoft: '#16283B',
  good: '#5CC98A',
  goodSoft: '#14291D',
  warn: '#F0B34A',
  warnSoft: '#2E2410',
  bad: '#FF8A80',
  badSoft: '#341917',
  sites: ['#496CEF', '#E2540D', '#40B57F', '#B16D94', '#FEC827', '#8BDEFD', '#A699FD', '#607F5B'],
  sequential: ['#1A2633', '#1D3C58', '#22557F', '#3273A8', '#5495CC', '#8ABBE6', '#CDE4F7'],
  diverging: ['#A9D2F5', '#5FA3DC', '#2F6FA8', '#23415C', '#2A2F36', '#553D24', '#9A5C20', '#D98A3D', '#FBCB94'],
};

export const palettes: Readonly<Record<Mode, Palette>> = { light, dark };

export const fonts = {
  text: "'Inter Variable', Inter, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif",
  mono: "'IBM Plex Mono', ui-monospace, monospace",
} as const;

/** One hospital, one colour, one shape and one dash, by its place among the sites of the study. */
export interface SiteMark {
  readonly shape: 'circle' | 'square' | 'triangle' | 'diamond' | 'triangle-down' | 'plus' | 'pentagon' | 'ring';
  readonly dash: readonly number[];
}

export const siteMarks: readonly SiteMark[] = [
  { shape: 'circle', dash: [] },
  { shape: 'square', dash: [7, 3] },
  { shape: 'triangle', dash: [2, 2] },
  { shape: 'diamond', dash: [9, 3, 2, 3] },
  { shape: 'triangle-down', dash: [] },
  { shape: 'plus', dash: [7, 3] },
  { shape: 'pentagon', dash: [2, 2] },
  { shape: 'ring', dash: [9, 3, 2, 3] },
];

/** Colour of the site at a place; beyond the eighth there are no more colours, only ink 3. */
export const siteColour = (palette: Palette, place: number): string => palette.sites[place] ?? palette.ink3;

/**
 * Outline of a site's mark about (0, 0) as SVG path data; `radius` is half its width. The ring is a circle that is stroked and not filled.
 */
export function markPath(shape: SiteMark['shape'], radius: number): string {
  const r = radius;
  const polygon = (points: readonly (readonly [number, number])[]): string => `M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`;
  const round = (x: number): number => Math.round(x * 100) / 100;
  switch (shape) {
    case 'circle':
      return circle(r);
    case 'ring':
      return circle(r * 0.8);
    case 'square':
      return polygon([[-r * 0.86, -r * 0.86], [r * 0.86, -r * 0.86], [r * 0.86, r * 0.86], [-r * 0.86, r * 0.86]]);
    case 'triangle':
      return polygon([[0, -r], [r, r * 0.8], [-r, r * 0.8]]);
    case 'triangle-down':
      return polygon([[0, r], [r, -r * 0.8], [-r, -r * 0.8]]);
    case 'diamond':
      return polygon([[0, -r * 1.15], [r * 1.15, 0], [0, r * 1.15], [-r * 1.15, 0]]);
    case 'plus': {
      const a = r * 0.38;
      return polygon([[-a, -r], [a, -r], [a, -a], [r, -a], [r, a], [a, a], [a, r], [-a, r], [-a, a], [-r, a], [-r, -a], [-a, -a]]);
    }
    case 'pentagon':
      return polygon([0, 1, 2, 3, 4].map((i) => [r * Math.sin((i * 2 * Math.PI) / 5), -r * Math.cos((i * 2 * Math.PI) / 5)] as const));
  }
}

const circle = (r: number): string => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;

/** A colour of a scale for a share between 0 and 1, between its steps in sRGB. */
export function scaleColour(scale: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const low = Math.floor(place);
  const [from, to] = [scale[low]!, scale[Math.min(low + 1, scale.length - 1)]!];
  const part = (colour: string, i: number): number => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mix = [0, 1, 2].map((i) => Math.round(part(from, i) + (part(to, i) - part(from, i)) * (place - low)));
  return `#${mix.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Ink that reads on a fill: the darker or the lighter of two, by the contrast of WCAG 2. */
export function inkOn(fill: string, palette: Palette): string {
  const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const own = luminance(fill);
  return contrast(own, luminance(palette.ink)) >= contrast(own, luminance(palette.surface)) ? palette.ink : palette.surface;
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
