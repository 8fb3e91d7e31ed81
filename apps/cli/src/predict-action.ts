import { readFile, writeFile } from 'node:fs/promises';
import { predictTable } from '@consilium/site-agent';
import { parseDictionary } from '@consilium/tables';
import { parse as parseYaml } from 'yaml';
import type { PredictOptions } from './predict-command.js';
import { usage } from './refusal.js';
import type { Terminal } from './terminal.js';

export async function predict(options: PredictOptions, terminal: Terminal): Promise<void> {
  const dictionary = options.dictionary === undefined ? undefined : parseDictionary(parseYaml(await readFile(options.dictionary, 'utf8')));
  if (dictionary && !('dictionary' in dictionary)) throw usage(`The data dictionary has mistakes:\n${dictionary.problems.map(({ sentence }) => sentence).join('\n')}`);
  const { content, rows, csv, outcomesKnown } = await predictTable(options.dir, {
    model: await readFile(options.model, 'utf8'),
    table: await readFile(options.table),
    ...(dictionary ? { dictionary: dictionary.dictionary } : {}),
    ...(options.id === undefined ? {} : { idColumn: options.id }),
    settings: await settingsOf(options.settings ?? []),
  });
  terminal.note(content.notice);
  if (options.out === undefined) terminal.out(csv.trimEnd());
  else await writeFile(options.out, csv);
  const outside = rows.filter((row) => row.outside.length > 0).length;
  const without = rows.filter((row) => row.probability === null).length;
  terminal.note(`Model ${content.name}: ${rows.length - without} of ${rows.length} patients have a prediction.`);
  if (content.inputs.ranges === null) terminal.note('The model does not say where its training patients lay, so nothing could be flagged.');
  else if (outside > 0) terminal.note(`${outside} have a value outside the range of nearly all training patients. Their predictions are extrapolations.`);
  if (content.inputs.harmonised) terminal.note("The model was fitted on harmonised features. These are not harmonised to it: expect it to be less well calibrated here.");
  if (outcomesKnown > 0) terminal.note(`${outcomesKnown} patients have a recorded outcome already. For them this is no prediction in advance.`);
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
