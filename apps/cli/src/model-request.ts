import { readFile } from 'node:fs/promises';
import type { ModelRequest } from '@consilium/site-agent';
import { parseDictionary } from '@consilium/tables';
import { parse as parseYaml } from 'yaml';
import type { ModelTableOptions } from './model-table-options.js';
import { usage } from './refusal.js';

export async function modelRequestOf(options: ModelTableOptions): Promise<ModelRequest> {
  const dictionary = options.dictionary === undefined ? undefined : parseDictionary(parseYaml(await readFile(options.dictionary, 'utf8')));
  if (dictionary && !('dictionary' in dictionary)) throw usage(`The data dictionary has mistakes:\n${dictionary.problems.map(({ sentence }) => sentence).join('\n')}`);
  return {
    model: await readFile(options.model, 'utf8'),
    table: await readFile(options.table),
    ...(dictionary ? { dictionary: dictionary.dictionary } : {}),
    ...(options.id === undefined ? {} : { idColumn: options.id }),
    settings: await settingsOf(options.settings ?? []),
  };
}

async function settingsOf(pairs: readonly string[]): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  for (const pair of pairs) {
    const sign = pair.indexOf('=');
    if (sign < 1) throw usage(`${pair} is not SEQUENCE=FILE.`);
    settings.set(pair.slice(0, sign), await readFile(pair.slice(sign + 1), 'utf8'));
  }
  return settings;
}
