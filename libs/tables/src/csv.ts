/** Cells of a delimited text, by column: cells[j][i] is column j of data row i, without surrounding spaces. */
export interface Cells {
  readonly header: readonly string[];
  readonly cells: readonly (readonly string[])[];
  /** Line of the file on which each data row begins; the header is on line 1. */
  readonly lines: Int32Array;
  readonly delimiter: string;
  /** Lines whose number of cells differs from the header's. Missing cells are empty, surplus ones are left out. */
  readonly ragged: readonly number[];
  /** A quote was opened and never closed. */
  readonly unclosedQuote: boolean;
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;

/**
 * Reads delimited text (RFC 4180, with `,` `;` or tab, any line ending, quoted cells with doubled quotes and line breaks in them).
 * Written here because a table of 400 rows and 610 columns has to be read in a fraction of the 150-300 ms that csv-parse takes.
 */
export function readCells(text: string): Cells {
  const delimiter = detectDelimiter(text);
  const scanner = new Scanner(text, delimiter.charCodeAt(0));
  const header = scanner.row() ?? [];
  const columns: string[][] = header.map(() => []);
  const lines: number[] = [];
  const ragged: number[] = [];
  for (;;) {
    const line = scanner.line;
    const row = scanner.row();
    if (row === null) break;
    if (row.length === 1 && row[0] === '') continue;
    if (row.length !== header.length && !(row.length > header.length && row.slice(header.length).every((cell) => cell === ''))) ragged.push(line);
    lines.push(line);
    for (let j = 0; j < columns.length; j++) columns[j]!.push(row[j] ?? '');
  }
  return { header, cells: columns, lines: Int32Array.from(lines), delimiter, ragged, unclosedQuote: scanner.unclosedQuote };
}

/** The delimiter that stands most often outside quotes in the first line; a comma when none does. */
export function detectDelimiter(text: string): string {
  const counts = new Map([[',', 0], [';', 0], ['\t', 0]]);
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted && counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

class Scanner {
  line = 1;
  unclosedQuote = false;
  private at = 0;
  private endedByDelimiter = false;

  constructor(
    private readonly text: string,
    private readonly delimiter: number,
  ) {}

  /** The next row, or null at the end. */
  row(): string[] | null {
    if (this.at >= this.text.length) return null;
    const row: string[] = [];
    do row.push(this.cell());
    while (this.endedByDelimiter);
    return row;
  }

  private cell(): string {
    const { text } = this;
    let start = this.at;
    while (text.charCodeAt(start) === SPACE) start++;
    if (text.charCodeAt(start) === QUOTE) return this.quotedCell(start + 1);
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === this.delimiter || code === NEWLINE || code === RETURN) break;
    }
    this.finish(end);
    while (end > start && text.charCodeAt(end - 1) <= SPACE) end--;
    while (start < end && text.charCodeAt(start) <= SPACE) start++;
    return text.slice(start, end);
  }

  private quotedCell(start: number): string {
    const { text } = this;
    let value = '';
    let from = start;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0) {
        this.unclosedQuote = true;
        value += text.slice(from);
        this.finish(text.length);
        break;
      }
      value += text.slice(from, quote);
      from = quote + 1;
      if (text.charCodeAt(from) !== QUOTE) {
        let end = from;
        while (end < text.length && !this.isEnd(text.charCodeAt(end))) end++;
        value += text.slice(from, end).trimEnd();
        this.finish(end);
        break;
      }
      value += '"';
      from++;
    }
    for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) === NEWLINE) this.line++;
    return value.trim();
  }

  private isEnd(code: number): boolean {
    return code === this.delimiter || code === NEWLINE || code === RETURN;
  }

  /** Steps over the delimiter or line ending at `end`. */
  private finish(end: number): void {
    const code = this.text.charCodeAt(end);
    this.endedByDelimiter = end < this.text.length && code === this.delimiter;
    this.at = end + 1;
    if (end < this.text.length && !this.endedByDelimiter) {
      if (code === RETURN && this.text.charCodeAt(end + 1) === NEWLINE) this.at++;
      this.line++;
    }
  }
}
