import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AskedSequence, LANDMARKS } from '@consilium/federation';
import { listSeries } from '@consilium/imaging';
import { writeSeriesCase } from '../fixtures/dicom-fixture.js';
import { QUICK_SETTINGS, writeCase } from '../fixtures/image-fixture.js';
import { openImageSource } from '../images/image-source.js';
import { SeriesChoices } from '../images/series-choices.js';
import type { CaseExtractor } from './case-result.js';
import { CaseStore } from './case-store.js';
import { readingMilliseconds, usualCaseLimits } from './case-time.js';
import { extractCase, inlineCaseExtractor } from './extract-case.js';
import { joinFeatures } from './extracted-features.js';
import { ExtractionPause } from './extraction-pause.js';
import { ScaleMemory } from './scale-memory.js';
import { SiteExtraction, type SiteExtractionOptions } from './site-extraction.js';
import { QualityThread } from '../quality/quality-thread.js';
import { ThreadedCaseExtractor } from './threaded-case-extractor.js';
import { timeLeft } from './time-left.js';

const folders = { kind: 'folders', root: 'images', image: '{patient}/{sequence}/image', mask: '{patient}/{sequence}/mask' } as const;
const extract = { sequences: [{ sequence: 'MR', settings: QUICK_SETTINGS }] };
const patients = ['P1', 'P2', 'P3', 'P4'];
const quiet = { signal: new AbortController().signal, onWork: () => undefined };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'extraction-'));
  for (const [seed, patient] of patients.entries()) await writeCase(join(root, 'images'), { patient, sequence: 'MR', seed });
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Counts what is measured, and may fail after so many cases as a kill would. */
function counting(killAfter = Infinity): CaseExtractor & { measured: string[] } {
  const measured: string[] = [];
  return {
    measured,
    async extract(task, signal) {
      if (measured.length >= killAfter) throw new Error('killed');
      measured.push(task.image);
      return inlineCaseExtractor.extract(task, signal);
    },
    close: async () => undefined,
  };
}

const extractionWith = (...extractors: CaseExtractor[]) => extractionOf({}, ...extractors);

const extractionOf = (more: Partial<SiteExtractionOptions>, ...extractors: CaseExtractor[]) =>
  new SiteExtraction({ source: openImageSource(root, folders), store: new CaseStore(join(root, 'extraction')), extractors, scales: new ScaleMemory(join(root, 'scales.json')), ...more });

