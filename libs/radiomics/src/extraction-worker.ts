import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './extractor.js';
import { imageTasks } from './image-types.js';
import { measureTask, type Measurable } from './measure.js';

let measurable: Measurable | null = null;

parentPort!.on('message', (message: ToWorker) => {
  if (message.kind === 'case') {
    measurable = message.measurable;
    return;
  }
  const results = measureTask(measurable!, imageTasks(measurable!.settings.imageTypes)[message.index]);
  parentPort!.postMessage({ index: message.index, results } satisfies FromWorker);
});
