import { describe, expect, it } from 'vitest';
import { chooseCandidate, keepSequences, lowerBound, type CandidateFigure } from './choice.js';

const figure = (auc: number | null, standardError: number | null = 0.03, folds = 5): CandidateFigure => ({ kind: 'logistic', auc, standardError, folds });
const keep = { above: 0.5, confidence: 0.95, sharedAmongSequences: true, standardErrors: null };
const kept = (options: typeof keep | (Omit<typeof keep, 'standardErrors'> & { standardErrors: number }), ...figures: CandidateFigure[]) =>
  keepSequences(options, new Map(figures.map((one, i) => [`S${i}`, chooseCandidate([one])])));

describe('the lower bound of a nested cross-validated AUC', () => {
  it("is by Student's t over folds, with the standard error of Nadeau and Bengio", () => {
    // t(0.95; 4) = 2.131847 (tables); √(1 + 5 / 4) = 1.5: (1/5 + 1/4) s² for s² / 5.
    expect(lowerBound({ auc: 0.7, standardError: 0.04, folds: 5 }, 0.95)).toBeCloseTo(0.7 - 2.131847 * 1.5 * 0.04, 6);
    expect(lowerBound({ auc: 0.7, standardError: 0.04, folds: 1 }, 0.95)).toBeNaN();
    expect(lowerBound({ auc: 0.7, standardError: null, folds: 5 }, 0.95)).toBeNaN();
  });
});

describe('a sequence is kept', () => {
  it('where the bound is above the limit, the confidence shared among all sequences', () => {
    // t(0.99; 4) = 3.746947: five sequences share 5 %. The second figure passes a bound of its own only.
    const figures = [figure(0.7, 0.03), figure(0.65, 0.03), figure(0.55, 0.03), figure(0.5, 0), figure(null, null, 0)];
    const shared = kept(keep, ...figures);
    expect(shared.map((row) => row.kept)).toEqual([true, false, false, false, false]);
    expect(shared[0]!.lowerBound).toBeCloseTo(0.7 - 3.746947 * 1.5 * 0.03, 6);
    expect(shared[0]!.reason).toBe('Nested cross-validated AUC 0.700; its lower 99 % bound is 0.531, above 0.5.');
    expect(kept({ ...keep, sharedAmongSequences: false }, ...figures).map((row) => row.kept)).toEqual([true, true, false, false, false]);
  });

  it('by plain standard errors where the plan says so', () => {
    const [one, two] = kept({ ...keep, standardErrors: 1 }, figure(0.54, 0.03), figure(0.52, 0.03));
    expect([one!.kept, two!.kept]).toEqual([true, false]);
    expect(two!.reason).toBe('Nested cross-validated AUC 0.520; less 1 standard error it is 0.490, not above 0.5.');
  });

  it('as the best of them where none discriminates, and says so', () => {
    const rows = kept(keep, figure(0.56), figure(0.58), figure(0.52));
    expect(rows.map((row) => row.kept)).toEqual([false, true, false]);
    expect(rows.some((row) => row.discriminates)).toBe(false);
    expect(rows[1]!.reason).toMatch(/No sequence discriminates; the best of them stays\.$/);
  });
});
