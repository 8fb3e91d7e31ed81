import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readNrrd, type Volume } from '@consilium/imaging';
import { describe, expect, it } from 'vitest';
import { extractFeatures, parseParameterFile } from './index.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const pyradiomics = `${shared}/pyradiomics`;

describe.skipIf(!existsSync(pyradiomics))('extraction, against pyradiomics 3.0.1 (needs the shared data)', () => {
  it.each([
    ['brain1', 'seed_bw25'],
    ['brain1', 'noresample_bw5'],
    ['brain2', 'seed_mr_norm_bw5'],
  ])('%s with %s.yaml: every value and the order of all', (name, settings) => {
    const [image, mask] = ['image', 'label'].map((part) => readNrrd(readFileSync(`${pyradiomics}/cases/${name}_${part}.nrrd`))) as [Volume, Volume];
    const lines = readFileSync(`${pyradiomics}/values/${name}__${settings}.csv`, 'utf8').split('\n').slice(1);
    const expected = lines.filter((line) => line && !line.startsWith('diagnostics')).map((line) => line.split(',') as [string, string]);
    const { features } = extractFeatures(image, mask, parseParameterFile(readFileSync(`${pyradiomics}/values/${settings}.yaml`, 'utf8')).settings);
    expect(features.map((feature) => feature.name)).toStrictEqual(expected.map(([feature]) => feature));
    const misses = expected.flatMap(([feature, text], i) => {
      const reference = Number(text);
      const tolerance = (/log-|gradient/.test(feature) ? 1e-5 : 1e-6) * Math.max(Math.abs(reference), 1e-9);
      const value = features[i]!.value ?? NaN;
      return Math.abs(value - reference) <= tolerance ? [] : [`${feature}: got ${value}, expected ${reference}, relative ${Math.abs((value - reference) / reference)}`];
    });
    expect(misses.slice(0, 60), `${misses.length} of ${expected.length} miss`).toStrictEqual([]);
  });
});
