import type { SiteTable } from './site-view.js';

/** Whether a column name has the form of a pattern, in which `*` stands for any text: `T1:*`, `*_T1`. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** 1 for each patient who has no value in any number column of a pattern: the sequence was not acquired, or not extracted. */
export function rowsLacking({ pseudonyms, columns }: SiteTable, pattern: string): Uint8Array {
  const lacking = new Uint8Array(pseudonyms.length).fill(1);
  for (const [name, column] of columns) {
    if (column.kind === 'number' && matchesPattern(pattern, name)) column.values.forEach((x, i) => void (Number.isNaN(x) || (lacking[i] = 0)));
  }
  return lacking;
}
