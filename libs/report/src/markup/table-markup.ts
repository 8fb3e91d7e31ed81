import { markPath, palettes, siteColour, siteMarks, type Cell, type FigureTable } from '@consilium/charts';
import { element, escape } from './escape.js';

/** Tables of so few rows are not broken over pages. */
const ROWS_ON_ONE_PAGE = 20;

/**
 * A table whose cells carry their value in full precision beside the text: `data-value`. Suppressed cells carry none, and their reasons stand
 * under the table, since paper has no hover.
 */
export function tableMarkup(table: FigureTable, { caption, id }: { readonly caption: string; readonly id: string }): string {
  const head = table.columns.map(({ label, numeric }) => element('th', { scope: 'col', class: numeric ? 'num' : null }, escape(label))).join('');
  const rows = table.rows.map((row) => element('tr', {}, ...table.columns.map(({ key, numeric }, i) => cellMarkup(row[key], { key, numeric: numeric === true, head: i === 0 })))).join('');
  const reasons = [...new Set(table.rows.flatMap((row) => Object.values(row).flatMap(({ suppressed }) => (suppressed === undefined ? [] : [suppressed]))))];
  const note = reasons.length === 0 ? '' : element('p', { class: 'note' }, `Suppressed: ${reasons.map((reason) => escape(reason.replace(/\.$/, ''))).join('; ')}.`);
  return `${element('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': table.caption }, element('table', { 'data-table': id, class: table.rows.length <= ROWS_ON_ONE_PAGE ? 'short' : null }, caption, element('thead', {}, element('tr', {}, head)), element('tbody', {}, rows)))}${note}`;
}

function cellMarkup(cell: Cell | undefined, { key, numeric, head }: { readonly key: string; readonly numeric: boolean; readonly head: boolean }): string {
  const name = head ? 'th' : 'td';
  const common = { ...(head ? { scope: 'row' } : {}), class: numeric ? 'num' : null, 'data-key': key };
  if (cell === undefined) return element(name, common);
  if (cell.suppressed !== undefined) return element(name, { ...common, class: 'suppressed', title: cell.suppressed }, 'Suppressed');
  const value = typeof cell.value === 'number' ? cell.value : null;
  const mark = cell.site === undefined ? '' : siteMarkMarkup(cell.site);
  if (cell.value === null && cell.text === '–') return element(name, common, '<span aria-label="not available">–</span>');
  return element(name, { ...common, 'data-value': value }, mark, escape(cell.text));
}

/** A hospital's shape in its colour. */
function siteMarkMarkup(place: number): string {
  const shape = siteMarks[place]?.shape ?? 'circle';
  const colour = siteColour(palettes.light, place);
  const look = shape === 'ring' ? { fill: 'none', stroke: colour, 'stroke-width': 2 } : { fill: colour };
  return element('svg', { class: 'mark', viewBox: '-6 -6 12 12', width: 11, height: 11, 'aria-hidden': 'true' }, element('path', { d: markPath(shape, 5), ...look }));
}
