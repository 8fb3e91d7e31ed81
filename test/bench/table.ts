import type { Figure } from './bench.js';

const HEADER = ['', 'figure', 'measured', 'target', '', 'peers'];

/** All figures as one table, aligned; a figure that misses its target is marked. */
export function figureTable(figures: readonly (Figure & { readonly bench: string })[]): string {
  const rows = figures.map((figure, index) => [
    figures[index - 1]?.bench === figure.bench ? '' : figure.bench,
    figure.name,
    `${digits(figure.value)} ${figure.unit}`,
    figure.target === undefined ? '' : `${figure.atLeast ? '≥' : '≤'} ${digits(figure.target)} ${figure.unit}`,
    figure.target === undefined ? '' : meets(figure) ? 'met' : 'MISSED',
    figure.peers ?? '',
  ]);
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => (column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd();
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function meets({ value, target, atLeast }: Figure): boolean {
  if (target === undefined) return true;
  return atLeast ? value >= target : value <= target;
}

/** Three digits that matter, and never an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value.toFixed(Math.min(places, 6));
}
