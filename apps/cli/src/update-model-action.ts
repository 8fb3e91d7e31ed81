import { writeFile } from 'node:fs/promises';
import { updateModelFile } from '@consilium/site-agent';
import { modelRequestOf } from './model-request.js';
import type { UpdateModelOptions } from './predict-command.js';
import type { Terminal } from './terminal.js';

export async function updateModel(options: UpdateModelOptions, terminal: Terminal): Promise<void> {
  const { content, text, patients, events, recalibration } = await updateModelFile(options.dir, { ...(await modelRequestOf(options)), method: options.method });
  await writeFile(options.out, text);
  terminal.note(content.notice);
  terminal.note(`Model ${content.name}: updated on ${patients} patients, ${events} with the event${recalibration === null ? '' : `; intercept ${recalibration.intercept.toFixed(3)}, slope ${recalibration.slope.toFixed(3)} on its logit`}.`);
  terminal.note('Judge it on other patients than these. It is signed by this site: only this site predicts by it.');
}
