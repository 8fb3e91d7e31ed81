import { readFileSync } from 'node:fs';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';
import { z } from 'zod';

export interface ConfigurationSources {
  /** Path of a JSON file. One that was named must be there. */
  readonly file?: string;
  /** The process's own environment by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Environment variables start with this, for example 'CONSILIUM_'. */
  readonly prefix: string;
  /** Variables with the prefix that other programs read, for example 'CONSILIUM_DATA': not mistakes here. */
  readonly readElsewhere?: readonly string[];
  /** Given by the caller (a command line, a test); wins over file and environment. */
  readonly overrides?: object;
}

/** One mistake: where it is and what is wrong with it. The value is not repeated: it may be a secret. */
export interface ConfigurationProblem {
  readonly setting: string;
  readonly source: string;
  readonly message: string;
}

export class ConfigurationError extends ConsiliumError {
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ setting, source, message }) => `${setting} (${source}): ${message}`);
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    super(infrastructureErrors.configurationMistakes, `The configuration has ${count}. Nothing was started.\n${lines.join('\n')}`);
  }
}

type Tree = Record<string, unknown>;
type Path = readonly string[];

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const variableName = (prefix: string, path: Path): string =>
  prefix + path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_');

/** A schema without its defaults and optionality: what a value must be. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as { def: { type: string; innerType?: z.core.$ZodType; in?: z.core.$ZodType } };
  if (['default', 'prefault', 'optional', 'nullable', 'readonly', 'catch'].includes(def.type) && def.innerType) return bare(def.innerType);
  return def.type === 'pipe' && def.in ? bare(def.in) : schema;
}

interface Leaf {
  readonly path: Path;
  readonly kind: string;
}

function leaves(schema: z.core.$ZodType, path: Path = []): Leaf[] {
  const { def } = bare(schema)._zod as { def: { type: string; shape?: Record<string, z.core.$ZodType> } };
  if (def.type !== 'object' || !def.shape) return [{ path, kind: def.type }];
  return Object.entries(def.shape).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

/** Text of the environment as the schema's kind of value. What does not fit stays text, for the schema to refuse. */
function fromText(text: string, kind: string): unknown {
  if (kind === 'number' || kind === 'int') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind === 'boolean') return ({ true: true, false: false } as Record<string, unknown>)[text.trim().toLowerCase()] ?? text;
  if (kind === 'array') return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  return text;
}

function put(tree: Tree, path: Path, value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) tree[name] = value;
  else {
    const inner = isTree(tree[name]) ? tree[name] : {};
    tree[name] = inner;
    put(inner, rest, value);
  }
}

function merge(under: Tree, over: Tree): Tree {
  const merged: Tree = { ...under };
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[name];
    merged[name] = isTree(value) && isTree(below) ? merge(below, value) : value;
  }
  return merged;
}

function readFile(path: string): Tree {
  const problem = (message: string) => new ConfigurationError([{ setting: 'configuration file', source: path, message }]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isTree(parsed)) return parsed;
  } catch (error) {
    const place = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = place === undefined ? undefined : text.slice(0, Number(place)).split('\n').length;
    throw problem(`is not JSON${line === undefined ? '' : `, line ${line}`}`);
  }
  throw problem('must hold one JSON object');
}

function unknownSettings(tree: Tree, known: readonly Leaf[], path: Path = []): Path[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const here = [...path, name];
    const starts = ({ path: leaf }: Leaf) => here.every((part, index) => leaf[index] === part);
    const isLeaf = known.some((leaf) => starts(leaf) && leaf.path.length === here.length);
    if (isLeaf) return [];
    if (!known.some(starts)) return [here];
    return isTree(value) ? unknownSettings(value, known, here) : [];
  });
}

/**
 * Reads a program's whole configuration once: defaults of the schema, then the file, then the environment, then overrides, each over the
 * one before. The setting `database.poolSize` with the prefix 'CONSILIUM_' is the variable CONSILIUM_DATABASE_POOL_SIZE; lists are separated
 * by commas. Gives one typed object, or an error (E711) that names every mistake at once: values of the wrong kind, settings that are
 * missing, and names nobody knows.
 */
export function parseConfiguration<S extends z.ZodObject>(schema: S, sources: ConfigurationSources): z.output<S> {
  const { file, prefix, readElsewhere = [], environment = process.env, overrides = {} } = sources;
  const known = leaves(schema);
  const fromFile = file === undefined ? {} : readFile(file);
  const variables = new Map(known.map(({ path, kind }) => [variableName(prefix, path), { path, kind }]));
  const fromEnvironment: Tree = {};
  const problems: ConfigurationProblem[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || text === undefined || readElsewhere.includes(name)) continue;
    const leaf = variables.get(name);
    if (leaf) put(fromEnvironment, leaf.path, fromText(text, leaf.kind));
    else problems.push({ setting: name, source: 'environment', message: 'is not a setting of this program' });
  }
  for (const [tree, source] of [[fromFile, file ?? ''], [overrides as Tree, 'command line']] as const) {
    problems.push(...unknownSettings(tree, known).map((path) => ({ setting: path.join('.'), source, message: 'is not a setting of this program' })));
  }
  const result = schema.safeParse(merge(merge(fromFile, fromEnvironment), overrides as Tree));
  const sourceOf = (path: Path): string => {
    const has = (tree: Tree): boolean => path.reduce<unknown>((value, part) => (isTree(value) ? value[part] : undefined), tree) !== undefined;
    if (has(overrides as Tree)) return 'command line';
    if (has(fromEnvironment)) return variableName(prefix, path);
    return has(fromFile) ? (file ?? '') : `not set, for example ${variableName(prefix, path)}`;
  };
  if (!result.success) {
    for (const issue of result.error.issues) {
      if (issue.code === 'unrecognized_keys') continue;
      const path = issue.path.map(String);
      problems.push({ setting: path.join('.') || 'configuration', source: sourceOf(path.filter((part) => !/^\d+$/.test(part))), message: plain(issue) });
    }
  }
  if (problems.length > 0 || !result.success) throw new ConfigurationError(problems);
  return result.data;
}

/** The schema's complaint in plain words, without the value. */
function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return /received undefined$/.test(issue.message) ? 'must be set' : `must be of type ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  if (issue.code === 'invalid_format') return `must be written as ${issue.format}`;
  return issue.message;
}
