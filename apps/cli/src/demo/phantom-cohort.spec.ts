import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImage, readMask } from '@consilium/imaging';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phantomCohort } from './phantom-cohort.js';
import { phantomSequences, writePhantom } from './phantom-images.js';

const rows = phantomCohort().table.text.trim().split('\n').slice(1).map((line) => line.split(','));

describe('the phantom cohort', () => {
  it('has four hospitals with a scanner each, both outcomes in each class everywhere, and a quarter held out', () => {
    for (const site of ['Avon', 'Brook', 'Clyde', 'Dove']) {
      const own = rows.filter((row) => row[1] === site);
      expect(new Set(own.map((row) => row[2])).size).toBe(1);
      for (const outcome of [4, 5]) for (const value of ['0', '1']) expect(own.filter((row) => row[3] === 'train' && row[outcome] === value).length).toBeGreaterThanOrEqual(5);
      expect(own.filter((row) => row[3] === 'test').length).toBe(Math.floor(own.length / 4));
    }
    expect(phantomCohort().table.text).toBe(phantomCohort().table.text);
  });
});

describe('a phantom patient', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-phantom-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const inLesion = async (id: string, sequence: string) => {
    const at = (part: string) => join(folder, id, `${sequence}_${part}.nii.gz`);
    const image = await readImage(at('image'));
    const mask = await readMask(at('mask'), image);
    const values = Array.from(image.data as ArrayLike<number>).filter((_, i) => mask.data[i] === 1);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return { mean, sd: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
  };
  const scanner = { gain: 1, offset: 0, noise: 8 };

  it('shows uneven uptake in T1C and free diffusion in ADC, and neither in T1', async () => {
    const patient = { id: 'low', radiusMillimetres: 7, unevenness: -1.5, diffusion: -1.5 };
    await writePhantom(folder, patient, scanner);
    const low = Object.fromEntries(await Promise.all(phantomSequences.map(async (sequence) => [sequence, await inLesion('low', sequence)] as const)));
    await writePhantom(folder, { ...patient, unevenness: 1.5, diffusion: 1.5 }, scanner);
    const high = Object.fromEntries(await Promise.all(phantomSequences.map(async (sequence) => [sequence, await inLesion('low', sequence)] as const)));
    expect(high['T1C']!.sd / low['T1C']!.sd).toBeGreaterThan(2);
    expect(high['ADC']!.mean - low['ADC']!.mean).toBeCloseTo(390, -1);
    expect(high['T1']).toEqual(low['T1']);
  });

  it('looks otherwise through another scanner, but for ADC', async () => {
    const patient = { id: 'same', radiusMillimetres: 6, unevenness: 0, diffusion: 0 };
    await writePhantom(folder, patient, scanner);
    const [t2, adc, bytes] = [await inLesion('same', 'T2'), await inLesion('same', 'ADC'), await readFile(join(folder, 'same', 'T2_mask.nii.gz'))];
    await writePhantom(folder, patient, { gain: 1.3, offset: 30, noise: 8 });
    expect((await inLesion('same', 'T2')).mean).toBeCloseTo(1.3 * t2.mean + 30, -1);
    expect(await inLesion('same', 'ADC')).toEqual(adc);
    expect(await readFile(join(folder, 'same', 'T2_mask.nii.gz'))).toEqual(bytes);
  });
});
