import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { canonicalPlan, planDigest } from './canonical-plan.js';
import type { PlanDictionary } from './plan-dictionary.js';
import { type PathProblem, type PlanPath, schemaProblems } from './plan-issues.js';
import type { PlanProblem } from './plan-problem.js';
import { PERTURBED } from './perturbed-rules.js';
import { planRules, planWarnings } from './plan-rules.js';
import { type AnalysisPlan, planSchema, type SourcePlan } from './plan-schema.js';
import { resolvePlan } from './resolve-plan.js';

export interface ParsedPlan {
  readonly plan: AnalysisPlan;
  /** Canonical JSON, itself a plan. Upload, sign and approve this. */
  readonly text: string;
  /** sha256 of the text. */
  readonly digest: string;
  /** What the writer should know though the plan may run. */
  readonly warnings: readonly string[];
}

export type PlanParse = ParsedPlan | { readonly problems: readonly PlanProblem[] };

export interface ParseOptions {
  /** The plan's dictionary, where the plan names a file; `readPlan` reads it from beside the plan. */
  readonly dictionary?: PlanDictionary | undefined;
  /** Texts of the parameter files that the plan names. */
  readonly settings?: Readonly<Record<string, string>>;
}

const MAXIMUM_TEXT = 4 * 1024 * 1024;

/**
 * A plan from YAML or JSON text, or all its mistakes at once, each with its path and line. Pure: reads no file. Parsing the canonical text
 * of a plan gives the same plan and digest.
 */
export function parsePlan(written: string, options: ParseOptions = {}): PlanParse {
  if (written.length > MAXIMUM_TEXT) return { problems: [{ path: '', line: 1, sentence: 'The plan is larger than 4 MB. Move long lists to the dictionary.' }] };
  const lines = new LineCounter();
  const document = parseDocument(written, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, maxAliasCount: 100 } as Parameters<typeof parseDocument>[1]);
  if (document.errors.length > 0) {
    return { problems: document.errors.map((error) => ({ path: '', line: lines.linePos(error.pos[0]).line, sentence: syntaxSentence(error.code, error.message) })) };
  }
  if (!isMap(document.contents)) return { problems: [{ path: '', line: 1, sentence: 'This is not a plan. Start with consilium: 1 and one setting a line.' }] };
  const data: unknown = withSettings(document.toJS({ maxAliasCount: 100 }), options.settings ?? {});
  const { source, problems } = readSource(data);
  const broken = new Set(problems.map(({ path }) => String(path[0])));
  const rules = source === null ? [] : planRules(source, options.dictionary, broken).filter((rule) => !problems.some(({ path }) => overlaps(path, rule.path)));
  const found = [...problems, ...rules];
  if (found.length > 0 || source === null) return { problems: atLines(found, document, lines) };
  const text = canonicalPlan(resolvePlan(source, options.dictionary));
  // Read back, so that a plan from a file and the same plan from its canonical text are executed alike, to the order of their keys.
  const plan = JSON.parse(text) as AnalysisPlan;
  return { plan, text, digest: planDigest(plan), warnings: planWarnings(plan) };
}

/** The text of a parameter file, and of a table of intraclass correlations, in the place of its name. */
function withSettings(data: unknown, texts: Readonly<Record<string, string>>): unknown {
  const sequences = (data as { extract?: { sequences?: unknown } | null }).extract?.sequences;
  for (const one of Array.isArray(sequences) ? (sequences as unknown[]) : []) {
    const entry = one as { settings?: unknown } | null;
    if (typeof entry?.settings === 'string' && Object.hasOwn(texts, entry.settings)) entry.settings = texts[entry.settings];
  }
  for (const path of PERTURBED) {
    const tables = path.reduce<unknown>((node, part) => (node as Record<string, unknown> | null | undefined)?.[part], data);
    for (const one of Array.isArray(tables) ? (tables as unknown[]) : []) {
      const entry = one as { icc?: unknown } | null;
      if (typeof entry?.icc === 'string' && Object.hasOwn(texts, entry.icc)) entry.icc = texts[entry.icc];
    }
  }
  return data;
}

/** The typed plan; where the schema refuses parts, the rest with defaults in their place, so that its own mistakes show in the same pass. */
function readSource(data: unknown): { source: SourcePlan | null; problems: PathProblem[] } {
  const first = planSchema.safeParse(data, { reportInput: true });
  if (first.success) return { source: first.data, problems: [] };
  const problems = schemaProblems(first.error.issues);
  let patched = structuredClone(data);
  for (let attempt = 0; attempt < 8; attempt++) {
    const result = planSchema.safeParse(patched, { reportInput: true });
    if (result.success) return { source: result.data, problems };
    patched = withoutRefused(patched, schemaProblems(result.error.issues));
  }
  return { source: null, problems };
}

const standIns: Readonly<Record<string, unknown>> = {
  consilium: 1, title: 'untitled', version: 1, study: 'study', sites: ['A'], seed: 'seed',
  outcome: { column: 'outcome', type: 'binary' }, models: [{ name: 'model', inputs: ['features'] }],
};

/** Takes out the deepest written setting of each refused path; a missing or refused setting that has no default gets a stand-in. */
function withoutRefused(data: unknown, problems: readonly PathProblem[]): unknown {
  const root = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  for (const { path } of problems) {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = path.slice(0, depth - 1).reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], root);
      const key = path[depth - 1]!;
      if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) continue;
      const place = parent as Record<string, unknown>;
      const refused = place[key];
      const standIn = path.slice(0, depth).reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[typeof part === 'number' ? 0 : part], standIns);
      delete place[key];
      if (standIn !== undefined) place[key] = structuredClone(standIn);
      if (refused !== undefined || standIn !== undefined) break;
    }
  }
  return root;
}

const overlaps = (a: PlanPath, b: PlanPath): boolean => a.every((part, i) => i >= b.length || part === b[i]);

function atLines(problems: readonly PathProblem[], document: Document, lines: LineCounter): PlanProblem[] {
  const placed = problems.map((problem) => ({
    path: problem.path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), ''),
    line: lines.linePos(offsetOf(document, problem.path)).line,
    sentence: problem.sentence,
  }));
  placed.sort((a, b) => a.line - b.line);
  return placed.filter((p, i) => placed.findIndex((q) => q.path === p.path && q.sentence === p.sentence) === i);
}

/** Where the deepest written part of a path stands: its key in a map, its entry in a list. */
function offsetOf(document: Document, path: PlanPath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      const next: unknown = document.getIn(path.slice(0, path.indexOf(part) + 1), true);
      if (!isNode(next)) break;
      offset = startOf(next) ?? offset;
      node = next;
    }
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined);

function syntaxSentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'This setting is written twice. Keep one.';
  if (code === 'TAB_AS_INDENT') return 'A tab is not allowed as indentation. Use spaces.';
  return `This is not YAML: ${message.split('\n')[0]?.replace(/ at line.*$/, '')}. Check indentation, quotes and brackets.`;
}
