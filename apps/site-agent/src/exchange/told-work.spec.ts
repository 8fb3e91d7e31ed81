import { describe, expect, it } from 'vitest';
import { ToldWork } from './told-work.js';

const heard = (total: number): number[] => {
  const told = new ToldWork();
  return Array.from({ length: total + 1 }, (_, done) => told.next('run', { done, total, message: 'extracting features' })).flatMap((work) => work?.done ?? []);
};

describe('what the coordinator hears of long work', () => {
  it('is the same for 20 patients and for 3,000: every tenth, once', () => {
    for (const total of [20, 21, 37, 3000]) expect(heard(total), `${total}`).toEqual(heard(100));
    expect(heard(100)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is the beginning and the end where the tenths would say how few patients there are', () => {
    for (const total of [1, 3, 12, 19]) expect(heard(total), `${total}`).toEqual([0, 10]);
  });

  it('begins anew with the work of another run, and when work is begun again', () => {
    const told = new ToldWork();
    expect(told.next('a', { done: 50, total: 100, message: '' })).toMatchObject({ done: 5, total: 10 });
    expect(told.next('b', { done: 50, total: 100, message: '' })).toMatchObject({ done: 5 });
    expect(told.next('a', { done: 0, total: 100, message: '' })).toMatchObject({ done: 0 });
  });
});
