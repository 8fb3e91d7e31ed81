import { ConsiliumError } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { RoundRefused } from '../federation.js';
import { category, numbers, openFederation } from '../fixtures/cohorts.js';
import type { SiteStep } from '../site-step.js';
import type { SiteTable } from '../site-view.js';
import { extractionDigest, federatedExtraction, settingsDigest } from './coordinator.js';
import { extractFeatures, extractionEngine, type ExtractionAnswer, type ExtractionParameters } from './exchange.js';
import { federatedIntensityScale, LANDMARKS, landmarkTotals, parseIntensityScale } from './intensity-scale.js';
import { extractionResult } from './report.js';

const table = (site: string, patients: number): SiteTable => ({
  pseudonyms: Array.from({ length: patients }, (_, i) => `P${100 + i}`),
  columns: new Map([['y', numbers(Array.from({ length: patients }, (_, i) => i % 2))], ['site', category(Array.from({ length: patients }, () => site))]]),
});
const tables = (patients = 40) => new Map(['A', 'B', 'C'].map((site) => [site, table(site, patients)]));
const view = { outcome: 'y', features: [], rows: [] };
const settings = 'setting:\n  binWidth: 25\n';
const request = { view, sequences: [{ sequence: 'MR', settings }] };
const names = ['original_firstorder_Mean', 'original_glcm_Contrast'];

type Change = (site: string, answer: ExtractionAnswer) => ExtractionAnswer;

/** A federation of sites that have extracted: what each answers may be changed. */
function extracting({ patients = 40, refused = 0, few = 0, change = (_, answer) => answer, profile = 'open-data' }: { patients?: number; refused?: number; few?: number; change?: Change; profile?: 'open-data' | 'standard' } = {}) {
  const half: SiteStep<ExtractionParameters, ExtractionAnswer> = {
    step: extractFeatures,
    compute: (seen, { sequences }) => {
      const cells = seen.column('site');
      const site = cells.kind === 'category' ? cells.levels[0]! : '';
      const kinds = new Map(refused > 0 ? [['no-image', refused]] : []);
      const result = extractionResult(sequences.map(({ sequence, digest }) => ({ sequence, digest, names, patients, refused: kinds, fewGreyLevels: few, levelsCounted: patients - refused })));
      return { ...result, contribution: change(site, result.contribution) };
    },
  };
  return openFederation(tables(patients), { profile, findStep: () => half as unknown as SiteStep });
}

const failure = (federation: ReturnType<typeof extracting>) => federatedExtraction(federation, request).then(() => null, (error: unknown) => error);

describe('extraction over sites', () => {
  it('gives columns named by sequence, and each site\'s counts', async () => {
    const { engine, sequences, warnings } = await federatedExtraction(extracting({ refused: 2 }), request);
    expect(engine).toBe(extractionEngine);
    expect(sequences[0]).toMatchObject({ sequence: 'MR', digest: settingsDigest(settings), columns: names.map((name) => `MR:${name}`) });
    expect(sequences[0]!.sites[1]).toEqual({ site: 'B', patients: 40, extracted: 38, refused: { 'no-image': 2 }, fewGreyLevels: 0, levelsCounted: 38 });
    expect(warnings).toEqual([]);
  });

  it.each<[string, Change, RegExp]>([
    ['another engine', (site, answer) => (site === 'B' ? { ...answer, engine: 'consilium-radiomics 0.0.9' } : answer), /^B extracted with consilium-radiomics 0\.0\.9/],
    ['other settings', (site, answer) => (site === 'C' ? { ...answer, sequences: [{ ...answer.sequences[0]!, digest: settingsDigest('binWidth: 5') }] } : answer), /^C used other settings for MR/],
    ['other features', (site, answer) => (site === 'A' ? { ...answer, sequences: [{ ...answer.sequences[0]!, names: names.slice(1) }] } : answer), /^A found other features of MR than B, C/],
    ['fewer sequences', (site, answer) => (site === 'A' ? { ...answer, sequences: [] } : answer), /^A answered for 0 of 1/],
  ])('stops and names the site with %s', async (_, change, sentence) => {
    const error = await failure(extracting({ change }));
    expect(error).toBeInstanceOf(ConsiliumError);
    expect((error as ConsiliumError).code).toBe('E660');
    expect((error as ConsiliumError).message).toMatch(sentence);
  });

  it('stops where a site has no way to extract', async () => {
    const refusedBy = openFederation(tables(), { findStep: () => undefined });
    expect(await federatedExtraction(refusedBy, request).then(() => null, (error: unknown) => error)).toBeInstanceOf(RoundRefused);
  });

  it('warns above 20 % of patients with few grey levels, and not at 20 %', async () => {
    expect((await federatedExtraction(extracting({ few: 8 }), request)).warnings).toEqual([]);
    expect((await federatedExtraction(extracting({ few: 9 }), request)).warnings[0]).toBe('A: more than 20 % of patients have fewer than 8 grey levels in MR. Give MR a smaller bin width.');
  });

  it('under standard holds back counts of few patients and what would give them back', async () => {
    const { sequences, warnings } = await federatedExtraction(extracting({ refused: 2, few: 3, profile: 'standard' }), request);
    expect(sequences[0]!.sites[0]).toMatchObject({
      patients: { suppressed: {} }, extracted: { suppressed: {} }, refused: { 'no-image': { suppressed: { rule: 'minimum-cell' } } },
      fewGreyLevels: { suppressed: { rule: 'minimum-cell' } }, levelsCounted: { suppressed: {} },
    });
    expect(warnings).toEqual([]);
    expect(await failure(extracting({ patients: 12, profile: 'standard' }))).toBeInstanceOf(RoundRefused);
  });
});

