import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readNrrd } from '@consilium/imaging';
import { describe, expect, it } from 'vitest';
import { extractFeatures } from './extract.js';
import { FEATURE_CLASSES, type ExtractionSettings, type FeatureSettings, type ImageTypeName } from './settings.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const pyradiomics = `${shared}/pyradiomics`;

function seedSettings(features: Partial<FeatureSettings>, preparation: Partial<ExtractionSettings['preparation']>): ExtractionSettings {
  const types: ImageTypeName[] = ['Original', 'LoG', 'Wavelet', 'Square', 'SquareRoot', 'Logarithm', 'Exponential', 'Gradient', 'LBP3D'];
  const all: FeatureSettings = { discretisation: { binWidth: 25 }, distances: [1], gldmAlpha: 0, symmetricalGlcm: true, voxelArrayShift: 0, flatAxis: null, ...features };
  return {
    preparation: {
      label: 1, resampledPixelSpacing: [1, 1, 1], interpolator: 'b-spline', padDistance: 5, preCrop: false, normalize: null, resegment: null,
      minimumROIDimensions: 2, minimumROISize: null, geometryTolerance: 1e-6, correctMask: false, ...preparation,
    },
    imageTypes: types.map((type) => ({
      type, wavelet: 'coif1', gradientUseSpacing: true, lbp3d: { levels: 2, radius: 1, subdivisions: 1 }, features: all,
      sigmas: [{ sigma: 1, text: '1.0' }, { sigma: 2, text: '2.0' }, { sigma: 3, text: '3.0' }],
    })),
    featureClasses: new Map(FEATURE_CLASSES.filter((name) => name !== 'shape2D').map((name) => [name, null])),
  };
}

describe.skipIf(!existsSync(pyradiomics))('extraction, against pyradiomics 3.0.1 (needs the shared data)', () => {
  const cases = [
    ['brain1__seed_bw25', seedSettings({}, {})],
    ['brain1__noresample_bw5', seedSettings({ discretisation: { binWidth: 5 } }, { resampledPixelSpacing: null })],
    ['brain2__seed_mr_norm_bw5', seedSettings({ discretisation: { binWidth: 5 }, voxelArrayShift: 300 }, { normalize: { scale: 100, removeOutliers: null } })],
  ] as const;

  it.each(cases)('%s', (name, settings) => {
    const [image, mask] = ['image', 'label'].map((part) => readNrrd(readFileSync(`${pyradiomics}/cases/${name.split('__')[0]}_${part}.nrrd`))) as [never, never];
    const expected = readFileSync(`${pyradiomics}/values/${name}.csv`, 'utf8').split('\n').slice(1).filter((line) => line && !line.startsWith('diagnostics')).map((line) => line.split(',') as [string, string]);
    const got = extractFeatures(image, mask, settings);
    const misses = expected.flatMap(([feature, text]) => {
      const reference = Number(text);
      const tolerance = (/log-|gradient/.test(feature) ? 1e-5 : 1e-6) * Math.max(Math.abs(reference), 1e-9);
      const value = got.get(feature);
      return value !== undefined && Math.abs(value - reference) <= tolerance ? [] : [`${feature}: got ${value}, expected ${reference}, relative ${Math.abs(((value ?? NaN) - reference) / reference)}`];
    });
    expect(misses.slice(0, 60), `${misses.length} of ${expected.length} miss`).toStrictEqual([]);
  });
});
