import { describe, expect, it } from 'vitest';
import { inkOn, markPath, palettes, scaleColour, siteMarks } from './tokens.js';

/** Relative luminance and contrast of WCAG 2.2. */
const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string): number => {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x! + 0.05) / (y! + 0.05);
};

describe.each(['light', 'dark'] as const)('the %s palette', (mode) => {
  const palette = palettes[mode];

  it('reads as text at 4.5 to 1 on surface and canvas', () => {
    for (const ink of [palette.ink, palette.ink2, palette.ink3, palette.accent, palette.good, palette.warn, palette.bad])
      for (const ground of [palette.surface, palette.canvas]) expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it('reads on its soft grounds and on the accent', () => {
    for (const [ink, ground] of [[palette.good, palette.goodSoft], [palette.warn, palette.warnSoft], [palette.bad, palette.badSoft], [palette.accent, palette.accentSoft], [palette.onAccent, palette.accent]] as const)
      expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it('shows every site at 3 to 1 on surface, and borders of controls too', () => {
    for (const colour of [...palette.sites, palette.edge]) expect(contrast(colour, palette.surface), colour).toBeGreaterThanOrEqual(3);
    expect(new Set(palette.sites).size).toBe(8);
  });

  it('writes readable values into every cell of a scale', () => {
    for (const scale of [palette.sequential, palette.diverging])
      for (let share = 0; share <= 1; share += 0.05) expect(contrast(inkOn(scaleColour(scale, share), palette), scaleColour(scale, share))).toBeGreaterThan(4);
  });
});

it('gives eight sites eight shapes', () => {
  expect(new Set(siteMarks.map(({ shape }) => markPath(shape, 5))).size).toBe(8);
});
