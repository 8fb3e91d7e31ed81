import { z } from 'zod';
import { planSchema } from './plan-schema.js';

export type PlanPath = readonly (string | number)[];

/** A mistake at a path, not yet at a line. `onKey` when the key itself is the mistake. */
export interface PathProblem {
  readonly path: PlanPath;
  readonly sentence: string;
  readonly onKey?: boolean;
}

type Issue = z.core.$ZodIssue & { readonly input?: unknown };
interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What the schema refused, in plain sentences. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], at: PlanPath = []): PathProblem[] {
  return issues.flatMap((issue) => problemsOf(issue, [...at, ...(issue.path as (string | number)[])]));
}

function problemsOf(issue: Issue, path: PlanPath): PathProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_union') return unionProblems(issue, path);
  return [{ path, sentence: sentenceOf(issue, path) }];
}

function sentenceOf(issue: Issue, path: PlanPath): string {
  const shown = show(issue.input);
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? `This setting is missing. Give ${nounOf(issue.expected)}.` : `${shown} is not allowed. Use ${nounOf(issue.expected)}.`;
  }
  if (issue.code === 'invalid_value') return valueSentence(issue, path, shown);
  if (issue.code === 'too_small') return `${shown} is not allowed. Use ${limitOf(issue.origin, issue.minimum, issue.inclusive !== false, 'small')}.`;
  if (issue.code === 'too_big') return `${shown} is not allowed. Use ${limitOf(issue.origin, issue.maximum, issue.inclusive !== false, 'big')}.`;
  if (issue.code === 'invalid_format') return `${shown} is not allowed. ${formatHint(path)}`;
  return issue.message;
}

function valueSentence(issue: Issue & { readonly code: 'invalid_value' }, path: PlanPath, shown: string): string {
  const allowed = issue.values.map((value) => String(value)).join(', ');
  if (path.join('.') === 'outcome.type' && issue.input !== undefined) {
    return `${shown} outcomes are not offered in this version. Use binary, and name the value that is the event.`;
  }
  if (issue.input === undefined) return `This setting is missing. Use ${issue.values.length > 1 ? 'one of ' : ''}${allowed}.`;
  return `${shown} is not allowed. Use ${issue.values.length > 1 ? 'one of ' : ''}${allowed}.`;
}

/** Of the branches of a union, the one the writer most likely meant speaks. */
function unionProblems(issue: Issue & { readonly code: 'invalid_union' }, path: PlanPath): PathProblem[] {
  if (issue.errors.length === 0) {
    const kinds = issue.discriminator === undefined ? '' : allowedKinds(path, issue.discriminator);
    return [{ path: issue.discriminator === undefined ? path : [...path, issue.discriminator].filter((p, i, all) => p !== all[i - 1]), sentence: `Use ${kinds}.` }];
  }
  const meant = issue.errors.filter((branch) => !branch.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'));
  const candidates = (meant.length > 0 ? meant : issue.errors).map((branch) => schemaProblems(branch, path));
  if (meant.length === 0 && candidates.length > 1) {
    const nouns = issue.errors.map((branch) => (branch[0]?.code === 'invalid_type' ? nounOf(branch[0].expected) : 'another kind of value'));
    return [{ path, sentence: `${show(issue.input)} is not allowed. Use ${[...new Set(nouns)].join(' or ')}.` }];
  }
  candidates.sort((a, b) => a.length - b.length);
  return candidates[0] ?? [];
}

function unknownKey(path: PlanPath, key: string): PathProblem {
  const known = [...knownKeys(path)];
  const near = known.map((name) => ({ name, distance: editDistance(name, key) })).sort((a, b) => a.distance - b.distance)[0];
  const hint = near !== undefined && near.distance <= Math.max(2, key.length / 3) ? `Did you mean ${near.name}?` : `Settings known here: ${known.join(', ')}.`;
  return { path: [...path, key], sentence: `There is no setting of this name. ${hint}`, onKey: true };
}

let schemaTree: JsonSchema | undefined;

function schemasAt(path: PlanPath): JsonSchema[] {
  schemaTree ??= z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const open = (node: JsonSchema): JsonSchema[] => [node, ...(node.anyOf ?? []).flatMap(open), ...(node.oneOf ?? []).flatMap(open)];
  let nodes = open(schemaTree);
  for (const part of path) {
    nodes = nodes.flatMap((node) => (typeof part === 'number' ? (node.items === undefined ? [] : open(node.items)) : open(node.properties?.[part] ?? {})));
  }
  return nodes;
}

const knownKeys = (path: PlanPath): Set<string> => new Set(schemasAt(path).flatMap((node) => Object.keys(node.properties ?? {})));

function allowedKinds(path: PlanPath, discriminator: string): string {
  const base = path.at(-1) === discriminator ? path.slice(0, -1) : path;
  const kinds = schemasAt(base).map((node) => (node.properties?.[discriminator] as { const?: string } | undefined)?.const);
  return `${discriminator}: ${kinds.filter((kind) => kind !== undefined).join(', ')}`;
}

const nouns: Readonly<Record<string, string>> = {
  number: 'a number', int: 'a whole number', string: 'a text', boolean: 'true or false', array: 'a list', object: 'a group of settings', record: 'a group of settings', null: 'null',
};
const nounOf = (expected: string): string => nouns[expected] ?? `a value of type ${expected}`;

function limitOf(origin: string, limit: number | bigint, inclusive: boolean, side: 'small' | 'big'): string {
  const edge = side === 'small' ? 'at least' : 'at most';
  if (origin === 'array') return `a list of ${edge} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `a text of ${edge} ${limit} ${Number(limit) === 1 ? 'character' : 'characters'}`;
  const noun = origin === 'int' ? 'a whole number' : 'a number';
  if (inclusive) return `${noun} of ${edge} ${limit}`;
  return `${noun} ${side === 'small' ? 'above' : 'below'} ${limit}`;
}

function formatHint(path: PlanPath): string {
  if (path.at(-1) === 'methods') return 'Use the digest that consilium plan check prints, of 64 characters.';
  if (path.at(-1) === 'deadline') return 'Use a time such as 30 minutes, 12 hours or 7 days.';
  if (path[0] === 'sites' || path.includes('sites')) return 'A site name has letters, digits, spaces, dots, hyphens and underscores, at most 60.';
  return 'Use small letters, digits and hyphens.';
}

function show(input: unknown): string {
  if (input === undefined) return 'A missing value';
  if (input === '') return 'An empty text';
  if (Array.isArray(input)) return input.length === 0 ? 'An empty list' : 'This list';
  if (typeof input === 'object' && input !== null) return 'This group of settings';
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Levenshtein distance: the fewest letters to put in, take out or change. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current.push(Math.min(current[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    previous = current;
  }
  return previous[b.length]!;
}