describe('the standard scale of intensities', () => {
  /** Images whose landmarks are squares of tenths, bent by a number that differs from patient to patient. */
  const landmarks = (patient: number) => Float64Array.from({ length: LANDMARKS }, (_, k) => 100 * (k / 10) ** (1 + patient / 100));
  const half: SiteStep<{ engine: string; sequence: string }, { n: Float64Array; totals: Float64Array }> = {
    step: landmarkTotals as never,
    compute(seen, { sequence }) {
      const images = sequence === 'none' ? [] : seen.pseudonyms.map((pseudonym) => landmarks(Number(pseudonym.slice(1))));
      return { contribution: { n: Float64Array.of(images.length), totals: Float64Array.from({ length: LANDMARKS }, (_, k) => images.reduce((sum, own) => sum + own[k]!, 0)) }, basis: { patients: images.length } };
    },
  };
  const federation = (patients: number, options: Parameters<typeof openFederation>[1] = {}) => openFederation(tables(patients), { findStep: () => half as unknown as SiteStep, ...options });

  it('is the mean of the landmarks of all images, in one round for all sequences', async () => {
    let rounds = 0;
    const { scale, digest, images } = await federatedIntensityScale(federation(20, { onBatch: () => void rounds++ }), view, ['T1', 'T2']);
    expect([rounds, images]).toEqual([1, [60, 60]]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    for (let k = 0; k < LANDMARKS; k++) {
      const mean = Array.from({ length: 20 }, (_, i) => landmarks(100 + i)[k]!).reduce((sum, x) => sum + x, 0) / 20;
      expect(scale.sequences[1]!.landmarks[k]).toBeCloseTo(mean, 10);
    }
    expect(parseIntensityScale({ kind: 'intensity-scale', ...scale })).toEqual(scale);
  });

  it('is the same under masks, and refused where no site has an image or one has too few', async () => {
    const [plain, masked] = await Promise.all([federation(20), federation(20, { masked: true })].map((one) => federatedIntensityScale(one, view, ['T1'])));
    expect(masked).toEqual(plain);
    await expect(federatedIntensityScale(federation(20), view, ['none'])).rejects.toThrow(/No training image of none/);
    await expect(federatedIntensityScale(federation(12, { profile: 'standard' }), view, ['T1'])).rejects.toBeInstanceOf(RoundRefused);
  });

  it('is part of what the features of a sequence are named by', () => {
    const asked = { sequence: 'T1', settings, intensity: 'nyul' as const };
    const scale = (last: number) => ({ sequences: [{ sequence: 'T1', landmarks: Float64Array.from({ length: LANDMARKS }, (_, k) => k * last) }] });
    const digests = [extractionDigest({ sequence: 'T1', settings }, null), extractionDigest({ ...asked, intensity: 'z-score' }, null), extractionDigest(asked, null), extractionDigest(asked, scale(10)), extractionDigest(asked, scale(9))];
    expect(digests[0]).toBe(settingsDigest(settings));
    expect(new Set(digests).size).toBe(5);
    expect([{ kind: 'other' }, { kind: 'intensity-scale', sequences: [{ sequence: 'T1', landmarks: Float64Array.of(1, 2) }] }, { kind: 'intensity-scale', sequences: [{ sequence: 'T1', landmarks: new Float64Array(11) }] }].map(parseIntensityScale)).toEqual([null, null, null]);
  });
});
