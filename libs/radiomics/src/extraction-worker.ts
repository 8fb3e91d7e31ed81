import { parentPort } from 'node:worker_threads';
import { boundingBox, resample } from '@consilium/imaging';
import type { FromWorker, ResampleMask, ShareTasks, ToWorker } from './extractor.js';
import { packRegion } from './features/region.js';
import { imageTasks } from './image-types.js';
import { leaveWorkspace } from './kernels/workspace.js';
import { measureTask } from './measure.js';

const answer = (message: FromWorker): void => parentPort!.postMessage(message);

function resampleMask({ mask, grid, label, margin }: ResampleMask): void {
  const resampled = resample(mask, grid, { interpolator: 'nearest', shared: true });
  const box = boundingBox(resampled, label);
  answer({ kind: 'mask', mask: resampled, region: box && packRegion(resampled, label, box, margin) });
}

/** Takes one task after another until none is left. */
function measure({ measurable, queue, next }: ShareTasks): void {
  const tasks = imageTasks(measurable.settings.imageTypes);
  for (let k = Atomics.add(next, 0, 1); k < queue.length; k = Atomics.add(next, 0, 1)) answer({ kind: 'task', index: queue[k], results: measureTask(measurable, tasks[queue[k]]) });
  leaveWorkspace();
  answer({ kind: 'done' });
}

parentPort!.on('message', (message: ToWorker) => (message.kind === 'mask' ? resampleMask(message) : measure(message)));
