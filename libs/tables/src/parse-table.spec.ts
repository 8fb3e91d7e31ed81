import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { parseDictionary, parseTable, requireSound, sentenceForOthers, splitBySite, type DataDictionary, type TableColumn } from './index.js';

const dictionaryOf = (columns: Record<string, unknown>, rest: Record<string, unknown> = {}): DataDictionary => {
  const parsed = parseDictionary({ columns, ...rest });
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  return parsed.dictionary;
};
const numbers = (column: TableColumn | undefined) => (column?.kind === 'number' ? [...column.values] : undefined);
const names = (column: TableColumn | undefined) => (column?.kind === 'category' ? [...column.codes].map((code) => column.levels[code] ?? null) : undefined);
const errors = (parsed: ReturnType<typeof parseTable>) => parsed.issues.filter(({ severity }) => severity === 'error').map(({ sentence }) => sentence);

describe('a table without a dictionary', () => {
  it('has number columns where every cell is a number, categories elsewhere, and rows in order of the patients', () => {
    const { table, issues } = parseTable('id,age,stage\nP2,61,III\nP1,5e1,II\nP3,,\n');
    expect(table.pseudonyms).toEqual(['P1', 'P2', 'P3']);
    expect(numbers(table.columns.get('age'))).toEqual([50, 61, NaN]);
    expect(names(table.columns.get('stage'))).toEqual(['II', 'III', null]);
    expect(table.columns.has('id')).toBe(false);
    expect(issues).toEqual([]);
  });

  it('says that a column of numbers with one word in it is read as a category, with the row', () => {
    const text = `id,ldh\n${Array.from({ length: 9 }, (_, i) => `P${i},${100 + i}`).join('\n')}\nP9,high\n`;
    const { table, issues } = parseTable(text);
    expect(table.columns.get('ldh')?.kind).toBe('category');
    expect(issues.map(({ sentence }) => sentence)).toEqual(['Column ldh looks like numbers and holds text, so it is read as a category. Row 11.']);
  });

  it('points out a negative code that may mean "not known"', () => {
    const { issues } = parseTable('id,ldh\na,210\nb,-9\nc,190\nd,230\n');
    expect(issues[0]?.sentence).toMatch(/negative code such as -9.*Row 3/);
  });

  it.each(['0x1F', 'Infinity', '1_000', '1 000', '1,234,567'])('does not read %s as a number', (cell) => {
    expect(parseTable(`id;x\na;${cell}\n`).table.columns.get('x')?.kind).toBe('category');
  });

  it('numbers the rows where no column names patients', () => {
    const { table, issues } = parseTable('center,age\n0,61\n0,50\n');
    expect(table.pseudonyms).toEqual(['row-1', 'row-2']);
    expect(issues[0]?.severity).toBe('note');
  });
});

