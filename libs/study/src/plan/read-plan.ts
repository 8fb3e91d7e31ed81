import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, isSeq, parse, parseDocument } from 'yaml';
import { parsePlan, type PlanParse } from './parse-plan.js';
import { PERTURBED } from './perturbed-rules.js';
import { type PlanDictionary, planDictionarySchema } from './plan-dictionary.js';

/**
 * A plan from a file, with the files it names beside it: the dictionary, and parameter files of extraction and tables of intraclass correlations, whose text takes the place of their
 * name. Mistakes are returned; only an unreadable plan file throws.
 */
export async function readPlan(file: string): Promise<PlanParse> {
  const text = await readFile(file, 'utf8');
  const document = parseDocument(text);
  const beside = (name: string) => readFile(resolve(dirname(file), name), 'utf8');
  const refuse = (path: string, line: number, sentence: string): PlanParse => ({ problems: [{ path, line, sentence }] });
  const settings: Record<string, string> = {};
  for (const { name, path, line } of settingsFiles(document)) {
    try {
      settings[name] = await beside(name);
    } catch {
      return refuse(path, line(text), `${name} cannot be read. Put it beside the plan.`);
    }
  }
  const named = nameIn(document, ['dictionary']);
  if (named === null) return parsePlan(text, { settings });
  const line = text.split('\n').findIndex((row) => /^\s*"?dictionary"?\s*:/.test(row)) + 1;
  let dictionary: PlanDictionary;
  try {
    const read = planDictionarySchema.safeParse(parse(await beside(named)));
    if (!read.success) return refuse('dictionary', Math.max(1, line), `${named} is not a data dictionary. It needs columns, each with a type.`);
    dictionary = read.data;
  } catch {
    return refuse('dictionary', Math.max(1, line), `${named} cannot be read. Put it beside the plan.`);
  }
  return parsePlan(text, { dictionary, settings });
}

interface NamedFile {
  readonly name: string;
  readonly path: string;
  readonly line: (text: string) => number;
}

/** Settings of one line are the name of a file. */
function settingsFiles(document: Document): NamedFile[] {
  const lists = [{ list: ['extract', 'sequences'], member: 'settings' }, ...PERTURBED.map((list) => ({ list: [...list], member: 'icc' }))];
  return lists.flatMap(({ list, member }) => {
    const items: unknown = document.getIn?.(list);
    if (!isSeq(items)) return [];
    return items.items.flatMap((_, i): NamedFile[] => {
      const path = [...list, i, member];
      const name = nameIn(document, path);
      const start = (document.getIn(path, true) as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0;
      return name === null ? [] : [{ name, path: `${list.join('.')}[${i}].${member}`, line: (text) => text.slice(0, start).split('\n').length }];
    });
  });
}

function nameIn(document: Document, path: readonly (string | number)[]): string | null {
  const named: unknown = document.getIn?.(path);
  return typeof named === 'string' && named !== '' && !named.includes('\n') ? named : null;
}
