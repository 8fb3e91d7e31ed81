import { footerParts } from './footer.js';
import type { Cell, Figure, FigureTable } from './figure.js';

/** ASCII minus and point, no grouping; a suppressed cell says so and holds no number. */
export function tableCsv({ columns, rows }: FigureTable): string {
  const line = (fields: readonly string[]): string => fields.map(field).join(',');
  return `${[line(columns.map(({ label }) => label)), ...rows.map((row) => line(columns.map(({ key }) => plainText(row[key]))))].join('\r\n')}\r\n`;
}

function plainText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  if (cell.suppressed !== undefined) return 'suppressed';
  return cell.value === null ? '' : String(cell.value);
}

/** Quoted where CSV needs it; a text that a spreadsheet would take for a formula is kept as text. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Everything a figure holds but its drawing. */
export function figureJson(figure: Figure): string {
  const { id, title, reading, answer, legend, methods, facts, table, data } = figure;
  return `${JSON.stringify({ format: 1, id, title, reading, answer, legend, methods, footer: footerParts(facts, { plan: true }), facts, table, data }, null, 2)}\n`;
}
