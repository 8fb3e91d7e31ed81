import { LBP_2D_METHODS, WEIGHTING_NORMS } from '../settings.js';

/** What a value of pyradiomics 3.0.1's parameter file may be, as its paramSchema.yaml states it. */
export type Rule =
  | { readonly kind: 'boolean' }
  | (Range & { readonly kind: 'whole' | 'number' })
  | (Range & { readonly kind: 'wholes' | 'numbers'; readonly lengths?: readonly [number, number] })
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'interpolator' | 'wavelet' };

interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  /** "nan" is a value too. */
  readonly nan?: boolean;
}

const SETTINGS = {
  minimumROIDimensions: { kind: 'whole', min: 1, max: 3 },
  minimumROISize: { kind: 'whole', above: 0 },
  geometryTolerance: { kind: 'number', above: 0 },
  correctMask: { kind: 'boolean' },
  additionalInfo: { kind: 'boolean' },
  label: { kind: 'whole', above: 0 },
  label_channel: { kind: 'whole', min: 0 },
  binWidth: { kind: 'number', above: 0 },
  binCount: { kind: 'whole', above: 0 },
  normalize: { kind: 'boolean' },
  normalizeScale: { kind: 'number', above: 0 },
  removeOutliers: { kind: 'number', above: 0 },
  resampledPixelSpacing: { kind: 'numbers', min: 0, lengths: [3, 3] },
  interpolator: { kind: 'interpolator' },
  padDistance: { kind: 'whole', min: 0 },
  distances: { kind: 'wholes', above: 0, lengths: [1, 100] },
  force2D: { kind: 'boolean' },
  force2Ddimension: { kind: 'whole', min: 0, max: 2 },
  resegmentRange: { kind: 'numbers', lengths: [1, 2] },
  resegmentMode: { kind: 'choice', choices: ['absolute', 'relative', 'sigma'] },
  resegmentShape: { kind: 'boolean' },
  preCrop: { kind: 'boolean' },
  sigma: { kind: 'numbers', above: 0 },
  start_level: { kind: 'whole', min: 0 },
  level: { kind: 'whole', above: 0 },
  wavelet: { kind: 'wavelet' },
  gradientUseSpacing: { kind: 'boolean' },
  lbp2DRadius: { kind: 'number', above: 0 },
  lbp2DSamples: { kind: 'whole', min: 1 },
  lbp2DMethod: { kind: 'choice', choices: LBP_2D_METHODS },
  lbp3DLevels: { kind: 'whole', min: 1 },
  lbp3DIcosphereRadius: { kind: 'number', above: 0 },
  lbp3DIcosphereSubdivision: { kind: 'whole', min: 0 },
  voxelArrayShift: { kind: 'whole' },
  symmetricalGLCM: { kind: 'boolean' },
  weightingNorm: { kind: 'choice', choices: WEIGHTING_NORMS },
  gldm_a: { kind: 'whole', min: 0 },
} as const satisfies Readonly<Record<string, Rule>>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_RULES: Readonly<Record<SettingName, Rule>> = SETTINGS;

export const VOXEL_SETTING_RULES: Readonly<Record<string, Rule>> = {
  kernelRadius: { kind: 'whole', above: 0 },
  maskedKernel: { kind: 'boolean' },
  initValue: { kind: 'number', nan: true },
  voxelBatch: { kind: 'whole', above: 0 },
};

/** Settings that are applied once for all image types: among an image type's own they change nothing, in pyradiomics too. */
export const ONCE_FOR_ALL: ReadonlySet<string> = new Set<SettingName>([
  'minimumROIDimensions', 'minimumROISize', 'geometryTolerance', 'correctMask', 'additionalInfo', 'label', 'label_channel', 'normalize', 'normalizeScale', 'removeOutliers',
  'resampledPixelSpacing', 'interpolator', 'padDistance', 'resegmentRange', 'resegmentMode', 'resegmentShape', 'preCrop',
]);

/** pyradiomics' interpolators by name, at the place of their number (1-based); those with a value are offered here. */
export const INTERPOLATORS: readonly (readonly [string, 'nearest' | 'linear' | 'b-spline' | null])[] = [
  ['sitkNearestNeighbor', 'nearest'], ['sitkLinear', 'linear'], ['sitkBSpline', 'b-spline'], ['sitkGaussian', null], ['sitkLabelGaussian', null],
  ['sitkHammingWindowedSinc', null], ['sitkCosineWindowedSinc', null], ['sitkWelchWindowedSinc', null], ['sitkLanczosWindowedSinc', null], ['sitkBlackmanWindowedSinc', null],
];
