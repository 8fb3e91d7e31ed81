import { writeFile } from 'node:fs/promises';
import { predictTable } from '@consilium/site-agent';
import { modelRequestOf } from './model-request.js';
import type { PredictOptions } from './predict-command.js';
import type { Terminal } from './terminal.js';

export async function predict(options: PredictOptions, terminal: Terminal): Promise<void> {
  const { content, rows, csv, outcomesKnown } = await predictTable(options.dir, await modelRequestOf(options));
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
