import { extractFeatures, extractionDigest, extractionEngine, intensityColumns, landmarkTotals, type LandmarkTotals, momentTotals, settingsDigest, type ExtractionAnswer, type Intensity } from '@consilium/federation';
import { standardLandmarks } from '@consilium/radiomics';
import { decodeValue } from '@consilium/protocol';
import { canonicalPlan, parsePlan } from '@consilium/study';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invented, QUICK_SETTINGS, writeCase } from '../fixtures/image-fixture.js';
import { partsOf, type Question } from '../fixtures/scripted-coordinator.js';
import { approvePlan, listPlans } from '../plans/decide-plan.js';
import { patientsCsv, planText, SiteFixture } from '../fixtures/site-fixture.js';

const PATIENTS = 20;
const images = { kind: 'folders', root: 'images', image: '{patient}/{sequence}/image', mask: '{patient}/{sequence}/mask' } as const;
const plan = (settings = QUICK_SETTINGS, intensity?: Intensity): string => {
  const parsed = parsePlan(JSON.stringify({ ...JSON.parse(planText({ disclosure: 'open-data', features: [] })), extract: { sequences: [{ sequence: 'MR', settings, ...(intensity ? { intensity } : {}) }] }, features: { sequences: ['MR'] } }));
  if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  return canonicalPlan(parsed.plan);
};
const whole = { outcome: 'y', features: [], rows: [] };
const extraction = (round: string, settings = QUICK_SETTINGS): Question => ({
  run: 'run-1', round, attempt: 1, step: extractFeatures as Question['step'],
  request: { view: whole, parameters: { engine: extractionEngine, sequences: [{ sequence: 'MR', settings, digest: settingsDigest(settings) }] } },
});
const totals = (round: string): Question => ({ run: 'run-1', round, attempt: 1, step: momentTotals as Question['step'], request: { view: { ...whole, features: ['MR:original_firstorder_Mean'] }, parameters: null } });

let site: SiteFixture;
beforeEach(async () => {
  site = await SiteFixture.make({ images }, patientsCsv(PATIENTS));
  for (let i = 0; i < PATIENTS; i++) await writeCase(join(site.root, 'images'), { patient: `P${String(i).padStart(3, '0')}`, sequence: 'MR', seed: i });
});
afterEach(() => site.end());

/** The nth answer, its one part decoded. */
async function answer(after: number, round: string) {
  const received = await site.coordinator.next('answers', after);
  const bytes = partsOf(received).get(round);
  return { refusals: received.message.refusals, value: bytes ? decodeValue(bytes) : undefined };
}

