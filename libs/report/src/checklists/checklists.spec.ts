import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ResultsFile } from '@consilium/charts';
import type { ReportPlan } from '../plan-view.js';
import type { ReportSource } from '../report-source.js';
import { reportHtml } from '../report-html.js';
import { checklistsSection } from '../sections/checklists.js';
import { checklists, filledChecklists } from './checklists.js';

const results = JSON.parse(readFileSync(new URL('../../../charts/src/fixtures/wdbc-standard.results.json', import.meta.url), 'utf8')) as ResultsFile;
const plan: ReportPlan = {
  title: results.plan.title, version: results.plan.version, study: results.plan.study, sites: results.sites, disclosure: 'standard', secureAggregation: 'when-possible', seed: 's', quorum: 3, deadline: '1 day', onDropOut: 'fail',
  outcome: { column: 'y', type: 'binary', event: 1, horizon: null },
  cohort: { include: [], training: { where: [{ column: 'split', oneOf: ['train'] }], sites: null }, test: { where: [{ column: 'split', oneOf: ['test'] }], sites: null } },
  features: { columns: ['a'] }, clinical: [{ column: 'age', levels: null, reference: null }], folds: { dealt: 5 }, missing: { features: 'mean', clinical: 'complete-case', dropAbove: 0.05 }, ownSiteScale: false,
  select: { test: { kind: 'student', alpha: 0.05 }, correlation: { rule: 'B', threshold: 0.9 }, lasso: { lambda: { max: 1, min: 0.001, count: 50 }, choose: 'min', scaler: 'once' } },
  models: [{ name: 'radiomics', kind: 'logistic', inputs: ['selected'], penalty: { kind: 'l2', C: 1 } }],
  evaluate: { rows: ['test'], thresholds: [{ kind: 'fixed', value: 0.5 }], decisionThresholds: [0.1, 0.9], riskCategories: [0.3], bootstrap: 200, subgroups: [], metaAnalysis: { method: 'REML', interval: 'hartung-knapp', prediction: 'k-1', level: 0.95 }, leaveOneSiteOut: null },
};
const source: ReportSource = { results, resultsDigest: '5b0e77c1'.repeat(8), plan, record: null, timeline: null, productVersion: '0.1.0', siteOrder: null };
const settings = 'imageType:\n  Original: {}\n  LoG: { sigma: [2.0] }\nsetting:\n  binWidth: 20\n  resampledPixelSpacing: [1, 1, 1]\n';
const withImages: ReportSource = { ...source, plan: { ...plan, extract: { sequences: [{ sequence: 'T1', settings }, { sequence: 'ADC', settings: settings.replace('20', '10') }] } } };

const html = reportHtml(source, null);

const answerOf = (from: ReportSource, list: string, id: string) => filledChecklists(from).find(({ checklist }) => checklist.id === list)!.rows.find(({ item }) => item.id === id)!.answer;
const range = (n: number) => Array.from({ length: n }, (_, i) => String(i + 1));

