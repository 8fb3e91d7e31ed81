import { describe, expect, it } from 'vitest';
import { exponential, logistic } from './exponential.js';

describe('the exponential that is the same in every engine', () => {
  it('is within two units in the last place of the engine’s own, from the smallest to the largest numbers', () => {
    for (let x = -708; x <= 709.7; x += 0.0137) expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(5e-16);
  });

  // Of Python 3.11, decimal with 30 digits.
  it.each([
    [0, 1],
    [1, 2.718281828459045],
    [-1, 0.36787944117144233],
    [0.1, 1.1051709180756477],
    [-30, 9.357622968840175e-14],
    [700, 1.0142320547350045e304],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(exponential(x) / expected - 1)).toBeLessThan(4e-16);
  });

  it('ends at 0 and at infinity, and keeps what is no number', () => {
    expect([exponential(-745.2), exponential(-Infinity), exponential(709.8), exponential(Infinity), exponential(NaN)]).toStrictEqual([0, 0, Infinity, Infinity, NaN]);
    expect([logistic(0), logistic(-800), logistic(800)]).toStrictEqual([0.5, 0, 1]);
  });
});
