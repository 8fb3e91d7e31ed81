import { createRequire } from 'node:module';
import type { Node, Pair } from 'yaml';
import { ParameterFileError, type Entry, type EntryValue } from './parameter-document.js';

/** Loaded when a file needs it: its seventy modules take longer to load than most cases to be read. */
const yaml = () => createRequire(import.meta.url)('yaml') as typeof import('yaml');

/** The tree of a YAML or JSON text. Throws ParameterFileError when it is neither. */
export function readYamlDocument(text: string): Entry {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, maxAliasCount: 100 } as Parameters<typeof parseDocument>[1]);
  if (document.errors.length > 0) {
    throw new ParameterFileError(document.errors.map((error) => ({ path: '', line: lines.linePos(error.pos[0]).line, sentence: `This is not YAML: ${firstSentence(error.message)}` })));
  }
  const lineOf = (node: Node | null | undefined, fallback: number) => (node?.range ? lines.linePos(node.range[0]).line : fallback);
  const entryOf = (node: unknown, path: string, fallback: number): Entry => {
    const resolved = node && typeof node === 'object' && 'source' in node && !isScalar(node) ? ((node as unknown as { resolve(d: unknown): Node | undefined }).resolve(document) ?? null) : (node as Node | null);
    const line = lineOf(node as Node | null, fallback);
    if (isMap(resolved)) return { path, line, value: { kind: 'map', entries: resolved.items.map((pair) => pairOf(pair as Pair<Node, Node | null>, path)) } };
    if (isSeq(resolved)) return { path, line, value: { kind: 'list', items: resolved.items.map((item, i) => entryOf(item, `${path}[${i}]`, line)) } };
    if (isScalar(resolved)) return { path, line, value: scalarOf(resolved.value, resolved.source) };
    return { path, line, value: { kind: 'null' } };
  };
  const pairOf = ({ key, value }: Pair<Node, Node | null>, path: string): readonly [string, Entry] => {
    const name = isScalar(key) ? String(key.value) : '';
    const line = lineOf(key, 1);
    return [name, { ...entryOf(value, path ? `${path}.${name}` : name, line), line }];
  };
  return entryOf(document.contents, '', 1);
}

function scalarOf(value: unknown, source: string | undefined): EntryValue {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return { kind: 'scalar', value, text: source ?? String(value) };
  if (typeof value === 'bigint') return { kind: 'scalar', value: Number(value), text: String(value) };
  return { kind: 'null' };
}

const firstSentence = (message: string): string => message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '.');
