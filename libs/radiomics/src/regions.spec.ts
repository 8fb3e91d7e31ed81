import { identityDirection, ImageFileError, type PixelType, type Volume } from '@consilium/imaging';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { extractFeatures, parseParameterFile, type ExtractedFeature } from './index.js';

const size = [12, 10, 8] as const;
const count = 12 * 10 * 8;

function volume(pixelType: PixelType, value: (x: number, y: number, z: number) => number, change: Partial<Volume> = {}): Volume {
  const arrays = { int16: Int16Array, uint8: Uint8Array, float32: Float32Array, float64: Float64Array } as const;
  const data = new arrays[pixelType as keyof typeof arrays](count);
  for (let i = 0; i < count; i++) data[i] = value(i % 12, Math.floor(i / 12) % 10, Math.floor(i / 120));
  return { size, spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection(), pixelType, data, ...change };
}

const random = SeededRandom.fromSeed('regions');
const noise = volume('int16', () => Math.round(100 + 40 * random.normal()));
const box = volume('uint8', (x, y, z) => (x > 2 && x < 9 && y > 2 && y < 8 && z > 1 && z < 6 ? 1 : 0));
const extract = (image: Volume, mask: Volume, settings = '') => extractFeatures(image, mask, parseParameterFile(settings).settings);
const find = (features: readonly ExtractedFeature[], name: string) => features.find((feature) => feature.name === name)!;
const refusal = (image: Volume, mask: Volume, settings = ''): string => {
  try {
    extract(image, mask, settings);
  } catch (error) {
    if (error instanceof ImageFileError) return error.kind;
    throw error;
  }
  return 'measured';
};

