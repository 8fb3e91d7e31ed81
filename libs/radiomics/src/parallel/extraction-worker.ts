import { parentPort } from 'node:worker_threads';
import { boundingBox, resample } from '@consilium/imaging';
import { marginOf } from '../extract.js';
import { packRegion } from '../features/region.js';
import { imageTasks } from '../image-types.js';
import { kernelHeap } from '../kernels/heap.js';
import { leaveWorkspace } from '../kernels/workspace.js';
import { measureShape, measureTask } from '../measure.js';
import type { BringMask, FromWorker, ShareTasks, ToWorker } from './messages.js';
import { takeTask } from './task-queue.js';

const answer = (message: FromWorker): void => parentPort!.postMessage(message);

function bringMask({ mask, grid, label, settings }: BringMask): void {
  const resampled = resample(mask, grid, { interpolator: 'nearest', shared: true, heap: kernelHeap() });
  const box = boundingBox(resampled, label);
  const found = box && { box, region: packRegion(resampled, label, box, marginOf(settings)) };
  answer({ kind: 'mask', mask: resampled, found });
  if (found && !settings.preparation.resegment) answer({ kind: 'shape', features: measureShape({ shapeRegion: found.region, settings }) });
}

/** Takes one task after another until none is left. */
function shareTasks({ measurable, queue, last }: ShareTasks): void {
  const tasks = imageTasks(measurable.settings.imageTypes);
  for (let index = takeTask(queue, 'wavelets'); index !== null; index = takeTask(queue, 'wavelets')) answer({ kind: 'task', index, results: measureTask(measurable, tasks[index]) });
  leaveWorkspace();
  answer({ kind: 'done' });
  if (last) parentPort!.close();
}

parentPort!.on('message', (message: ToWorker) => (message.kind === 'mask' ? bringMask(message) : shareTasks(message)));
