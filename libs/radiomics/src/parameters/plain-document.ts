import type { Entry, EntryValue } from './parameter-document.js';

/**
 * The tree of a parameter file in the plain form that nearly all have: names with values, indented by spaces, one a line; lists in brackets on one line or with dashes; no quotes but around one word, no tabs, anchors,
 * tags, texts over several lines or braces but `{}`. Null for every other file: the YAML reader, which takes as long to load as a small image to be read, reads those.
 */
export function readPlainDocument(text: string): Entry | null {
  const lines: Line[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const own = withoutComment(raw);
    if (own === '') continue;
    const line = LINE.exec(own);
    if (!line) return null;
    lines.push({ indent: line[1].length, number: i + 1, dash: line[2] !== undefined, name: line[3] ?? null, rest: (line[2] ?? line[4] ?? '').trim() });
  }
  const reader = new PlainReader(lines);
  const value = lines.length === 0 ? { kind: 'null' as const } : reader.block(0, '');
  return value && reader.isDone() ? { path: '', line: lines[0]?.number ?? 1, value } : null;
}

interface Line {
  readonly indent: number;
  readonly number: number;
  readonly dash: boolean;
  readonly name: string | null;
  readonly rest: string;
}

/** Spaces, then "- value" or "name:" and perhaps a value. */
const LINE = /^( *)(?:- +(\S.*)|([A-Za-z0-9_]+):(?:(?= )(.*))?)$/;
const withoutComment = (line: string): string => line.replace(/(^|\s)#.*$/, '').trimEnd();

class PlainReader {
  private at = 0;

  constructor(private readonly lines: readonly Line[]) {}

  isDone(): boolean {
    return this.at === this.lines.length;
  }

  /** The lines of one indent; null when they are not plain. */
  block(indent: number, path: string): EntryValue | null {
    return this.lines[this.at].dash ? this.list(indent, path) : this.map(indent, path);
  }

  private map(indent: number, path: string): EntryValue | null {
    const entries: [string, Entry][] = [];
    for (let line = this.lines[this.at]; line?.indent === indent; line = this.lines[this.at]) {
      const name = line.name;
      if (name === null || entries.some(([known]) => known === name)) return null;
      this.at++;
      const own = path === '' ? name : `${path}.${name}`;
      const value = line.rest === '' ? this.below(indent, own) : flow(line.rest, own, line.number);
      if (!value) return null;
      entries.push([name, { path: own, line: line.number, value }]);
    }
    return entries.length > 0 ? { kind: 'map', entries } : null;
  }

  private list(indent: number, path: string): EntryValue | null {
    const items: Entry[] = [];
    for (let line = this.lines[this.at]; line?.indent === indent && line.dash; line = this.lines[this.at]) {
      this.at++;
      const own = `${path}[${items.length}]`;
      const value = scalar(line.rest);
      if (!value) return null;
      items.push({ path: own, line: line.number, value });
    }
    return { kind: 'list', items };
  }

  /** What follows a name without a value: deeper lines, a list at the name's own indent, or nothing. */
  private below(indent: number, path: string): EntryValue | null {
    const next = this.lines[this.at];
    if (next && (next.indent > indent || (next.indent === indent && next.dash))) return this.block(next.indent, path);
    return { kind: 'null' };
  }
}

function flow(text: string, path: string, line: number): EntryValue | null {
  if (text === '{}') return { kind: 'map', entries: [] };
  const list = /^\[([^[\]{}]*)\]$/.exec(text);
  if (!list) return scalar(text);
  if (list[1].trim() === '') return { kind: 'list', items: [] };
  const items = list[1].split(',').map((item, i) => ({ path: `${path}[${i}]`, line, value: scalar(item.trim()) }));
  return items.every((item): item is Entry => item.value !== null) ? { kind: 'list', items } : null;
}

/** A plain scalar under YAML 1.2's core schema; null for what only a YAML reader should judge. */
function scalar(text: string): EntryValue | null {
  if (/^(null|Null|NULL|~)$/.test(text)) return { kind: 'null' };
  if (/^(true|True|TRUE)$/.test(text)) return { kind: 'scalar', value: true, text };
  if (/^(false|False|FALSE)$/.test(text)) return { kind: 'scalar', value: false, text };
  if (/^[-+]?\d{1,15}$/.test(text) || /^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$/.test(text)) return { kind: 'scalar', value: Number(text), text };
  const quoted = /^(['"])([A-Za-z0-9_.-]+)\1$/.exec(text)?.[2];
  if (quoted !== undefined) return { kind: 'scalar', value: quoted, text: quoted };
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(text) ? { kind: 'scalar', value: text, text } : null;
}
