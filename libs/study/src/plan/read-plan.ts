import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { parsePlan, type PlanParse } from './parse-plan.js';
import { type PlanDictionary, planDictionarySchema } from './plan-dictionary.js';

/** A plan from a file, with the dictionary file it names (relative to the plan). Mistakes are returned; only an unreadable plan file throws. */
export async function readPlan(file: string): Promise<PlanParse> {
  const text = await readFile(file, 'utf8');
  const named = dictionaryName(text);
  if (named === null) return parsePlan(text);
  const line = text.split('\n').findIndex((row) => /^\s*"?dictionary"?\s*:/.test(row)) + 1;
  const refuse = (sentence: string): PlanParse => ({ problems: [{ path: 'dictionary', line: Math.max(1, line), sentence }] });
  let dictionary: PlanDictionary;
  try {
    const read = planDictionarySchema.safeParse(parse(await readFile(resolve(dirname(file), named), 'utf8')));
    if (!read.success) return refuse(`${named} is not a data dictionary. It needs columns, each with a type.`);
    dictionary = read.data;
  } catch {
    return refuse(`${named} cannot be read. Put it beside the plan.`);
  }
  return parsePlan(text, { dictionary });
}

function dictionaryName(text: string): string | null {
  const named: unknown = parseDocument(text).get?.('dictionary');
  return typeof named === 'string' ? named : null;
}
