import { modelValue, predictTrees } from '@consilium/learning';
import { encodeValue } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { dataSets, oracleFederation, subset8, trainingRows, type DataSet } from '../fixtures/oracle-sites.js';
import { featureSets, pooledTable, testAuc } from '../fixtures/test-auc.js';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import type { RoundCall } from '../lock-step.js';
import type { ViewSpec } from '../view.js';
import { federatedMergedTrees, type MergedTreesRequest } from './coordinator.js';
import { growOptions } from './settings.js';

const viewOf = (features: readonly string[]): ViewSpec => ({ outcome: 'y', features: [...features], rows: trainingRows });
const forest = growOptions({ kind: 'random-forest', settings: {} });

/** AUCs of merged forests of scikit-learn in the reference: 100 trees a site, three seeds, alike and by n. */
const wanted = (ranges: { local_random_forests_merged: { runs: { auc_merged_equal: number; auc_merged_by_n: number }[] } }, weights: 'equal' | 'patients') => {
  const aucs = ranges.local_random_forests_merged.runs.map((run) => (weights === 'equal' ? run.auc_merged_equal : run.auc_merged_by_n));
  return { min: Math.min(...aucs) - 0.02, max: Math.max(...aucs) + 0.02 };
};

describe.each(dataSets)('forests of the sites of %s, merged', (dataSet) => {
  it.each(featureSets(dataSet))('on $set discriminate as those of scikit-learn, weighted alike and by patients', async ({ features, ranges }) => {
    const { artefact, sites, n } = await federatedMergedTrees(oracleFederation(dataSet, 'own'), { view: viewOf(features), grow: forest, weights: 'equal', bins: 32 });
    const byPatients = { ...artefact, ensembles: artefact.ensembles.map((one, s) => ({ ...one, weight: sites[s]!.patients! / n })) };
    for (const [model, weights] of [[artefact, 'equal'], [byPatients, 'patients']] as const) {
      const { min, max } = wanted(ranges, weights);
      expect(testAuc(dataSet, model)).toBeGreaterThan(min);
      expect(testAuc(dataSet, model)).toBeLessThan(max);
    }
  });
});

const view = viewOf(subset8('wdbc'));
const small = growOptions({ kind: 'random-forest', settings: { trees: 10, depth: 4 } });
const merged = (options: Partial<MergedTreesRequest> = {}, dataSet: DataSet = 'wdbc') => federatedMergedTrees(oracleFederation(dataSet, 'own'), { view, grow: small, weights: 'patients', bins: 32, ...options });

