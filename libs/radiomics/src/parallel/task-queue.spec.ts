import { describe, expect, it } from 'vitest';
import { imageTasks } from '../image-types.js';
import { parseParameterFile } from '../parameters/parameter-file.js';
import { takeTask, taskQueue } from './task-queue.js';

type First = Parameters<typeof takeTask>[1];

const tasks = imageTasks(parseParameterFile('imageType: { Original: {}, Wavelet: {}, LoG: { sigma: [1.0, 2.0] }, Exponential: {}, Gradient: {}, LBP3D: {} }').settings.imageTypes);
const nameOf = (index: number): string => {
  const { settings, part } = tasks[index]!;
  return part.kind === 'bands' ? `${settings.type} ${part.first}` : settings.type;
};

function taken(threads: readonly First[]): string[] {
  const queue = taskQueue(tasks);
  return threads.map((first) => takeTask(queue, first)).map((index) => (index === null ? 'none' : nameOf(index)));
}

describe('the tasks that threads share', () => {
  it('are begun with patterns and Laplacians by one thread and with wavelets by the other', () => {
    expect(taken(['patterns', 'wavelets', 'patterns', 'wavelets', 'patterns'])).toStrictEqual(['LBP3D', 'Wavelet L', 'LoG', 'Wavelet H', 'LoG']);
  });

  it('are then the short ones, the shortest last, for whoever comes', () => {
    const begun: First[] = ['patterns', 'patterns', 'patterns', 'wavelets', 'wavelets'];
    expect(taken([...begun, 'wavelets', 'patterns', 'wavelets']).slice(5)).toStrictEqual(['Gradient', 'Original', 'Exponential']);
  });

  it('are at the end those that the other thread has not come to', () => {
    expect(taken(Array<First>(8).fill('wavelets'))).toStrictEqual(['Wavelet L', 'Wavelet H', 'Gradient', 'Original', 'Exponential', 'LBP3D', 'LoG', 'LoG']);
  });

  it.each([
    ['one thread', Array<First>(10).fill('patterns')],
    ['several threads', ['wavelets', 'wavelets', 'wavelets', 'patterns', 'wavelets', 'patterns', 'wavelets', 'patterns', 'wavelets', 'patterns'] as First[]],
  ])('are each taken once, and then there is none (%s)', (_, threads) => {
    const all = taken(threads);
    expect(all.slice(0, 8).sort()).toStrictEqual(tasks.map((_task, index) => nameOf(index)).sort());
    expect(all.slice(8)).toStrictEqual(['none', 'none']);
  });
});
