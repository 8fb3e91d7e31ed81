import { describe, expect, it } from 'vitest';
import { finiteFigures, type RunResults, serialiseResults } from './run-results.js';

const results = (stages: RunResults['stages']): RunResults => ({
  format: 1, plan: { title: 't', version: 1, study: 's', digest: 'd' }, disclosure: 'standard', sites: ['A'], warnings: [], stages,
});

describe('results.json', () => {
  it('has one text for equal results, whatever the order in which they were made', () => {
    expect(serialiseResults(results({ b: { y: 1, x: 2 }, a: {} }))).toBe(serialiseResults(results({ a: {}, b: { x: 2, y: 1 } })));
  });

  it('keeps every digit of a number', () => {
    const text = serialiseResults(results({ a: { x: 0.1 + 0.2, y: 1e-300 } }));
    expect((JSON.parse(text) as RunResults).stages['a']).toEqual({ x: 0.30000000000000004, y: 1e-300 });
  });

  it('suppresses a figure that is not finite, and refuses to write one that slipped through', () => {
    expect(finiteFigures({ odds: Infinity, list: Float64Array.of(1, NaN) })).toEqual({
      odds: { suppressed: { rule: 'not-finite', reason: 'The figure is not a finite number.' } },
      list: [1, { suppressed: { rule: 'not-finite', reason: 'The figure is not a finite number.' } }],
    });
    expect(() => serialiseResults(results({ a: { x: NaN } }))).toThrow(/not finite/);
  });
});
