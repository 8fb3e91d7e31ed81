/** Intraclass correlations of a table with the columns feature and icc, as `consilium extract --perturb` writes it; null where a cell is empty, and for a text that is no such table. */
export function iccTable(text: string): ReadonlyMap<string, number | null> | null {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = head.split(',');
  const [feature, icc] = [names.indexOf('feature'), names.indexOf('icc')];
  if (feature < 0 || icc < 0) return null;
  const figures = new Map<string, number | null>();
  for (const line of lines) {
    const cells = line.split(',');
    const value = cells[icc] === undefined || cells[icc] === '' ? null : Number(cells[icc]);
    if (cells[feature] === undefined || (value !== null && !(value <= 1))) return null;
    figures.set(cells[feature], value);
  }
  return figures;
}
