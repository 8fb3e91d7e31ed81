import { parentPort } from 'node:worker_threads';
import { boundingBox, resample } from '@consilium/imaging';
import type { FromWorker, ResampleMask, ShareTasks, ToWorker } from './extractor.js';
import { packRegion } from './features/region.js';
import { imageTasks } from './image-types.js';
import { kernelHeap } from './kernels/heap.js';
import { leaveWorkspace } from './kernels/workspace.js';
import { measureTask } from './measure.js';
import { takeTask } from './task-queue.js';

const answer = (message: FromWorker): void => parentPort!.postMessage(message);

function resampleMask({ mask, grid, label, margin }: ResampleMask): void {
  const resampled = resample(mask, grid, { interpolator: 'nearest', shared: true, heap: kernelHeap() });
  const box = boundingBox(resampled, label);
  answer({ kind: 'mask', mask: resampled, region: box && packRegion(resampled, label, box, margin) });
}

/** Takes one task after another until none is left. */
function measure({ measurable, queue }: ShareTasks): void {
  const tasks = imageTasks(measurable.settings.imageTypes);
  for (let index = takeTask(queue, 'back'); index !== null; index = takeTask(queue, 'back')) answer({ kind: 'task', index, results: measureTask(measurable, tasks[index]) });
  leaveWorkspace();
  answer({ kind: 'done' });
}

parentPort!.on('message', (message: ToWorker) => (message.kind === 'mask' ? resampleMask(message) : measure(message)));
