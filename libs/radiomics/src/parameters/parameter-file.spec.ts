import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ParameterFileError, parseParameterFile, settingsText, type ParameterProblem } from '../index.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const examples = `${shared}/pyradiomics/settings/exampleSettings`;

function problemsOf(text: string): readonly ParameterProblem[] {
  try {
    parseParameterFile(text);
  } catch (error) {
    if (error instanceof ParameterFileError) return error.problems;
    throw error;
  }
  return [];
}

describe('parameter files of pyradiomics', () => {
  it('an empty file means pyradiomics’ defaults', () => {
    const { settings, additionalInfo } = parseParameterFile('');
    expect(additionalInfo).toBe(true);
    expect(settings.imageTypes.map(({ type }) => type)).toStrictEqual(['Original']);
    expect([...settings.featureClasses.keys()]).toStrictEqual(['firstorder', 'glcm', 'gldm', 'glrlm', 'glszm', 'ngtdm', 'shape', 'shape2D']);
    expect(settings.preparation).toMatchObject({ label: 1, resampledPixelSpacing: null, interpolator: 'b-spline', padDistance: 5, normalize: null, resegment: null, minimumROIDimensions: 2 });
    expect(settings.imageTypes[0]!.features).toMatchObject({ discretisation: { binWidth: 25 }, distances: [1], symmetricalGlcm: true, weightingNorm: null, flatAxis: null });
  });

  it('an image type’s own settings go before the general ones; a null is as if not there', () => {
    const { settings } = parseParameterFile('setting: {binWidth: 10, binCount: null, force2D: true, force2Ddimension: 1}\nimageType:\n  Original:\n  Wavelet: {binWidth: 3, wavelet: db4, level: 2}\n  LoG: {binCount: 16, sigma: [1, 2.5, 1e-5]}\n');
    const [original, wavelet, log] = settings.imageTypes;
    expect(original!.features).toMatchObject({ discretisation: { binWidth: 10 }, flatAxis: 1 });
    expect(wavelet!.features.discretisation).toStrictEqual({ binWidth: 3 });
    expect(wavelet!.wavelet).toStrictEqual({ name: 'db4', levels: 2, startLevel: 0 });
    expect(log!.features.discretisation).toStrictEqual({ binCount: 16 });
    expect(log!.sigmas.map(({ text }) => text)).toStrictEqual(['1', '2.5', '1e-05']);
  });

  it('JSON says the same as YAML', () => {
    const yaml = 'setting:\n  label: 2\n  resegmentRange: [-3, 3]\n  resegmentMode: sigma\nfeatureClass:\n  glcm: [Contrast, MCC]\n  shape:\n';
    const json = '{"setting": {"label": 2, "resegmentRange": [-3, 3], "resegmentMode": "sigma"}, "featureClass": {"glcm": ["Contrast", "MCC"], "shape": null}}';
    expect(settingsText(parseParameterFile(json).settings)).toBe(settingsText(parseParameterFile(yaml).settings));
    expect(parseParameterFile(yaml).settings.preparation.resegment).toStrictEqual({ range: [-3, 3], mode: 'sigma', shape: false });
  });

  it('without an interpolator nothing is resampled', () => {
    expect(parseParameterFile('setting: {interpolator: null, resampledPixelSpacing: [1, 1, 1]}').settings.preparation.resampledPixelSpacing).toBeNull();
    expect(parseParameterFile('setting: {interpolator: 2, resampledPixelSpacing: [1, 1, 0]}').settings.preparation).toMatchObject({ interpolator: 'linear', resampledPixelSpacing: [1, 1, 0] });
  });

  it.each([
    ['setting: {binWidth: 0}', 'setting.binWidth', 'The number must be greater than 0; it is 0.'],
    ['setting: {label: 1.5}', 'setting.label', 'A whole number is expected, not 1.5.'],
    ['setting: {force2D: 1}', 'setting.force2D', 'true or false is expected, not 1.'],
    ['setting: {resampledPixelSpacing: [1, 1]}', 'setting.resampledPixelSpacing', '3 numbers are expected, not 2.'],
    ['setting: {resegmentRange: []}', 'setting.resegmentRange', '1 to 2 numbers are expected, not 0.'],
    ['setting: {distances: [1, 0]}', 'setting.distances[1]', 'The number must be greater than 0; it is 0.'],
    ['setting: {interpolator: sitkGaussian}', 'setting.interpolator', 'sitkGaussian is not offered. Use sitkNearestNeighbor, sitkLinear or sitkBSpline.'],
    ['setting: {weightingNorm: l2}', 'setting.weightingNorm', 'l2 is not one of manhattan, euclidean, infinity, no_weighting.'],
    ['setting: {normalizeScale: .nan}', 'setting.normalizeScale', 'A number is expected, not .nan.'],
    ['imageType: {Wavelet: {wavelet: morl}}', 'imageType.Wavelet.wavelet', 'morl is not a discrete wavelet of PyWavelets (haar, db1-38, sym2-20, coif1-17, bior, rbio, dmey).'],
    ['imageType: {LoG: {sigma: 2}}', 'imageType.LoG.sigma', 'A list of numbers is expected, for example [1, 1, 1].'],
    ['featureClass: {glcm: [Contrasts]}', 'featureClass.glcm[0]', 'There is no feature of glcm Contrasts. Did you mean Contrast?'],
    ['featureClass: {texture: }', 'featureClass.texture', 'There is no feature class texture. Known: firstorder, glcm, gldm, glrlm, glszm, ngtdm, shape, shape2D.'],
    ['settings: {binWidth: 25}', 'settings', 'There is no section settings. Did you mean setting?'],
    ['setting: 5', 'setting', 'Names with values are expected here, for example "binWidth: 25".'],
  ])('%s is refused by path', (text, path, sentence) => {
    expect(problemsOf(text)).toStrictEqual([{ path, line: 1, sentence }]);
  });

  it('names every problem at once, by line, and text that is no YAML', () => {
    expect(problemsOf('setting:\n  binWidth: -1\n\n  labels: 3\n').map(({ line }) => line)).toStrictEqual([2, 4]);
    expect(problemsOf('setting: {a: [1}\n')[0]!.sentence).toContain('This is not YAML');
    expect(problemsOf('setting: {binWidth: 1, binWidth: 2}')).toHaveLength(1);
  });

  it('warns about what changes nothing', () => {
    const { warnings, settings } = parseParameterFile('imageType:\n  Original: {resampledPixelSpacing: [1, 1, 1]}\nvoxelSetting:\n  kernelRadius: 2\nfeatureClass:\n  glcm: [Homogeneity1, Id]\n');
    expect(warnings.map(({ path }) => path)).toStrictEqual(['voxelSetting', 'imageType.Original.resampledPixelSpacing', 'featureClass.glcm[0]']);
    expect(settings.featureClasses.get('glcm')).toStrictEqual(['Id']);
  });

  it.skipIf(!existsSync(examples))('reads every example file of pyradiomics (needs the shared data)', () => {
    for (const name of readdirSync(examples)) expect(problemsOf(readFileSync(`${examples}/${name}`, 'utf8')), name).toStrictEqual([]);
  });
});