describe('merged trees', () => {
  it('have no threshold but public cut points, answer three digits, and are no deeper than asked', async () => {
    const { cuts } = await federatedCutPoints(oracleFederation('wdbc', 'own'), { view, bins: 32 });
    for (const kind of ['random-forest', 'extra-trees', 'boosting'] as const) {
      const { artefact } = await merged({ grow: growOptions({ kind, settings: { trees: 10, depth: 3 } }) });
      expect(artefact.ensembles).toHaveLength(4);
      const trees = artefact.ensembles.flatMap((one) => one.trees);
      let splits = 0;
      for (const { feature, threshold, value } of trees) {
        expect(feature.length).toBeLessThan(16);
        feature.forEach((f, node) => {
          if (f < 0) expect(value[node]).toBe(Math.round(value[node]! * 1000) / 1000);
          else expect(cuts[f]!.indexOf(threshold[node]!)).toBeGreaterThanOrEqual(0);
          if (f >= 0) splits++;
        });
      }
      expect(splits).toBeGreaterThan(trees.length);
    }
  });

  it('count, at every node, the training patients of all sites', async () => {
    const { artefact, n } = await merged();
    for (const { trees } of artefact.ensembles) {
      for (const { feature, cover, left, right } of trees) {
        expect(cover[0]).toBe(n);
        feature.forEach((f, node) => {
          if (f >= 0) expect(cover[node]).toBe(cover[left[node]!]! + cover[right[node]!]!);
          // A leaf holds at least five patients of the site that grew it.
          else expect(cover[node]).toBeGreaterThanOrEqual(5);
        });
      }
    }
  });

  it('predict the weighted mean of what the ensembles predict', async () => {
    const { artefact, sites, n } = await merged();
    expect(sites.map(({ weight }) => weight)).toEqual(sites.map(({ patients }) => patients! / n));
    const X = Float64Array.from(view.features.flatMap((name) => [...(pooledTable('wdbc').columns.get(name) as { values: Float64Array }).values.slice(0, 50)]));
    const alone = artefact.ensembles.map((one): Float64Array => predictTrees({ ...artefact, ensembles: [{ ...one, weight: 1 }] }, X, 50));
    predictTrees(artefact, X, 50).forEach((p, i) => expect(p).toBeCloseTo(alone.reduce((sum, own, s) => sum + artefact.ensembles[s]!.weight * own[i]!, 0), 12));
  });

  it('are weighted by the square of what their AUC at the other sites is above one half, and left out where it is at chance', async () => {
    const { sites } = await merged({ weights: 'auc-elsewhere' });
    const raw = sites.map(({ aucElsewhere }) => (aucElsewhere! - 0.5) ** 2);
    sites.forEach(({ weight }, s) => expect(weight).toBeCloseTo(raw[s]! / raw.reduce((sum, one) => sum + one, 0), 12));
    // Nothing in these columns tells the outcome at another site.
    const noise = { ...view, features: ['smoking', 'sex'], rows: [{ column: 'split', oneOf: ['train'] }] };
    const outcome = await merged({ view: noise, weights: 'auc-elsewhere' }).catch((error: unknown) => error as { code: string });
    if ('code' in outcome) expect(outcome.code).toBe('E671');
    else for (const { weight, aucElsewhere, reason } of outcome.sites) expect(weight > 0 ? aucElsewhere! > 0.55 : reason!.length > 0).toBe(true);
  });

  it('are the same in any order of the sites, and cost two rounds beside the cut points', async () => {
    const calls: RoundCall[] = [];
    const one = await federatedMergedTrees(oracleFederation('wdbc', 'own', { onBatch: (batch) => calls.push(...batch) }), { view, grow: small, weights: 'events', bins: 32 });
    const other = await federatedMergedTrees(oracleFederation('wdbc', 'own', { reversed: true }), { view, grow: small, weights: 'events', bins: 32 });
    expect(encodeValue(modelValue(other.artefact))).toEqual(encodeValue(modelValue(one.artefact)));
    expect(calls.filter(({ step }) => step.name.startsWith('merged-trees/')).map(({ step }) => step.name)).toEqual(['merged-trees/local-ensemble', 'merged-trees/node-covers']);
  });

  it('under standard do not come from sites with fewer than ten in a class, nor with smaller leaves than the rule, whatever is asked', async () => {
    const seen: RoundCall[] = [];
    const federation = oracleFederation('radsyn', 'own', { profile: 'standard', onBatch: (batch) => seen.push(...batch) });
    const { sites, artefact } = await federatedMergedTrees(federation, { view: viewOf(subset8('radsyn')), grow: small, weights: 'equal', bins: 32 });
    const gave = sites.filter(({ patients }) => patients !== null);
    expect(artefact.ensembles).toHaveLength(gave.length);
    for (const { site, patients, reason, weight } of sites) {
      const rows = trainingClasses('radsyn', site);
      expect(patients === null, site).toBe(Math.min(...rows) < 10);
      if (patients === null) expect([weight, reason]).toEqual([0, expect.stringContaining('Fewer than 10 in one outcome class')]);
    }
    const strict = oracleFederation('wdbc', 'own', { profile: 'strict' });
    await expect(federatedMergedTrees(strict, { view, grow: small, weights: 'equal', bins: 32 })).rejects.toMatchObject({ code: 'E671' });
    const wide = growOptions({ kind: 'random-forest', settings: { trees: 10, depth: 4, minimumLeaf: 10 } });
    expect((await federatedMergedTrees(strict, { view, grow: wide, weights: 'equal', bins: 32 })).artefact.ensembles.length).toBeGreaterThan(0);
  });
});

/** Training patients without and with the event at a site. */
function trainingClasses(dataSet: DataSet, site: string): [number, number] {
  const { columns, pseudonyms } = pooledTable(dataSet);
  const of = (name: string) => columns.get(name)!;
  const level = (name: string, i: number): string => {
    const column = of(name);
    return column.kind === 'category' ? column.levels[column.codes[i]!]! : '';
  };
  const rows = [...pseudonyms.keys()].filter((i) => level('site', i) === site && level('split', i) === 'train');
  const y = of('y') as { values: Float64Array };
  const events = rows.filter((i) => y.values[i] === 1).length;
  return [rows.length - events, events];
}