describe('ways of writing a file', () => {
  it('reads semicolons with decimal commas', () => {
    expect(numbers(parseTable('id;x\r\na;3,14\r\nb;-0,5\r\nc;7\r\n').table.columns.get('x'))).toEqual([3.14, -0.5, 7]);
  });

  it('reads tabs, quoted cells with delimiters, doubled quotes and line breaks, and a last line without an end', () => {
    const { table } = parseTable('id\tnote\tx\nb\t"a ""quoted""\tword,\nand a line"\t1\na\tplain\t2');
    expect(names(table.columns.get('note'))).toEqual(['plain', 'a "quoted"\tword,\nand a line']);
    expect(numbers(table.columns.get('x'))).toEqual([2, 1]);
  });

  it('counts rows by lines of the file, also after a line break inside quotes', () => {
    const dictionary = dictionaryOf({ x: { type: 'number' } });
    expect(errors(parseTable('id,note,x\na,"two\nlines",1\nb,one,many\n', { dictionary }))[0]).toMatch(/Row 4\.$/);
  });

  it('reads UTF-8 with a byte order mark, UTF-16 and GBK', () => {
    const text = 'id,分期\n甲,Ⅲ期\n';
    for (const bytes of [Buffer.from(`\ufeff${text}`), iconv.encode(text, 'utf-16le', { addBOM: true }), iconv.encode(text, 'gbk')]) {
      const { table } = parseTable(bytes);
      expect(table.pseudonyms).toEqual(['甲']);
      expect(names(table.columns.get('分期'))).toEqual(['Ⅲ期']);
    }
  });

  it('refuses decimal points and commas in one column, and asks about thousands', () => {
    const dictionary = dictionaryOf({ x: { type: 'number' } });
    expect(errors(parseTable('id;x\na;3,14\nb;2.5\nc;2.75\n', { dictionary }))[0]).toMatch(/^Column x mixes decimal points and decimal commas\. Row 2\./);
    expect(parseTable('id;x\na;1,234\nb;2,500\n', { dictionary }).issues[0]?.sentence).toMatch(/comma is read as the decimal sign/);
  });

  it.each([
    ['', 'The file is empty.'],
    ['id,a,a\n1,2,3\n', 'The name a stands twice in the header.'],
    ['id,,b\n1,2,3\n', 'Column 2 has no name.'],
    ['id,a\n1,"open\n', 'A quotation mark is opened and never closed.'],
    ['id,a,b\n1,2\n', 'Rows have fewer or more cells than the header, which has 3. Row 2.'],
  ])('refuses %j', (text, sentence) => {
    expect(errors(parseTable(text))).toEqual([sentence]);
  });

  it('refuses bytes that are no text', () => {
    expect(errors(parseTable(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0xff])))).toEqual(['The file is no text in UTF-8, UTF-16 or GBK.']);
  });
});

describe('a table with a dictionary', () => {
  const dictionary = dictionaryOf(
    {
      patient: { type: 'category', role: 'id' },
      response: { type: 'category', codes: { CR: 'complete', PR: 'partial', SD: 'stable', PD: 'progressive' }, role: 'outcome', required: true },
      age: { type: 'integer', unit: 'a', range: [18, 100], missing: [-9, 999] },
      ebv: { type: 'number', unit: '{copies}/mL', censored: 'keep' },
      smoker: { type: 'boolean' },
      mri: { type: 'date', format: 'DD.MM.YYYY' },
      'rf_*': { type: 'number' },
    },
    { missing: ['not done'] },
  );
  const table = (...rows: string[]) => `patient,response,age,ebv,smoker,mri,rf_1\n${rows.join('\n')}\n`;

  it('reads every type, declared missing codes and censored values with their flag', () => {
    const parsed = parseTable(table('b,CR,61,<500,yes,02.01.1970,1.5', 'a,SD,-9,1200,0,not done,not done'), { dictionary });
    expect(parsed.issues).toEqual([]);
    const { columns } = parsed.table;
    expect(names(columns.get('response'))).toEqual(['SD', 'CR']);
    expect(columns.get('response')).toMatchObject({ levels: ['CR', 'PR', 'SD', 'PD'] });
    expect(numbers(columns.get('age'))).toEqual([NaN, 61]);
    expect(numbers(columns.get('ebv'))).toEqual([1200, 500]);
    expect(numbers(columns.get('ebv_censored'))).toEqual([0, -1]);
    expect(numbers(columns.get('smoker'))).toEqual([0, 1]);
    expect(numbers(columns.get('mri'))).toEqual([NaN, 1]);
    expect(numbers(columns.get('rf_1'))).toEqual([NaN, 1.5]);
  });

  it('names an unknown code, text in a number, a fraction in a whole number and an impossible date, each with its row', () => {
    const parsed = parseTable(table('a,CRR,61,1,1,02.01.1970,1', 'b,CR,old,1,1,31.02.1970,1', 'c,CR,60.5,1,maybe,02.01.1970,1'), { dictionary });
    expect(errors(parsed)).toEqual([
      'response = "CRR" is not in {CR, PR, SD, PD}. Row 2.',
      'Column age should hold numbers and holds text. Row 3.',
      'Column age should hold whole numbers. Row 4.',
      'Column smoker should hold yes or no. Row 4.',
      'Column mri should hold a date written DD.MM.YYYY. Row 3.',
    ]);
  });

  it('keeps codes and rows out of the words for others', () => {
    const parsed = parseTable(table('a,CRR,61,1,1,02.01.1970,1'), { dictionary });
    expect(sentenceForOthers(parsed.issues[0]!)).toBe('A column holds a code that its dictionary does not name: response.');
    expect(() => requireSound(parsed.issues, ['response'])).toThrow('A column holds a code that its dictionary does not name: response.');
    expect(() => requireSound(parsed.issues, ['age'])).not.toThrow();
  });

  it('flags values outside their range and keeps them', () => {
    const parsed = parseTable(table('a,CR,612,1,1,02.01.1970,1'), { dictionary });
    expect(parsed.issues).toMatchObject([{ severity: 'warning', sentence: 'Column age has values outside 18 to 100 a. Row 2.' }]);
    expect(numbers(parsed.table.columns.get('age'))).toEqual([612]);
  });

  it('refuses a censored value that is not declared, a required column that is absent, and a patient that stands twice', () => {
    const strict = dictionaryOf({ id: { type: 'category', role: 'id' }, y: { type: 'boolean', required: true }, ebv: { type: 'number' } });
    expect(errors(parseTable('id,ebv\na,>1000\na,5\n', { dictionary: strict }))).toEqual([
      'Column id names a patient for the second time. Row 3.',
      'Column ebv holds values such as "<500". Row 2.',
      'Column y is required and is not in the table.',
    ]);
  });

  it('never reads an undeclared missing code silently: 999 outside the range is flagged', () => {
    const ranged = dictionaryOf({ ldh: { type: 'number', range: [50, 800] } });
    expect(parseTable('id,ldh\na,999\nb,100\n', { dictionary: ranged }).issues).toHaveLength(1);
  });
});

