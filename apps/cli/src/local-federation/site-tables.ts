/**
 * A CSV text with a site column as one text a site, header first. Fields may be quoted; a line break inside quotes is kept with its row.
 * Cells stay byte for byte what they were: what a site reads is what the whole table says.
 */
export function siteTables(csv: string, siteColumn = 'site'): Map<string, string> {
  const [header, ...rows] = recordsOf(csv);
  const index = cellsOf(header ?? '').indexOf(siteColumn);
  if (index < 0) throw new Error(`The table has no column ${siteColumn}.`);
  const bySite = new Map<string, string[]>();
  for (const row of rows) {
    const site = cellsOf(row)[index] ?? '';
    const of = bySite.get(site);
    if (of) of.push(row);
    else bySite.set(site, [row]);
  }
  return new Map([...bySite].sort(([a], [b]) => (a < b ? -1 : 1)).map(([site, of]) => [site, `${[header, ...of].join('\n')}\n`]));
}

/** Lines, but those inside quotes. */
function recordsOf(csv: string): string[] {
  const records: string[] = [];
  let open = '';
  for (const line of csv.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    open = open === '' ? line : `${open}\n${line}`;
    if ((open.match(/"/g)?.length ?? 0) % 2 !== 0) continue;
    if (open !== '') records.push(open);
    open = '';
  }
  return records;
}

const cellsOf = (record: string): string[] =>
  [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
