import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReportSource } from '../report-source.js';
import { reportHtml } from '../report-html.js';
import { consistencyChecks } from './consistency.js';

type Json = any;
const text = readFileSync(new URL('../../../charts/src/fixtures/wdbc-standard.results.json', import.meta.url), 'utf8');
const source = (doctor: (results: Json) => void = () => undefined): ReportSource => {
  const results = JSON.parse(text) as Json;
  doctor(results);
  return { results, resultsDigest: 'a'.repeat(64), plan: null, record: null, timeline: null, productVersion: '0.1.0', siteOrder: null };
};
const failed = (from: ReportSource) => consistencyChecks(from).filter(({ failures }) => failures.length > 0);
const rows = (results: Json) => results.stages.evaluate.rows.all;
/** A model of a hospital that shows its confusion matrix. */
const model = (results: Json) => rows(results).sites.flatMap((site: Json) => site.models).find((one: Json) => one.confusion[0]?.figures.counts && one.auc.auc < 0.99);
const matrix = (results: Json) => model(results).confusion[0].figures;

describe('consistency checks', () => {
  it('find no contradiction in the results of a real study with suppressed figures, and compare something under nearly every heading', () => {
    expect(failed(source())).toEqual([]);
    const nothing = consistencyChecks(source()).filter(({ compared }) => compared === 0).map(({ id }) => id);
    expect(nothing).toEqual(['provenance']);
  });

  it.each<[string, string, (results: Json) => void, RegExp]>([
    ['a sensitivity that contradicts the share of missed events', 'errors', (r) => (matrix(r).falseNegativeRate = 0.44), /sensitivity 0\.\d+ contradicts a false-negative rate of 0\.44/],
    ['a share that is not k of n', 'shares', (r) => (matrix(r).specificity.estimate += 0.013), /which is not \d+ of \d+/],
    ['a count beside a share that the matrix does not give', 'shares', (r) => (matrix(r).sensitivity.x += 1), /sensitivity counts \d+ of \d+, but the confusion matrix gives/],
    ['two confusion matrices of one model', 'one-matrix', (r) => { const own = model(r).confusion; const other = structuredClone(own[0]); other.figures.counts.tp -= 1; other.figures.counts.fn += 1; own.push(other); }, /two confusion matrices, \d+\/\d+\/\d+\/\d+ and/],
    ['a matrix of other patients', 'matrix-total', (r) => (matrix(r).counts.tn += 7), /the matrix has \d+ events and \d+ others, the hospital/],
    ['an interval without its estimate', 'intervals', (r) => (model(r).auc.interval.high = model(r).auc.auc - 0.01), /AUC 0\.\d+ lies outside its interval/],
    ['a pooled AUC above that of every hospital', 'pooled-estimate', (r) => (rows(r).headline.find((one: Json) => 'auc' in one).auc = 0.9999), /the pooled AUC 0\.9999 lies outside those of its hospitals/],
    ['a ROC curve that falls', 'roc', (r) => { const { roc } = model(r); roc[Math.floor(roc.length / 2)].truePositiveRate = 0; }, /the ROC curve falls/],
    ['a ROC curve of another model', 'roc', (r) => (model(r).auc.auc -= 0.2), /the area under the ROC curve is between/],
    ['a net benefit that its counts do not give', 'net-benefit', (r) => (rows(r).pooled.models[0].decisionCurve[0].netBenefit += 0.01), /the net benefit is 0\.\d+, but what \d+ true and \d+ false positives of \d+ give is/],
    ['an O:E that is not event rate over mean prediction', 'calibration', (r) => (rows(r).pooled.models.find((one: Json) => one.calibration.meanPrediction).calibration.observedOverExpected *= 1.1), /O:E is/],
    ['a difference that is not that of the AUCs', 'differences', (r) => { const site = rows(r).sites.find((one: Json) => one.comparisons.some((c: Json) => typeof c.difference.difference === 'number')); site.comparisons.find((c: Json) => typeof c.difference.difference === 'number').difference.difference += 0.05; }, /the difference of .* but the difference of their AUCs is/],
    ['a cohort larger than its hospitals', 'cohort', (r) => (r.stages.describe.cohort.training.patients += 10), /training rows: the number of patients is \d+, but the sum over hospitals/],
    ['more features after a filter than before', 'selection', (r) => (r.stages.select.correlation.kept = 999), /grows from step to step/],
    ['an odds ratio that is not exp of its coefficient', 'models', (r) => (r.stages.train.models.find((one: Json) => one.coefficients?.[1]?.oddsRatio).coefficients[1].oddsRatio *= 2), /the logarithm of the odds ratio/],
    ['training figures that pass for test figures', 'apparent', (r) => (rows(r).apparent = false), /not marked as apparent, but models have seen these patients/],
  ])('fire at %s', (_, id, doctor, sentence) => {
    const found = failed(source(doctor));
    expect(found.map((one) => one.id)).toContain(id);
    expect(found.find((one) => one.id === id)!.failures.join('\n')).toMatch(sentence);
  });

  it('fire at evidence of another run, and at a plan of another study', () => {
    const { results } = source();
    const record = { run: 'r', plan: 'b'.repeat(64), results: 'c'.repeat(64), launchedBy: 'x', launchedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T01:00:00Z', productVersion: '0.1.0', executions: 1, bytesSent: 0, bytesReceived: 0, siteSets: [{ generation: 0, sites: ['A'], decidedBy: 'x', decidedAt: '2026-01-01T00:00:00Z' }], rounds: [] };
    const [check] = failed({ ...source(), results, record });
    expect(check!.failures).toEqual(['The evidence is of a run of another plan.', 'The evidence names other results than these.', 'The run ended with 1 hospitals, the results have 4.']);
  });

  it('stand in the report with what contradicts what', () => {
    const html = reportHtml(source((r) => (matrix(r).falseNegativeRate = 0.44)), null);
    expect(html).toMatch(/Figures contradict each other: .* Do not publish before this is explained\./);
    expect(html).toMatch(/<tr data-check="errors">.*?✕ 1 contradiction/s);
  });
});
