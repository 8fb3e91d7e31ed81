import { describe, expect, it } from 'vitest';
import type { StepCall, StepExecutor } from '../execution/step-call.js';
import { ExtractingExecutor, type ExtractingExecutorOptions } from './extracting-executor.js';

const limits = { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, parametersPerPatient: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0 };
const extract = { sequences: [{ sequence: 'MR', settings: 'imageType: {}' }] };

describe('an executor of plans that read images', () => {
  it('looks at the images once for all parts of a request, and again for the next, whose parts see what has changed', async () => {
    let looks = 0;
    const seen: unknown[] = [];
    const inner: StepExecutor = { cohortDigest: async () => '', run: async ({ features }) => (seen.push(features), { kind: 'artefacts-wanted', digests: [] }), close: async () => undefined };
    const extraction = { ensure: async () => ({ features: { key: `look ${++looks}`, sequences: [] }, reports: [] }) };
    const cohort = { read: () => ({ table: { pseudonyms: ['P1'] } }) };
    const executor = new ExtractingExecutor({ inner, extraction, cohort, artefacts: {}, site: 'here' } as unknown as ExtractingExecutorOptions);
    const part = (moment?: object): StepCall => ({ step: 'moments/totals', version: 1, request: new Uint8Array(1), limits, extract, ...(moment ? { moment } : {}) });
    const [first, second] = [{}, {}];
    for (const moment of [first, first, first, second, second, undefined, undefined]) await executor.run(part(moment));
    expect(seen.map((features) => (features as { key: string }).key)).toEqual(['look 1', 'look 1', 'look 1', 'look 2', 'look 2', 'look 3', 'look 4']);
  });
});