describe('regions that are hard to measure', () => {
  it('a constant region has the values pyradiomics gives it, flagged', () => {
    const { features, region } = extract(volume('int16', () => 7), box);
    expect(region.greyLevels).toBe(1);
    expect(find(features, 'original_glcm_Correlation')).toStrictEqual({ name: 'original_glcm_Correlation', value: 1, flag: 'degenerate' });
    expect(find(features, 'original_glcm_MCC')).toMatchObject({ value: 1, flag: 'degenerate' });
    expect(find(features, 'original_ngtdm_Coarseness')).toMatchObject({ value: 1e6, flag: 'degenerate' });
    expect(find(features, 'original_firstorder_Skewness')).toMatchObject({ value: 0, flag: 'degenerate' });
    expect(find(features, 'original_firstorder_Mean')).toStrictEqual({ name: 'original_firstorder_Mean', value: 7 });
  });

  it('never gives NaN: an image of zeros has no logarithm, and the reason is told', () => {
    const { features } = extract(volume('int16', () => 0), box, 'imageType: {Logarithm: {}, Exponential: {}, Square: {}, SquareRoot: {}}\nfeatureClass: {firstorder: [Mean]}');
    expect(features.map(({ value, reason }) => value ?? reason)).toStrictEqual([...Array<string>(3).fill('the filtered image holds values that are not numbers'), 0]);
    for (const { value } of features) expect(value).not.toBeNaN();
  });

  it('two voxels that no direction joins have no co-occurrences and no runs', () => {
    const apart = volume('uint8', (x, y, z) => (z === 0 && ((x === 0 && y === 0) || (x === 2 && y === 1)) ? 1 : 0));
    const { features } = extract(noise, apart, 'featureClass: {glcm: [Contrast], glrlm: [RunEntropy], gldm: [DependenceVariance]}');
    expect(features.map(({ value, reason }) => value ?? reason)).toStrictEqual(['no two voxels of the region are neighbours', 'no line holds two voxels of the region', 0]);
  });

  it('a bin width that gives too many bins leaves texture empty, and says so', () => {
    const { features } = extract(noise, box, 'setting: {binWidth: 1.0e-9}\nfeatureClass: {firstorder: [Mean, Entropy], glszm: [ZoneEntropy]}');
    expect(features[0]!.value).not.toBeNull();
    expect(features.slice(1).map(({ reason }) => reason)).toStrictEqual(Array(2).fill('the bin width gives more than 4194304 bins or 65,534 grey levels'));
  });

  it('refuses what cannot be measured, by kind', () => {
    expect(refusal(noise, volume('uint8', (x, y, z) => (x === 4 && y === 4 && z === 4 ? 1 : 0)))).toBe('one-voxel');
    expect(refusal(noise, volume('uint8', (x, y, z) => (y === 4 && z === 4 ? 1 : 0)))).toBe('dimensions');
    expect(refusal(noise, volume('uint8', () => 0))).toBe('empty-roi');
    expect(refusal(noise, box, 'setting: {label: 2}')).toBe('empty-roi');
    expect(refusal(noise, volume('float32', (x) => x / 12))).toBe('label-range');
    expect(refusal(noise, volume('int16', (x) => (x > 5 ? 1 : -1)))).toBe('label-range');
    expect(refusal(noise, box, 'setting: {minimumROISize: 120}')).toBe('small');
    expect(refusal(noise, box, 'setting: {minimumROISize: 119}')).toBe('measured');
    expect(refusal(volume('float32', (x) => (x === 5 ? NaN : x)), box)).toBe('not-finite');
    expect(refusal(volume('int16', () => 3), box, 'setting: {normalize: true}')).toBe('constant');
    expect(refusal(noise, box, 'setting: {resegmentRange: [5000]}')).toBe('resegmented');
  });

  it('accepts a mask that rounding put beside the image, resamples or refuses one that lies elsewhere', () => {
    const moved = (by: number): Volume => ({ ...box, origin: [by, 0, 0] });
    expect(extract(noise, moved(0.05)).notes[0]).toContain('accepted');
    expect(refusal(noise, moved(2))).toBe('geometry');
    const { notes, region } = extract(noise, moved(2), 'setting: {correctMask: true}');
    expect(notes[0]).toContain('The mask was resampled');
    expect(region.voxels).toBe(6 * 5 * 4);
    expect(refusal(noise, moved(9), 'setting: {correctMask: true}')).toBe('outside');
    expect(refusal(noise, moved(9), 'setting: {resampledPixelSpacing: [2, 2, 2]}')).toBe('outside');
    expect(refusal(noise, moved(0.05), 'setting: {geometryTolerance: 0.01}')).toBe('geometry');
  });

  it('cutting the image first changes no figure of the unfiltered image', () => {
    expect(extract(noise, box, 'setting: {preCrop: true, padDistance: 1}').features).toStrictEqual(extract(noise, box).features);
  });

  it('shape is measured before resegmentation, or after it when asked', () => {
    const figure = (settings: string) => find(extract(noise, box, settings).features, 'original_shape_VoxelVolume').value!;
    expect(figure('setting: {resegmentRange: [100]}')).toBe(120);
    expect(figure('setting: {resegmentRange: [100], resegmentShape: true}')).toBeLessThan(120);
  });

  it('two-dimensional shape needs a single slice; pixels that touch at a corner are not joined', () => {
    const settings = 'setting: {force2D: true}\nfeatureClass: {shape2D: [MeshSurface, Perimeter, PixelSurface]}';
    expect(extract(noise, box, settings).features[0]).toMatchObject({ value: null, reason: 'the region spans several slices' });
    const corner = volume('uint8', (x, y, z) => (z === 4 && ((x === 4 && y === 4) || (x === 5 && y === 5)) ? 1 : 0));
    const figures = extract(noise, corner, settings).features.map(({ value }) => value);
    // Two squares on their points: half a pixel each, four sides of √½ each.
    expect(figures[0]).toBeCloseTo(1, 12);
    expect(figures[1]).toBeCloseTo(8 * Math.SQRT1_2, 12);
    expect(figures[2]).toBe(2);
  });

  it('weights of no_weighting add the matrices: one direction gives what the average gives', () => {
    const line = volume('uint8', (x, y, z) => (y === 4 && z === 4 && x > 2 ? 1 : 0));
    const settings = (norm: string) => `setting: {minimumROIDimensions: 1, binWidth: 5${norm}}\nfeatureClass: {glcm: , glrlm: }`;
    const [plain, weighted] = ['', ', weightingNorm: euclidean'].map((norm) => extract(noise, line, settings(norm)).features);
    plain!.forEach(({ name, value }, i) => expect(weighted![i]!.value, name).toBeCloseTo(value!, 10));
  });

  it('stops between two image types when asked to', () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number) => {
      seen.push(done);
      if (done === 2) controller.abort();
    };
    const { settings } = parseParameterFile('imageType: {Original: {}, Square: {}, SquareRoot: {}, Gradient: {}}');
    expect(() => extractFeatures(noise, box, settings, { onProgress, signal: controller.signal })).toThrow();
    expect(seen).toStrictEqual([1, 2]);
  });
});
