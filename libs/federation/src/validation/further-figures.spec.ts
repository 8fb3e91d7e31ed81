import { describe, expect, it } from 'vitest';
import { federatedCalibrationCurves } from '../calibration-curve/coordinator.js';
import { federatedDecisionIntervals } from '../decision-intervals/coordinator.js';
import { federatedGroupMeans } from '../group-means/coordinator.js';
import { federatedRanges } from '../model-ranges/coordinator.js';
import { federatedReclassification } from '../reclassification/coordinator.js';
import { federatedSiteDiscrimination } from '../site-discrimination/coordinator.js';
import { federatedSubgroups } from '../subgroups/coordinator.js';
import { dataSets, expected, oracleFederation, siteTables, subset8, testRows, trainingRows, type DataSet, type OracleFederationOptions, type Spread } from '../fixtures/oracle-sites.js';
import type { ViewSpec } from '../view.js';
import { isValue, type Figure } from './figures.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;
const testView: ViewSpec = { outcome: 'y', features: [], rows: testRows };

function value<T>(figure: Figure<T>): T {
  if (!isValue(figure)) throw new Error(JSON.stringify(figure));
  return figure;
}

const near = (got: number | null | undefined, want: number, tolerance: number) => expect(Math.abs((got ?? NaN) - want), `got ${got}, expected ${want}`).toBeLessThanOrEqual(tolerance);

const numbersOf = (dataSet: DataSet, name: string): number[] => {
  const column = siteTables(dataSet, 1).get('S0')!.columns.get(name)!;
  if (column.kind !== 'number') throw new Error(`${name} is not a number`);
  return [...column.values];
};

const standard: OracleFederationOptions = { profile: 'standard' };