describe('a dictionary with mistakes', () => {
  it('gets one sentence for each, with its path', () => {
    const parsed = parseDictionary({ columns: { a: { type: 'numbr' }, b: { type: 'category', range: [0, 1] }, c: { type: 'number', range: [5, 1] } } });
    const paths = 'problems' in parsed ? parsed.problems.map(({ path }) => path) : [];
    expect(paths).toEqual(['columns.a.type', 'columns.b.range', 'columns.c.range']);
  });
});

describe('sites of one table', () => {
  it('are split by name, in ascending order, each with its rows in order of the patients', () => {
    const { table } = parseTable('id,center,x\nd,1,4\na,0,1\nc,0,3\nb,1,2\n', { siteColumn: 'center' });
    const sites = splitBySite(table, 'center');
    expect([...sites.keys()]).toEqual(['0', '1']);
    expect(sites.get('1')?.pseudonyms).toEqual(['b', 'd']);
    expect(numbers(sites.get('1')?.columns.get('x'))).toEqual([2, 4]);
  });

  it('refuse a row without a site', () => {
    expect(() => splitBySite(parseTable('id,site\na,A\nb,\n').table, 'site')).toThrow(/names no site in some rows/);
  });
});

describe('speed', () => {
  const radsyn = readFileSync(new URL('../../../test/oracle/data/radsyn.csv', import.meta.url));

  it('a table of 400 patients and 610 columns is read as it stands', () => {
    const { table, issues } = parseTable(radsyn, { siteColumn: 'site' });
    expect([table.pseudonyms.length, table.columns.size, issues.length]).toEqual([400, 609, 0]);
    const [header, first] = radsyn.toString('utf8').split('\n');
    const last = header!.trim().split(',').at(-1)!;
    const row = table.pseudonyms.indexOf(first!.split(',')[0]!);
    expect(numbers(table.columns.get(last))![row]).toBe(Number(first!.trim().split(',').at(-1)));
  });

  it('reading it takes less than 200 ms of the processor, or on a slower machine less than eight times what splitting and converting takes', () => {
    const text = radsyn.toString('utf8');
    const processor = (work: () => unknown) => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    const best = (work: () => unknown) => Math.min(...[0, 1, 2, 3].map(() => processor(work)));
    const bare = best(() => text.split('\n').map((line) => line.split(',').map(Number)));
    expect(best(() => parseTable(radsyn, { siteColumn: 'site' }))).toBeLessThan(Math.max(200, 8 * bare));
  });
});