describe('extraction at a site', () => {
  it('gives every patient features, a file a case, and counts what was done', async () => {
    const work: [number, number][] = [];
    const extractor = counting();
    const { features, reports } = await extractionWith(extractor).ensure(extract, patients, { ...quiet, onWork: (done, total) => work.push([done, total]) });
    expect(work).toEqual([[0, 4], [1, 4], [2, 4], [3, 4], [4, 4]]);
    expect(reports[0]).toMatchObject({ sequence: 'MR', patients: 4, fewGreyLevels: 0, levelsCounted: 4 });
    expect(features.sequences[0]!.names).toHaveLength(18 + 1);
    expect(await readdir(join(root, 'extraction'))).toHaveLength(4);
  });

  it('measures nothing twice: neither again, nor after a restart, nor for another plan with the same settings', async () => {
    const first = counting();
    const extraction = extractionWith(first);
    const { features } = await extraction.ensure(extract, patients, quiet);
    await extraction.ensure(extract, patients, quiet);
    expect(first.measured).toHaveLength(4);
    const second = counting();
    const again = await extractionWith(second).ensure({ sequences: [...extract.sequences] }, patients, quiet);
    expect(second.measured).toEqual([]);
    expect(again.features).toEqual(features);
  });

  it('killed in the middle, goes on where it was', async () => {
    await expect(extractionWith(counting(2)).ensure(extract, patients, quiet)).rejects.toThrow('killed');
    expect(await readdir(join(root, 'extraction'))).toHaveLength(2);
    const after = counting();
    await extractionWith(after).ensure(extract, patients, quiet);
    expect(after.measured).toHaveLength(2);
  });

  it('measures a case again whose file is damaged, whose image changed, or under other settings, and no other', async () => {
    const before = await extractionWith(counting()).ensure(extract, patients, quiet);
    await writeFile(before.features.sequences[0]!.cases[0]!.path, '{"format":1');
    await writeCase(join(root, 'images'), { patient: 'P2', sequence: 'MR', seed: 77 });
    const after = counting();
    const changed = await extractionWith(after).ensure(extract, patients, quiet);
    expect(after.measured).toHaveLength(2);
    expect(changed.features.key).not.toBe(before.features.key);
    const other = counting();
    await extractionWith(other).ensure({ sequences: [{ sequence: 'MR', settings: QUICK_SETTINGS.replace('5', '6') }] }, patients, quiet);
    expect(other.measured).toHaveLength(4);
  });

  it('counts patients without image, without mask and with an empty region by kind, and leaves them out of the table', async () => {
    await rm(join(root, 'images/P1/MR/image.nrrd'));
    await rm(join(root, 'images/P2/MR/mask.nrrd'));
    await writeCase(join(root, 'images'), { patient: 'P3', sequence: 'MR', seed: 2, region: false });
    const { features, reports } = await extractionWith(counting()).ensure(extract, patients, quiet);
    expect(Object.fromEntries(reports[0]!.refused)).toEqual({ 'no-image': 1, 'no-mask': 1, 'empty-roi': 1 });
    const table = joinFeatures({ pseudonyms: patients, columns: new Map([['y', { kind: 'number', values: Float64Array.of(0, 1, 0, 1) }]]) }, features);
    expect(table.pseudonyms).toEqual(['P4']);
    const mean = table.columns.get('MR:original_firstorder_Mean');
    const own = await extractCase({ image: join(root, 'images/P4/MR/image.nrrd'), mask: join(root, 'images/P4/MR/mask.nrrd'), label: null, settings: QUICK_SETTINGS });
    expect(mean).toEqual({ kind: 'number', values: Float64Array.of('names' in own ? own.values[own.names.indexOf('original_firstorder_Mean')]! : NaN) });
  });

  it('keeps patients without a sequence that they may lack, their values missing, and those who have none leave the table', async () => {
    for (const [seed, patient] of ['P1', 'P2'].entries()) await writeCase(join(root, 'images'), { patient, sequence: 'SECOND', seed });
    await rm(join(root, 'images/P3'), { recursive: true });
    const lax = (sequence: string) => ({ sequence, settings: QUICK_SETTINGS, mayLack: true });
    const extraction = extractionWith(counting());
    const tableOf = async (...sequences: AskedSequence[]) => joinFeatures({ pseudonyms: patients, columns: new Map() }, (await extraction.ensure({ sequences }, patients, quiet)).features);
    const table = await tableOf(lax('MR'), lax('SECOND'), lax('NEVER'));
    expect(table.pseudonyms).toEqual(['P1', 'P2', 'P4']);
    const values = (sequence: string) => (table.columns.get(`${sequence}:original_firstorder_Mean`) as { values: Float64Array }).values;
    expect([...values('SECOND')].map(Number.isNaN)).toEqual([false, false, true]);
    expect([...values('MR')].some(Number.isNaN)).toBe(false);
    // Nobody here has the third: other sites name its columns, and here they have no value.
    expect(table.lacked).toEqual(['NEVER:']);
    // The same images for a plan that lets nobody lack them are another cohort.
    const all = await tableOf({ sequence: 'MR', settings: QUICK_SETTINGS }, { sequence: 'SECOND', settings: QUICK_SETTINGS });
    expect([all.pseudonyms, all.lacked]).toEqual([['P1', 'P2'], undefined]);
  });

  it('counts regions with fewer than 8 grey levels', async () => {
    await writeCase(join(root, 'images'), { patient: 'P1', sequence: 'MR', seed: 0, levels: 20 });
    const { reports } = await extractionWith(counting()).ensure(extract, patients, quiet);
    expect(reports[0]).toMatchObject({ fewGreyLevels: 1, levelsCounted: 4 });
  });

  it('ends when it is told to, and keeps what it has', async () => {
    const stop = new AbortController();
    const onWork = (done: number) => (done === 1 ? stop.abort(new Error('the run was cancelled')) : undefined);
    await expect(extractionWith(counting()).ensure(extract, patients, { signal: stop.signal, onWork })).rejects.toThrow('cancelled');
    expect(await readdir(join(root, 'extraction'))).toHaveLength(1);
  });

  it('refuses settings with mistakes, and a site without images, before it reads a voxel', async () => {
    const extractor = counting();
    await expect(extractionWith(extractor).ensure({ sequences: [{ sequence: 'MR', settings: 'setting:\n  binWith: 5\n' }] }, patients, quiet)).rejects.toThrow(/MR have mistakes: line 2, .*Did you mean binWidth/);
    const none = new SiteExtraction({ source: null, store: new CaseStore(join(root, 'extraction')), extractors: [extractor], scales: new ScaleMemory(null) });
    await expect(none.ensure(extract, patients, quiet)).rejects.toMatchObject({ code: 'E520' });
    expect(extractor.measured).toEqual([]);
  });

  it('rests while people let it, over restarts too, says so, and goes on when they resume', async () => {
    const pause = () => new ExtractionPause(join(root, 'pause.json'), () => Date.UTC(2026, 0, 5));
    await pause().pause();
    const said = new Set<string>();
    const extractor = counting();
    const going = extractionOf({ resting: () => pause().rest() !== null }, extractor).ensure(extract, patients, { ...quiet, onWork: (_, __, message) => said.add(message) });
    await vi.waitFor(() => expect(said).toContain('extraction rests at the site'));
    expect([extractor.measured.length, pause().rest()]).toEqual([0, { at: '2026-01-05T00:00:00.000Z' }]);
    await pause().resume();
    await going;
    expect(extractor.measured).toHaveLength(4);
  });

  it('measures one case again, and no other', async () => {
    const extractor = counting();
    const extraction = extractionWith(extractor);
    const before = await extraction.ensure(extract, patients, quiet);
    await (await extraction.again(extract, 'P2', 'MR')).measured;
    expect(extractor.measured.slice(4)).toEqual([join(root, 'images/P2/MR/image.nrrd')]);
    expect(await extraction.ensure(extract, patients, quiet)).toEqual(before);
    expect(extractor.measured).toHaveLength(5);
  });

  it('of several series in a folder measures the one that was chosen here, and none before', async () => {
    await writeSeriesCase(join(root, 'images'), { patient: 'P5', sequence: 'MR', seeds: [8, 9] });
    const choices = () => new SeriesChoices(join(root, 'series.json'));
    const [first, second] = (await listSeries(join(root, 'images/P5/MR/image'))).series;
    const measured = async () => {
      const source = choices().over(openImageSource(root, folders));
      const { features, reports } = await extractionOf({ source }, counting()).ensure(extract, ['P5'], quiet);
      return { key: features.key, refused: Object.fromEntries(reports[0]!.refused), column: joinFeatures({ pseudonyms: ['P5'], columns: new Map() }, features).columns.get('MR:original_firstorder_Mean') };
    };
    const [none, others] = [await measured(), new Set<string>()];
    expect(none.refused).toEqual({ series: 1 });
    for (const [series, seed] of [[first!, 8], [second!, 9]] as const) {
      await choices().choose({ patient: 'P5', sequence: 'MR', series: series.id, at: '2026-01-05T00:00:00.000Z' });
      await writeCase(join(root, 'images'), { patient: 'P6', sequence: 'MR', seed });
      const alone = await extractCase({ image: join(root, 'images/P6/MR/image.nrrd'), mask: join(root, 'images/P6/MR/mask.nrrd'), label: null, settings: QUICK_SETTINGS });
      const found = await measured();
      expect(series.seriesNumber).toBe(seed);
      expect((found.column as { values: Float64Array }).values[0]).toBeCloseTo('names' in alone ? alone.values[alone.names.indexOf('original_firstorder_Mean')]! : NaN, 4);
      others.add(found.key);
    }
    expect(others.size).toBe(2);
    const chosen = await measured();
    await choices().choose({ patient: 'P5', sequence: 'MR', series: null, at: '2026-01-05T00:00:00.000Z' });
    expect((await measured()).key).toBe(none.key);
    const among = [first!.protocol, second!.protocol];
    const remember = (protocol: string | null) => choices().remember('MR', { protocol, among, at: '2026-01-05T00:00:00.000Z' });
    await remember(second!.protocol);
    // Found by its protocol it is the same case as chosen by hand.
    expect(await measured()).toEqual(chosen);
    await remember('0'.repeat(12));
    expect((await measured()).key).toBe(none.key);
    await remember(null);
    expect((await measured()).key).toBe(none.key);
    await writeFile(join(root, 'series.json'), '{"format":1');
    await expect(measured()).rejects.toMatchObject({ code: 'E520' });
  });

  it('remembers the scale of intensities that a plan was last asked with, over a restart', async () => {
    const path = join(root, 'scales.json');
    const nyul = { sequences: [{ sequence: 'MR', settings: QUICK_SETTINGS, intensity: 'nyul' as const }] };
    const scale = { sequences: [{ sequence: 'MR', landmarks: Float64Array.from({ length: LANDMARKS }, (_, i) => i / 3) }] };
    await new ScaleMemory(path).keep(nyul, scale);
    expect(new ScaleMemory(path).of(nyul)).toEqual(scale);
    expect(new ScaleMemory(path).of(extract)).toBeNull();
    await writeFile(path, 'damaged');
    expect(new ScaleMemory(path).of(nyul)).toBeNull();
  });

  it('tells the time left', () => {
    expect([timeLeft(10_000, 1, 4), timeLeft(60_000, 1, 4)]).toEqual(['30 s left', '3 min left']);
  });
});