describe.each(dataSets)('figures over all sites on %s', (dataSet) => {
  it.each<Spread>(['own', 1, 2, 10])('NRI and IDI are those of improveProb over %s sites', async (spread) => {
    const got = await federatedReclassification(oracleFederation(dataSet, spread), { view: testView, models, cuts: [0.3, 0.6] });
    for (const want of expected(dataSet, 'dca_nri').nri_test) {
      const one = got.find(({ before, after }) => before === want.old && after === want.new)!;
      near(value(one.continuousNri).estimate, want.cfnri, 1e-12);
      near(value(one.continuousNri).standardError, want.cfnri_se, 1e-9);
      near(value(one.categoryNri).estimate, want.cat_nri, 1e-12);
      near(value(one.idi).estimate, want.idi, 1e-12);
      near(value(one.idi).standardError, want.idi_se, 1e-9);
      near(value(one.idi).p, want.idi_p, 1e-9);
    }
  });

  it.each<Spread>(['own', 1, 2, 10])('tenths of patients and Hosmer-Lemeshow over them are those of hoslem.test over %s sites', async (spread) => {
    const got = await federatedCalibrationCurves(oracleFederation(dataSet, spread), { view: testView, models });
    models.forEach((model, m) => {
      const want = expected(dataSet, 'calibration').test[model].hl10_quantile;
      expect(value(got[m]!.groups).map(({ n, events }) => [n, events])).toEqual(want.n.map((n: number, g: number) => [n, want.observed1[g]]));
      value(got[m]!.groups).forEach(({ expected: e }, g) => near(e, want.expected1[g], 1e-8));
      near(value(got[m]!.hosmerLemeshow).statistic, want.chi2, 1e-8);
      near(value(got[m]!.hosmerLemeshow).external.p, want.p_external, 1e-8);
    });
  });

  it('curves are the same however patients are spread, and within their bands', async () => {
    const [pooled, own] = [await federatedCalibrationCurves(oracleFederation(dataSet, 1), { view: testView, models }), await federatedCalibrationCurves(oracleFederation(dataSet, 'own'), { view: testView, models })];
    own.forEach(({ curve, knots }, m) => {
      expect(knots).toEqual(pooled[m]!.knots);
      expect(knots).toHaveLength(4);
      value(curve).forEach((point, i) => {
        near(point.observed, value(pooled[m]!.curve)[i]!.observed, 1e-8);
        expect(point.low).toBeLessThan(point.observed);
        expect(point.high).toBeGreaterThan(point.observed);
      });
    });
  });

  it('intervals of net benefit hold the curve, do not depend on where patients are, and narrow with more of them', async () => {
    const request = { models: ['p_comb'], thresholds: [0.2, 0.3, 0.5], seed: 's', replicates: 200 };
    const [test] = await federatedDecisionIntervals(oracleFederation(dataSet, 'own'), { ...request, view: testView });
    const [elsewhere] = await federatedDecisionIntervals(oracleFederation(dataSet, 10), { ...request, view: testView });
    expect(elsewhere).toEqual(test);
    const want = expected(dataSet, 'dca_nri').test;
    value(test!.intervals).forEach(({ threshold, low, high, overTreatAll }) => {
      const k = Math.round(threshold * 100) - 1;
      expect(low).toBeLessThan(want.p_comb[k]);
      expect(high).toBeGreaterThan(want.p_comb[k]);
      expect(overTreatAll.low).toBeLessThan(want.p_comb[k] - want.treat_all[k]);
      expect(overTreatAll.high).toBeGreaterThan(want.p_comb[k] - want.treat_all[k]);
    });
    const [all] = await federatedDecisionIntervals(oracleFederation(dataSet, 'own'), { ...request, view: { ...testView, rows: [] } });
    const width = (one: typeof test) => value(one!.intervals).reduce((sum, { low, high }) => sum + high - low, 0);
    expect(width(all)).toBeLessThan(width(test));
    // Against the textbook variance of TP/n - FP/n · odds at one threshold.
    const { n, tp_p_comb: tp, fp_p_comb: fp } = want;
    const odds = 0.3 / 0.7;
    const nb = tp[29] / n - (fp[29] / n) * odds;
    const se = Math.sqrt((tp[29] / n + (fp[29] / n) * odds ** 2 - nb ** 2) / n);
    const at = value(test!.intervals)[1]!;
    expect((at.high - at.low) / (2 * 1.96 * se)).toBeGreaterThan(0.8);
    expect((at.high - at.low) / (2 * 1.96 * se)).toBeLessThan(1.2);
  });

  it('subgroups have the counts, the O:E and the area of their patients alone', async () => {
    const columns = [
      { column: 'sex', groups: [{ name: 'women', oneOf: [0] }, { name: 'men', oneOf: [1] }] },
      { column: 'age', groups: [{ name: 'below 50', from: null, below: 50 }, { name: '50 and above', from: 50, below: null }] },
    ];
    const got = await federatedSubgroups(oracleFederation(dataSet, 'own'), { view: { ...testView, rows: [] }, models: ['p_rad'], columns });
    const [y, p, sex, age] = ['y', 'p_rad', 'sex', 'age'].map((name) => numbersOf(dataSet, name));
    const check = (group: (typeof got)[number]['groups'][number], holds: (i: number) => boolean) => {
      const rows = y!.flatMap((_, i) => (holds(i) ? [i] : []));
      const events = rows.filter((i) => y![i] === 1);
      const others = rows.filter((i) => y![i] === 0);
      expect([group.patients, group.events]).toEqual([rows.length, events.length]);
      const wins = events.reduce((sum, i) => sum + others.reduce((own, j) => own + (p![i]! > p![j]! ? 1 : p![i] === p![j] ? 0.5 : 0), 0), 0);
      const exact = wins / (events.length * others.length);
      const auc = value(group.models[0]!.auc);
      expect(auc.low).toBeLessThanOrEqual(exact + 1e-12);
      expect(auc.high).toBeGreaterThanOrEqual(exact - 1e-12);
      near(auc.auc, exact, 3e-3);
      near(value(group.models[0]!.observedOverExpected), events.length / rows.reduce((sum, i) => sum + p![i]!, 0), 1e-10);
    };
    check(got[0]!.groups[0]!, (i) => sex![i] === 0);
    check(got[0]!.groups[1]!, (i) => sex![i] === 1);
    check(got[1]!.groups[0]!, (i) => age![i]! < 50);
    check(got[1]!.groups[1]!, (i) => age![i]! >= 50);
  });

  it('group means are means of z-scores, and the correlations those of the pooled rows', async () => {
    const features = subset8(dataSet);
    const { rows, correlation } = await federatedGroupMeans(oracleFederation(dataSet, 'own'), { outcome: 'y', features, rows: [] });
    const r = value(correlation);
    const column = numbersOf(dataSet, features[1]!);
    const other = numbersOf(dataSet, features[0]!);
    const z = (x: number[]) => {
      const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
      const sd = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
      return x.map((v) => (v - mean) / sd);
    };
    near(r[0]![1], z(other).reduce((sum, v, i) => sum + v * z(column)[i]!, 0) / column.length, 1e-9);
    const total = rows.reduce((sum, row) => sum + value(row.patients) * value(row.means)[1]!, 0);
    near(total, 0, 1e-7);
    const events = rows.filter(({ outcome }) => outcome === 'events');
    const y = numbersOf(dataSet, 'y');
    const mean = z(column).reduce((sum, v, i) => sum + v * y[i]!, 0) / y.filter((v) => v === 1).length;
    near(events.reduce((sum, row) => sum + value(row.patients) * value(row.means)[1]!, 0) / events.reduce((sum, row) => sum + value(row.patients), 0), mean, 1e-9);
  });

  it('ranges leave a hundredth of the patients outside at each end, or as many as the minimum count', async () => {
    const [feature] = subset8(dataSet) as [string];
    const x = numbersOf(dataSet, feature);
    for (const k of [0, 12]) {
      const { ranges, tail } = value(await federatedRanges(oracleFederation(dataSet, 'own'), { outcome: 'y', features: [feature, 'stage=III'], rows: [] }, k));
      expect(tail).toBe(1 / Math.min(100, Math.floor(x.length / Math.max(k, 1))));
      const outside = [x.filter((v) => v < ranges[0]!.low).length, x.filter((v) => v > ranges[0]!.high).length];
      outside.forEach((count) => expect(Math.abs(count - tail * x.length)).toBeLessThanOrEqual(1.5));
      expect(ranges[1]).toEqual({ feature: 'stage=III', low: 0, high: 1 });
    }
  });

  it('does not depend on the order of the sites by one bit', async () => {
    const ask = async (reversed: boolean) => {
      const federation = oracleFederation(dataSet, 10, { reversed });
      return [
        await federatedReclassification(federation, { view: testView, models, cuts: [0.3, 0.6] }),
        await federatedCalibrationCurves(federation, { view: testView, models }),
        await federatedSubgroups(federation, { view: { ...testView, rows: [] }, models, columns: [{ column: 'sex', groups: [{ name: 'men', oneOf: [1] }] }] }),
        await federatedGroupMeans(federation, { outcome: 'y', features: subset8(dataSet), rows: [] }),
      ];
    };
    expect(await ask(true)).toEqual(await ask(false));
  });
});

