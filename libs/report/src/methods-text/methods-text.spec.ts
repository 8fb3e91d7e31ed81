import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ResultsFile } from '@consilium/charts';
import type { ReportPlan } from '../plan-view.js';
import type { ReportSource } from '../report-source.js';
import { methodsText } from './methods-text.js';

const results = JSON.parse(readFileSync(new URL('../../../charts/src/fixtures/wdbc-standard.results.json', import.meta.url), 'utf8')) as ResultsFile;
const selection = { test: { kind: 'student', alpha: 0.05 }, correlation: { rule: 'B', threshold: 0.9 }, lasso: { lambda: { max: 1, min: 0.001, count: 50 }, choose: '1se', scaler: 'per-fold' } };
const plan: ReportPlan = {
  title: 't', version: 1, study: 's', sites: results.sites, disclosure: 'standard', secureAggregation: 'required', seed: 'seed-7', quorum: 3, deadline: '1 day', onDropOut: 'fail',
  outcome: { column: 'response', type: 'binary', event: 1, horizon: '3 months' },
  cohort: { include: [], training: { where: [], sites: ['A', 'B'] }, test: { where: [], sites: ['C', 'D'] } },
  extract: { sequences: [{ sequence: 'T1', settings: 'setting:\n  binWidth: 20\n' }] },
  features: { columns: [] }, clinical: [{ column: 'stage', levels: ['II', 'III'], reference: null }], folds: { dealt: 5 }, missing: { features: 'mean', clinical: 'complete-case', dropAbove: 0.05 }, ownSiteScale: false,
  harmonise: { method: 'combat', batch: null, covariates: ['age'], empiricalBayes: true, meanOnly: false, leastPatients: 5, adapted: false },
  select: null, models: [],
  pipeline: { sequences: [{ name: 'T1' }], select: selection, models: [{ kind: 'logistic' }], keep: { above: 0.5, confidence: 0.95, sharedAmongSequences: true, standardErrors: null }, fusion: { select: selection, late: ['average'] }, signature: ['cross-fitted'], clinical: { univariate: 0.05, stepwise: 'both' }, volume: null, vendor: null, repeats: 1, permute: 100 },
  evaluate: { rows: ['test'], thresholds: [{ kind: 'youden' }], decisionThresholds: [0.1, 0.9], riskCategories: [0.3, 0.6], bootstrap: 200, subgroups: [], metaAnalysis: { method: 'REML', interval: 'hartung-knapp', prediction: 'k-1', level: 0.95 }, leaveOneSiteOut: null },
};
const source: ReportSource = { results, resultsDigest: 'ab'.repeat(32), plan, record: null, timeline: null, productVersion: '0.1.0', siteOrder: null };
const told = (from: ReportSource) => methodsText(from)!.flatMap(({ sentences }) => sentences).map((one) => (typeof one === 'string' ? one : `[${one.needsYou}]`)).join(' ');

describe('the methods text', () => {
  it('tells the plan in sentences: what was chosen, by which limit, on whom', () => {
    const text = told(source);
    for (const part of ['response = 1, within 3 months', 'stage (II, III; reference II)', 'Training patients were those of A and B, test patients those of C and D.', 'a bin width of 20', 'ComBat over hospitals, keeping the effects of age, with empirical Bayes shrinkage', "p < 0.05 in Student's t test", 'Of two features with |r| > 0.9 the one with the smaller p was kept', '50 penalties from 1 down to 0.001; the strongest within one standard error', 'a confidence of 95 % for all sequences together', 'repeated 100 times with permuted outcomes', "Youden's on cross-fitted predictions of training patients", 'thresholds from 10% to 90%', 'REML, Hartung-Knapp intervals', 'suppressed at its hospital (profile standard)']) expect(text).toContain(part);
    expect(text).not.toMatch(/undefined(?! in more)|null|NaN|\[object/);
  });

  it('marks what only people know, and says of a simulation that it is one', () => {
    expect(told(source)).toContain('[ethical approval and consent of each hospital]');
    expect(told(source)).toContain('(a simulation)');
    expect(told(source)).not.toContain('approved by every hospital');
  });

  it('is absent without the plan', () => {
    expect(methodsText({ ...source, plan: null })).toBeNull();
  });
});
