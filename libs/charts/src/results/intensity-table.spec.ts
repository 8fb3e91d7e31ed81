import { describe, expect, it } from 'vitest';
import { intensityTable } from './intensity-table.js';
import type { RunContext } from './run-context.js';

const moments = (mean: number, sd: number, r2: number) => ({
  features: ['a', 'b'],
  sites: [{ site: 'A', patients: 30, mean: [mean, 5], sd: [sd, 1] }, { site: 'B', suppressed: { rule: 'minimum-patients', reason: 'Fewer than 20 patients' } }],
  varianceExplainedBySite: [r2, null],
});
const context = (extract: object | undefined): RunContext => ({ results: { format: 1, plan: {}, sites: ['A', 'B'], disclosure: 'standard', warnings: [], stages: { extract } } as never, resultsDigest: null, date: null, siteOrder: ['A', 'B'] });
const sequence = { sequence: 'T1', intensity: 'nyul', figures: ['foreground-median', 'region-mean'], before: moments(1234.5, 61.25, 0.82), after: moments(50.25, 0.125, 0.04) };

describe('the table of intensities before and after', () => {
  it('has a line for each figure at each hospital, and says what is suppressed', () => {
    const table = intensityTable(context({ engine: 'e', warnings: [], sequences: [], intensities: [sequence] }));
    if (typeof table === 'string') throw new Error(table);
    expect(table.rows.map((row) => table.columns.map(({ key }) => row[key]!.text))).toEqual([
      ['T1', 'landmarks (Nyúl)', 'foreground median', 'A', '1235 (61.3)', '50.3 (0.125)', '82%', '4%'],
      ['T1', 'landmarks (Nyúl)', 'foreground median', 'B', 'Suppressed', 'Suppressed', '82%', '4%'],
      ['T1', 'landmarks (Nyúl)', 'region mean', 'A', '5.00 (1.00)', '5.00 (1.00)', '–', '–'],
      ['T1', 'landmarks (Nyúl)', 'region mean', 'B', 'Suppressed', 'Suppressed', '–', '–'],
    ]);
  });

  it('is a sentence where intensities stay as they are, and where nothing is extracted', () => {
    for (const extract of [undefined, { engine: 'e', warnings: [], sequences: [] }]) expect(intensityTable(context(extract))).toBe('Intensities of images stay as they are in this plan.');
  });
});