describe('which site a patient is of', () => {
  const view: ViewSpec = { outcome: 'y', features: subset8('radsyn'), rows: trainingRows, folds: { kind: 'column', column: 'fold' } };

  it('is told by features that scanners shift, and less so once they are harmonised', async () => {
    const { federatedCombat } = await import('../combat/coordinator.js');
    const federation = oracleFederation('radsyn', 'own');
    const before = await federatedSiteDiscrimination(federation, view);
    const { digest } = await federatedCombat(federation, { view });
    const after = await federatedSiteDiscrimination(federation, { ...view, harmonise: { artefact: digest, rows: trainingRows } });
    expect(before.crossValidated).toBe(true);
    expect(before.sites.map(({ site }) => site)).toEqual(['A', 'B', 'C', 'D']);
    expect(before.mean!).toBeGreaterThan(0.6);
    expect(after.mean!).toBeLessThan(before.mean! - 0.1);
    expect(after.mean!).toBeLessThan(0.56);
  });

  it('is chance where patients are dealt to sites at random', async () => {
    const { mean } = await federatedSiteDiscrimination(oracleFederation('radsyn', 4), view);
    expect(Math.abs(mean! - 0.5)).toBeLessThan(0.08);
  });
});

describe('under the profile standard', () => {
  it('nothing of a column leaves whose groups hold a few of one class at a site', async () => {
    const old = [{ column: 'age', groups: [{ name: 'above 75', from: 75, below: null }, { name: 'others', from: null, below: 75 }] }, { column: 'sex', groups: [{ name: 'men', oneOf: [1] }] }];
    const [age, sex] = await federatedSubgroups(oracleFederation('wdbc', 2, standard), { view: { ...testView, rows: [] }, models, columns: old, minimumCell: 5 });
    for (const { patients } of age!.groups) expect(patients).toMatchObject({ suppressed: { rule: 'minimum-cell' } });
    expect(isValue(sex!.groups[0]!.patients)).toBe(true);
  });

  it('a group below ten events has no figures but its counts, whatever the profile', async () => {
    const columns = [{ column: 'age', groups: [{ name: 'above 75', from: 75, below: null }] }];
    const [age] = await federatedSubgroups(oracleFederation('wdbc', 'own'), { view: { ...testView, rows: [] }, models, columns });
    expect(isValue(age!.groups[0]!.patients)).toBe(true);
    expect(age!.groups[0]!.models[0]!.auc).toMatchObject({ notEstimable: expect.stringContaining('Fewer than 10') });
  });

  it('tables of categories with few patients are held back, and the IDI is not', async () => {
    const got = await federatedReclassification(oracleFederation('wdbc', 2, standard), { view: testView, models, cuts: [0.3, 0.6], minimumCell: 5 });
    expect(got.some(({ tables }) => !isValue(tables))).toBe(true);
    for (const { tables, categoryNri, idi } of got) {
      expect(isValue(categoryNri)).toBe(isValue(tables));
      expect(isValue(idi)).toBe(true);
      if (isValue(tables)) for (const count of [...tables.events.flat(), ...tables.nonEvents.flat()]) expect(count === 0 || count >= 5).toBe(true);
    }
  });

  it('one small site keeps all of a sum back, with the reason in its place', async () => {
    const federation = oracleFederation('wdbc', 'own', standard);
    const [curve] = await federatedCalibrationCurves(federation, { view: testView, models, minimumCell: 5 });
    expect(curve!.curve).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
    const [intervals] = await federatedDecisionIntervals(federation, { view: testView, models, thresholds: [0.5], seed: 's' });
    expect(intervals!.intervals).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
    const { rows } = await federatedGroupMeans(oracleFederation('wdbc', 'own', standard), { outcome: 'y', features: ['mean_texture'], rows: [] });
    expect(rows).toHaveLength(8);
  });
});
