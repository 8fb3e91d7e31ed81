import Table from 'cli-table3';

const plain = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
};

/** A number, a range, or a number with what stands in brackets beside it; or nothing. */
const NUMBER = /^(?:[-−]?[\d.]+(?:(?:–| to )[-−]?[\d.]+)?(?: \(.*\))?|suppressed|—|–)?$/;

/** A table of text in columns, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, j) => rows.length > 0 && rows.every((row) => NUMBER.test(row[j] ?? '')));
  const table = new Table({ chars: plain, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] }, head: [...head], colAligns: numeric.map((right) => (right ? 'right' : 'left')) });
  for (const row of rows) table.push([...row]);
  return table.toString().replace(/[ \t]+$/gm, '');
}