describe('where images are', () => {
  it('fault 39: a name that leads out of the folder reads nothing', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await writeCase(outside, { patient: 'X', sequence: 'MR', seed: 1 });
    await symlink(join(outside, 'X'), join(root, 'images/P9'));
    const source = openImageSource(root, folders);
    expect(source.find('P9', 'MR')).toBe('outside-folder');
    expect(source.find(join('..', '..', outside, 'X'), 'MR')).not.toMatchObject({ image: expect.any(String) });
    expect(source.sequences()).toEqual(['MR']);
    await rm(outside, { recursive: true });
  });

  it('are found by other patterns and by a manifest', async () => {
    const flat = openImageSource(root, { kind: 'folders', root: 'images', image: '{patient}/{sequence}/image.nrrd', mask: '{patient}/MR/mask.nrrd' });
    expect(flat.find('P1', 'MR')).toMatchObject({ label: null });
    await writeFile(join(root, 'images/manifest.csv'), 'patient,sequence,image,mask,label\nP1,MR,P1/MR/image.nrrd,P1/MR/mask.nrrd,2\nP1,MR,a,b,\nP2,MR,gone.nrrd,gone.nrrd,\n');
    const manifest = openImageSource(root, { kind: 'manifest', file: 'images/manifest.csv' });
    expect(manifest.find('P1', 'MR')).toEqual({ image: join(root, 'images/P1/MR/image.nrrd'), mask: join(root, 'images/P1/MR/mask.nrrd'), label: 2 });
    expect([manifest.find('P2', 'MR'), manifest.find('P3', 'MR')]).toEqual(['no-image', 'no-image']);
    expect(manifest.problems).toEqual(['Line 3 of the manifest names a patient and sequence that stand there before.']);
    expect(openImageSource(root, { kind: 'manifest', file: 'absent.csv' }).problems).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(fileURLToPath(new URL('../../dist/extraction/case-worker.js', import.meta.url))))('an extracting thread', () => {
  it('fault 39: gives a case its time to be read and its time to be measured, and the next one has a thread of its own', async () => {
    const task = { image: join(root, 'images/P1/MR/image.nrrd'), mask: join(root, 'images/P1/MR/mask.nrrd'), label: null, settings: QUICK_SETTINGS };
    const thread = new ThreadedCaseExtractor({ readingSeconds: -1, caseMinutes: 1 });
    expect(await thread.extract(task, quiet.signal)).toEqual({ refused: 'time', sentence: 'The files of the case took too long to be read. Copy them again from their source, or convert them to another format.' });
    const hurried = new ThreadedCaseExtractor({ readingSeconds: 30, caseMinutes: 1 / 60_000 });
    expect(await hurried.extract(task, quiet.signal)).toMatchObject({ refused: 'time', sentence: expect.stringMatching(/^The case took longer than .* Crop the image around the region\.$/) as string });
    for (const one of [thread, hurried]) await one.close();
    expect(readingMilliseconds(task, usualCaseLimits)).toBeGreaterThan(30_000);
    expect(readingMilliseconds(task, usualCaseLimits)).toBeLessThan(31_000);
    expect(readingMilliseconds({ image: join(root, 'images/P1/MR'), mask: join(root, 'gone') }, usualCaseLimits)).toBeGreaterThan(30_000);
  });

  it('fault 39: that looks at the quality of images has the same limits: the case is refused, and slices of the next are drawn', async () => {
    const files = { image: join(root, 'images/P1/MR/image.nrrd'), mask: join(root, 'images/P1/MR/mask.nrrd'), label: null };
    const limits = { readingSeconds: -1, caseMinutes: 1 };
    const thread = new QualityThread(limits);
    const late = { refused: { kind: 'time', severity: 'refuse', sentence: expect.stringMatching(/^The files of the case took too long to be read\./) as string } };
    expect(await thread.ask({ kind: 'quality', files, stamp: 'a' })).toEqual(late);
    limits.readingSeconds = 30;
    const next = [thread.ask({ kind: 'quality', files, stamp: 'a' }), thread.ask({ kind: 'slice', files, stamp: 'a', plane: 'axial', index: 3 }, { first: true })];
    expect(await Promise.all(next)).toMatchObject([{ quality: { region: { label: 1 } } }, { picture: { plane: 'axial', index: 3 } }]);
    await thread.close();
  });

  it('measures what the agent itself would, and can be ended in a case', async () => {
    const task = { image: join(root, 'images/P1/MR/image.nrrd'), mask: join(root, 'images/P1/MR/mask.nrrd'), label: null, settings: QUICK_SETTINGS };
    const thread = new ThreadedCaseExtractor();
    expect(await thread.extract(task, quiet.signal)).toEqual(await extractCase(task));
    const stop = new AbortController();
    const running = thread.extract(task, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    expect(await thread.extract(task, quiet.signal)).toMatchObject({ greyLevels: expect.any(Number) });
    await thread.close();
  });
});
