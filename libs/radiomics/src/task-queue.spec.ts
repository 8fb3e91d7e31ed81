import { describe, expect, it } from 'vitest';
import { imageTasks } from './image-types.js';
import { parseParameterFile } from './parameters/parameter-file.js';
import { takeTask, taskQueue, type QueueEnd } from './task-queue.js';

const tasks = imageTasks(parseParameterFile('imageType: { Original: {}, Wavelet: {}, LoG: { sigma: [1.0, 2.0] }, Square: {}, LBP3D: {} }').settings.imageTypes);
const nameOf = (index: number): string => {
  const { settings, part } = tasks[index]!;
  return part.kind === 'bands' ? `${settings.type} ${part.first}` : settings.type;
};

function taken(ends: readonly QueueEnd[]): string[] {
  const queue = taskQueue(tasks);
  return ends.map((end) => takeTask(queue, end)).map((index) => (index === null ? 'none' : nameOf(index)));
}

describe('the list of tasks that threads share', () => {
  it('gives patterns and Laplacians to the first thread, wavelets to the others, and the short tasks to whoever comes', () => {
    expect(taken(['front', 'back', 'front', 'back', 'front', 'back', 'front'])).toStrictEqual(['LBP3D', 'Wavelet L', 'LoG', 'Wavelet H', 'LoG', 'Square', 'Original']);
  });

  it.each([
    ['front', Array<QueueEnd>(9).fill('front')],
    ['back', Array<QueueEnd>(9).fill('back')],
    ['both', ['back', 'back', 'back', 'front', 'back', 'front', 'back', 'front', 'back'] as QueueEnd[]],
  ])('gives each task once and then none (%s)', (_, ends) => {
    const all = taken(ends);
    expect(all.slice(0, 7).sort()).toStrictEqual(tasks.map((_task, index) => nameOf(index)).sort());
    expect(all.slice(7)).toStrictEqual(['none', 'none']);
  });
});