describe('an agent whose plan reads images', () => {
  it('extracts, tells how far it is, proves what it used, and computes on the features', async () => {
    await site.start();
    const digest = await site.openRun('run-1', plan());
    await site.coordinator.ask(digest, [extraction('r1')]);
    const { value } = await answer(0, 'r1');
    const { engine, sequences: [one] } = value as ExtractionAnswer;
    expect([engine, one!.digest]).toEqual([extractionEngine, settingsDigest(QUICK_SETTINGS)]);
    expect(one!.counts).toEqual({ patients: PATIENTS, extracted: PATIENTS, refused: {}, fewGreyLevels: 0, levelsCounted: PATIENTS });
    const work = site.coordinator.of('work').map(({ message }) => message);
    expect(work.map(({ done }) => done)).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(work[1]).toMatchObject({ run: 'run-1', total: 10, message: expect.stringMatching(/^extracting features, \d+ s left$/) });
    await site.coordinator.ask(digest, [totals('r2')]);
    expect((await answer(1, 'r2')).value).toMatchObject({ n: expect.any(Float64Array) });
    expect(await site.ledgerText()).toContain('extract/features');
  });

  it('stopped in the middle, answers after its restart without measuring a case again', async () => {
    await site.start();
    const digest = await site.openRun('run-1', plan());
    await site.coordinator.ask(digest, [extraction('r1')]);
    await site.coordinator.next('work', 2);
    await site.agent!.stop();
    const kept = (await readdir(join(site.root, 'extraction'))).length;
    expect(kept).toBeGreaterThanOrEqual(4);
    expect(kept).toBeLessThan(PATIENTS);
    expect(site.coordinator.of('answers')).toEqual([]);
    const before = site.coordinator.of('work').length;
    await site.start();
    await site.coordinator.ask(digest, [extraction('r1')]);
    expect(((await answer(0, 'r1')).value as ExtractionAnswer).sequences[0]!.counts.extracted).toBe(PATIENTS);
    expect(site.coordinator.of('work')[before]!.message).toMatchObject({ done: Math.floor((10 * kept) / PATIENTS), total: 10 });
  });

  it('ends extraction when the run is cancelled, and neither answers nor refuses', async () => {
    await site.start();
    const digest = await site.openRun('run-1', plan());
    await site.coordinator.ask(digest, [extraction('r1')]);
    await site.coordinator.next('work', 2);
    await site.coordinator.announce('run-1', digest, { state: 'cancelled' });
    await site.agent!.stop();
    expect((await readdir(join(site.root, 'extraction'))).length).toBeLessThan(PATIENTS);
    expect(site.coordinator.of('answers')).toEqual([]);
  });

  it('refuses other settings than the approved plan\'s, and an image that changed during the run', async () => {
    await site.start();
    const digest = await site.openRun('run-1', plan());
    await site.coordinator.ask(digest, [extraction('r1', QUICK_SETTINGS.replace('5', '50'))]);
    expect((await answer(0, 'r1')).refusals[0]!.refusal.code).toBe('E520');
    await writeCase(join(site.root, 'images'), { patient: 'P003', sequence: 'MR', seed: 99 });
    await site.coordinator.ask(digest, [extraction('r2')]);
    expect((await answer(1, 'r2')).refusals[0]!.refusal.code).toBe('E311');
  });

  it('gives the landmarks of its training images, and measures every image on the scale that came of all sites; on another scale, again', async () => {
    for (let seed = 0; seed < PATIENTS; seed++) await writeCase(join(site.root, 'images'), { patient: `P${String(seed).padStart(3, '0')}`, sequence: 'MR', seed, air: true });
    await site.start();
    const digest = await site.openRun('run-1', plan(QUICK_SETTINGS, 'nyul'));
    const training = [{ column: 'split', oneOf: ['train'] }];
    await site.coordinator.ask(digest, [{ run: 'run-1', round: 'r1', attempt: 1, step: landmarkTotals as unknown as Question['step'], request: { view: { ...whole, rows: training }, parameters: { engine: extractionEngine, sequence: 'MR' } } }]);
    const { n, totals: found } = (await answer(0, 'r1')).value as LandmarkTotals;
    // Every fourth patient is a test patient, whose image changes nothing.
    const own = Array.from({ length: PATIENTS }, (_, i) => i).filter((i) => i % 4 !== 0).map((seed) => standardLandmarks(invented(seed, { air: true }).image, invented(seed).mask, 1));
    expect(n).toEqual(Float64Array.of(own.length));
    for (let k = 0; k < 11; k++) expect(found[k]).toBeCloseTo(own.reduce((sum, landmarks) => sum + landmarks[k]!, 0), 9);

    const on = async (scale: Float64Array) => {
      const sequences = [{ sequence: 'MR', landmarks: scale }];
      const intensityScale = await site.coordinator.publish({ kind: 'intensity-scale', sequences });
      const asked = { sequence: 'MR', settings: QUICK_SETTINGS, intensity: 'nyul' as const };
      return { intensityScale, asked: { ...asked, digest: extractionDigest(asked, { sequences }) } };
    };
    const extracted = async (round: string, { intensityScale, asked }: Awaited<ReturnType<typeof on>>): Promise<Question> => ({ ...extraction(round), request: { view: { ...whole, intensityScale }, parameters: { engine: extractionEngine, sequences: [asked] } } });
    const scale = await on(found.map((total) => total / own.length));
    await site.coordinator.ask(digest, [await extracted('r2', scale)]);
    const { sequences: [one] } = (await answer(1, 'r2')).value as ExtractionAnswer;
    expect([one!.digest, one!.counts.extracted]).toEqual([scale.asked.digest, PATIENTS]);
    await site.coordinator.ask(digest, [{ ...totals('r3'), request: { view: { ...whole, features: ['MR:original_firstorder_Mean'], intensityScale: scale.intensityScale }, parameters: null } }]);
    const sums = (await answer(2, 'r3')).value as { n: Float64Array; totals: Float64Array };
    expect((sums.totals[0]! + sums.totals[1]!) / PATIENTS).toBeLessThan(100);
    // Every image's median is brought to that of the scale, whatever it was before; between the two middle voxels the map has a bend.
    const medians = [intensityColumns('MR', 'before')[1]!, intensityColumns('MR', 'after')[1]!];
    await site.coordinator.ask(digest, [{ ...totals('told'), request: { view: { ...whole, features: medians, intensityScale: scale.intensityScale }, parameters: null } }]);
    const told = (await answer(3, 'told')).value as { n: Float64Array; totals: Float64Array };
    expect((told.totals[1]! + told.totals[3]!) / PATIENTS).toBeCloseTo(found[5]! / own.length, 0);
    expect((told.totals[0]! + told.totals[2]!) / PATIENTS).toBeGreaterThan(100);
    await site.coordinator.ask(digest, [totals('r4')]);
    expect((await answer(4, 'r4')).refusals[0]!.refusal).toMatchObject({ code: 'E520', rule: 'images' });
    const before = (await readdir(join(site.root, 'extraction'))).length;
    await site.coordinator.ask(digest, [await extracted('r5', await on(Float64Array.from({ length: 11 }, (_, k) => 10 * k)))]);
    expect(((await answer(5, 'r5')).value as ExtractionAnswer).sequences[0]!.counts.extracted).toBe(PATIENTS);
    expect((await readdir(join(site.root, 'extraction'))).length).toBe(before + PATIENTS);
  });

  it('does not take a plan whose settings are mistaken or whose sequence nobody has', async () => {
    await site.start();
    const offered = async (text: string, count: number) => {
      const digest = await site.coordinator.offer(text);
      await site.until(async () => expect(await listPlans(site.root)).toHaveLength(count));
      return approvePlan(site.root, digest);
    };
    await expect(offered(plan('setting:\n  binWith: 5\n'), 1)).rejects.toThrow(/MR have mistakes: line 2/);
    await rm(join(site.root, 'images'), { recursive: true });
    await expect(offered(plan(), 2)).rejects.toThrow(/The image folder that agent.json names is not there/);
  });
});