describe('checklists', () => {
  it.each([['clear', 58], ['metrics', 30], ['rqs', 16]])('%s has each of its %i items once', (id, n) => {
    expect(checklists.find((one) => one.id === id)!.items.map((item) => item.id)).toEqual(range(n as number));
  });

  it.each([['tripod-ai', 27, 52], ['ibsi', 76, 104]])('%s has each of its %i items, %i parts in all, each once', (id, n, parts) => {
    const ids = checklists.find((one) => one.id === id)!.items.map((item) => item.id);
    expect([...new Set(ids.map((one) => one.replace(/[a-z]$/, '')))]).toEqual(range(n as number));
    expect([ids.length, new Set(ids).size]).toEqual([parts, parts]);
  });

  it.each([['with the plan', source], ['without it', { ...source, plan: null }], ['with images', withImages]] as const)('%s, every item has a state and a sentence, and points to a section of the report', (_, from) => {
    const section = checklistsSection(filledChecklists(from), new Map());
    const markup = section.blocks.map((block) => (block.kind === 'markup' ? block.markup : '')).join('');
    for (const { checklist, rows } of filledChecklists(from)) {
      for (const { item, answer } of rows) {
        expect(answer.note, `${checklist.id} ${item.id}`).toMatch(/\S.*\.$/s);
        if (answer.see !== undefined) expect(html).toContain(`<section id="${answer.see}"`);
      }
      const table = markup.match(new RegExp(`data-checklist="${checklist.id}".*?</table>`, 's'))![0];
      expect([...table.matchAll(/data-item="([^"]+)" data-state="(filled|needs-you|not-applicable)"/g)].map(([, id]) => id)).toEqual(checklist.items.map(({ id }) => id));
    }
  });

  it('fill what the run shows, and claim nothing that it does not', () => {
    expect(answerOf(source, 'clear', '23')).toEqual({ state: 'needs-you', note: 'The features came from a table: say how they were extracted.' });
    expect(answerOf(withImages, 'clear', '23')).toMatchObject({ state: 'filled', note: 'Fixed bin width: 20 (T1); 10 (ADC). Edges are multiples of the width, from 0.' });
    expect(answerOf(withImages, 'ibsi', '51').note).toBe('To 1 × 1 × 1 mm, sitkBSpline (default); the mask by nearest neighbour.');
    // What a class of features has settings for applies where the run computes the class.
    expect(answerOf(withImages, 'ibsi', '64')).toMatchObject({ state: 'filled', note: 'Symmetrical: true (default).' });
    const firstOrder: ReportSource = { ...source, plan: { ...plan, extract: { sequences: [{ sequence: 'T1', settings: `${settings}featureClass:\n  firstorder:\n` }] } } };
    for (const id of ['64', '65', '66', '69', '70', '71']) expect(answerOf(firstOrder, 'ibsi', id).state).toBe('not-applicable');
    // A clinical model is one of its own, not clinical variables beside the features.
    const models = (...inputs: readonly unknown[][]): ReportSource => ({ ...source, plan: { ...plan, models: inputs.map((own, i) => ({ ...plan.models[0]!, name: `m${i}`, inputs: own })) } });
    expect(answerOf(models(['selected'], ['selected', 'clinical']), 'clear', '42').state).toBe('needs-you');
    expect(answerOf(models(['selected'], ['clinical']), 'clear', '42').note).toBe('Clinical and radiomic models on the same patients.');
    expect(answerOf({ ...source, plan: { ...plan, select: { ...plan.select!, perturbed: { atLeast: 0.8 } } } }, 'metrics', '14').note).toContain('ICC at least 0.8');
    expect(answerOf(source, 'metrics', '14').state).toBe('needs-you');
    expect(answerOf(source, 'metrics', '4').state).toBe('filled');
    expect(answerOf(source, 'tripod-ai', '14').state).toBe('needs-you');
    const alone: ReportSource = { ...source, results: { ...results, sites: ['A'], stages: {} } };
    expect(answerOf(alone, 'metrics', '4').state).toBe('needs-you');
    expect(answerOf(alone, 'clear', '47').state).toBe('needs-you');
  });

  it('score only what is certain: RQS counts external hospitals, METRICS weighs', () => {
    const score = (from: ReportSource, id: string) => filledChecklists(from).find(({ checklist }) => checklist.id === id)!.score!;
    // Hospitals left out in turn: 5 (selection 3, cut-offs 1, discrimination 2, calibration 2, decision curve 2; nothing combined).
    expect(score(source, 'rqs')).toMatch(/^15 of 36 points/);
    expect(score({ ...source, results: { ...results, stages: {} } }, 'rqs')).toMatch(/^-8 of 36 points/);
    expect(score(source, 'metrics')).toMatch(/^\d+\.\d% of the weight/);
  });
});
