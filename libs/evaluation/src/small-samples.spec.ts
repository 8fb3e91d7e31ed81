import { describe, expect, it } from 'vitest';
import {
  aucFromHistogram,
  aucStanding,
  binByCuts,
  calibrationFigures,
  calibrationStanding,
  calibrationSums,
  compareAuc,
  confusionFigures,
  decisionCurve,
  netBenefitOf,
  deLong,
  equalBin,
  hosmerLemeshow,
  hosmerLemeshowAllowed,
  logitAuc,
  mergeBins,
  midRanks,
  riskGroups,
  rocPoints,
  youdenThresholds,
} from './index.js';

describe('figures of few patients', () => {
  it('has no AUC with one class, and no variance on one patient of a class', () => {
    expect(deLong([[0.1, 0.2]], [1, 1]).auc[0]).toBeNaN();
    const one = deLong([[0.9, 0.2, 0.4]], [1, 0, 0]);
    expect(one.auc[0]).toBe(1);
    expect(one.covariance[0]).toBeNaN();
    expect(aucFromHistogram({ events: [1, 2], nonEvents: [0, 0] })).toBeNull();
    expect(rocPoints({ events: [0], nonEvents: [4] })).toBeNull();
    expect(youdenThresholds([0.2], [1]).thresholds).toEqual([]);
    expect(aucStanding(4, 0).kind).toBe('not-estimable');
    expect(aucStanding(15, 1)).toEqual({ kind: 'imprecise', sentence: 'The AUC rests on one control. It is imprecise.' });
    expect(aucStanding(4, 90)).toEqual({ kind: 'imprecise', sentence: 'The AUC rests on 4 events. It is imprecise.' });
    expect(aucStanding(100, 100).kind).toBe('estimable');
  });

  it('does not compare models that order all patients alike, nor put an AUC of 1 on the logit scale', () => {
    const same = deLong([[0.1, 0.7, 0.4, 0.9], [1, 7, 4, 9]], [0, 1, 1, 0]);
    expect(compareAuc(same, 0, 1)).toBeNull();
    expect(logitAuc(1, 0.1)).toBeNull();
    expect(logitAuc(0.8, 0)).toBeNull();
  });

  it('leaves calibration slopes out below ten events or non-events', () => {
    expect(calibrationStanding(9, 300).kind).toBe('not-estimable');
    expect(calibrationStanding(10, 300).kind).toBe('imprecise');
    expect(calibrationStanding(100, 300).kind).toBe('estimable');
  });

  it('adds one half to both counts of O:E when nobody has the event', () => {
    const figures = calibrationFigures(calibrationSums([0.2, 0.3], [0, 0]));
    expect(figures.observedOverExpected).toBe(0.5 / 1);
    expect(figures.observedOverExpectedCorrected).toBe(true);
    expect(figures.scaledBrier).toBeNull();
  });

  it('gives no proportion of nobody', () => {
    const figures = confusionFigures({ tp: 0, fp: 0, fn: 3, tn: 4 });
    expect(figures.positivePredictiveValue).toBeNull();
    expect(figures.matthews).toBeNull();
    expect(figures.sensitivity?.estimate).toBe(0);
    expect(confusionFigures({ tp: 0, fp: 0, fn: 0, tn: 0 }).accuracy).toBeNull();
  });

  it('allows Hosmer-Lemeshow with five groups of k patients, not with fewer', () => {
    const groups = [6, 5, 0, 9, 5, 7].map((n) => ({ n }));
    expect(hosmerLemeshowAllowed(groups, 5)).toBe(true);
    expect(hosmerLemeshowAllowed(groups, 6)).toBe(false);
    expect(hosmerLemeshowAllowed(groups.slice(1), 5)).toBe(false);
    expect(hosmerLemeshow([{ n: 4, events: 1, expected: 0 }])).toBeNull();
  });
});

describe('bins', () => {
  it('puts a probability that is a bin edge above the edge, whatever p · K rounds to', () => {
    expect(0.29 * 100).toBeLessThan(29);
    for (let k = 0; k < 100; k++) expect(equalBin(k / 100, 100)).toBe(k);
    expect(equalBin(1, 100)).toBe(99);
    expect(equalBin(0, 10)).toBe(0);
  });

  it('counts the cuts at or below a score', () => {
    expect([-1, 0.2, 0.3, 0.5, 9].map((score) => binByCuts(score, [0.2, 0.5]))).toEqual([0, 1, 1, 2, 2]);
    expect(binByCuts(3, [])).toBe(0);
  });

  it('keeps a quantile cut that is an observation in the group on its left', () => {
    // n = 11 and 10 groups: every cut (n - 1) k / 10 = k is an observation.
    const p = Array.from({ length: 11 }, (_, i) => (i + 1) / 20);
    expect(riskGroups(p, new Uint8Array(11), 'quantile').map(({ n }) => n)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(riskGroups([0.1, 0.1, 0.1, 0.2], [0, 0, 1, 1], 'quantile', 2).map(({ n }) => n)).toEqual([4]);
  });

  it('shares ranks between ties', () => expect(Array.from(midRanks([2, 5, 2]))).toEqual([1.5, 3, 1.5]));

  it('joins bins until each has k patients, and 2k where one class fills it', () => {
    const histogram = { events: [0, 0, 2, 6, 1], nonEvents: [6, 5, 3, 0, 1] };
    const merged = mergeBins(histogram, 5, 'total');
    expect(merged).toEqual({ starts: [0, 2, 3], events: [0, 2, 7], nonEvents: [11, 3, 1] });
    expect(mergeBins(histogram, 0, 'total').starts).toEqual([0, 1, 2, 3, 4]);
    expect(mergeBins({ events: [1], nonEvents: [1] }, 5, 'total').starts).toEqual([0]);
  });

  it('joins bins until each class has nobody or k', () => {
    const merged = mergeBins({ events: [0, 1, 2, 6, 1], nonEvents: [9, 5, 3, 0, 1] }, 5, 'class');
    for (const counts of [merged.events, merged.nonEvents]) for (const count of counts) expect(count === 0 || count >= 5).toBe(true);
    expect(merged.events.reduce((a, b) => a + b)).toBe(10);
  });

  it('gives net benefit its standard error as a mean of patients, and none where there is no threshold or nobody', () => {
    const counts = { tp: 40, fp: 10, fn: 10, tn: 40 };
    const each = [...Array<number>(40).fill(1), ...Array<number>(10).fill(-0.25), ...Array<number>(50).fill(0)];
    const mean = each.reduce((a, b) => a + b) / 100;
    const error = Math.sqrt(each.reduce((sum, one) => sum + (one - mean) ** 2, 0)) / 100;
    expect(netBenefitOf(counts, 0.2)).toEqual({ estimate: mean, standardError: expect.closeTo(error, 12) as number });
    expect(decisionCurve({ events: [10, 40], nonEvents: [40, 10] }, [0, 0.2])[0]!.netBenefit).toBeCloseTo(mean, 14);
    expect([0, 1].map((threshold) => netBenefitOf(counts, threshold))).toEqual([null, null]);
    expect(netBenefitOf({ tp: 0, fp: 0, fn: 0, tn: 0 }, 0.2)).toBeNull();
  });

  it('has no threshold at 0 in a decision curve', () => {
    const curve = decisionCurve({ events: [1, 4], nonEvents: [5, 0] }, [0, 0.3]);
    expect(curve).toEqual([{ threshold: 0.3, truePositives: 4, falsePositives: 0, netBenefit: 0.4, treatAll: 0.5 - 0.5 * (0.3 / 0.7) }]);
  });
});
