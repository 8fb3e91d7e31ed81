import type { Interpolator, Triple } from '@consilium/imaging';
import type { Discretisation } from './features/discretise.js';

/** The feature classes, in the order pyradiomics computes them when all are wanted. */
export const FEATURE_CLASSES = ['firstorder', 'glcm', 'gldm', 'glrlm', 'glszm', 'ngtdm', 'shape', 'shape2D'] as const;
export type FeatureClass = (typeof FEATURE_CLASSES)[number];

export const IMAGE_TYPES = ['Original', 'LoG', 'Wavelet', 'Square', 'SquareRoot', 'Logarithm', 'Exponential', 'Gradient', 'LBP2D', 'LBP3D'] as const;
export type ImageTypeName = (typeof IMAGE_TYPES)[number];

export const WEIGHTING_NORMS = ['manhattan', 'euclidean', 'infinity', 'no_weighting'] as const;
export type WeightingNorm = (typeof WEIGHTING_NORMS)[number];

/** One image type with the settings that hold for it: its own, over those of all. */
export interface ImageTypeSettings {
  readonly type: ImageTypeName;
  /** LoG: sigma in mm, with the text that names it in features (1.0 is '1-0'). */
  readonly sigmas: readonly Sigma[];
  readonly wavelet: WaveletSettings;
  readonly gradientUseSpacing: boolean;
  readonly lbp2d: Lbp2dSettings;
  readonly lbp3d: { readonly levels: number; readonly radius: number; readonly subdivisions: number };
  readonly features: FeatureSettings;
}

export interface Sigma {
  readonly sigma: number;
  readonly text: string;
}

export interface WaveletSettings {
  /** As PyWavelets names it. */
  readonly name: string;
  /** How many levels give images, from `startLevel` (0-based) on. */
  readonly levels: number;
  readonly startLevel: number;
}

export const LBP_2D_METHODS = ['default', 'ror', 'uniform', 'var'] as const;

export interface Lbp2dSettings {
  /** Pixels. */
  readonly radius: number;
  readonly samples: number;
  readonly method: (typeof LBP_2D_METHODS)[number];
  /** The axis across the slices that are filtered: 0 x, 1 y, 2 z. */
  readonly axis: 0 | 1 | 2;
}

/** What the feature classes need. */
export interface FeatureSettings {
  readonly discretisation: Discretisation;
  readonly distances: readonly number[];
  readonly gldmAlpha: number;
  readonly symmetricalGlcm: boolean;
  /** How GLCM and GLRLM join their directions: null averages features, a norm weights and adds the matrices. */
  readonly weightingNorm: WeightingNorm | null;
  readonly voxelArrayShift: number;
  /** Axis left out of neighbourhoods (0 x, 1 y, 2 z), or null for three dimensions. */
  readonly flatAxis: 0 | 1 | 2 | null;
}

/** What happens to image and mask before any filter. */
export interface PreparationSettings {
  readonly label: number;
  /** Millimetres; 0 keeps an axis; null resamples nothing. */
  readonly resampledPixelSpacing: Triple | null;
  readonly interpolator: Interpolator;
  readonly padDistance: number;
  readonly preCrop: boolean;
  readonly normalize: { readonly scale: number; readonly removeOutliers: number | null } | null;
  readonly resegment: ResegmentSettings | null;
  readonly minimumROIDimensions: number;
  readonly minimumROISize: number | null;
  /** Largest difference of image and mask, in units of the first spacing, as ITK takes it; null for the platform's own rule. */
  readonly geometryTolerance: number | null;
  readonly correctMask: boolean;
}

export interface ResegmentSettings {
  /** One threshold (at least) or two (a closed range). */
  readonly range: readonly number[];
  readonly mode: 'absolute' | 'relative' | 'sigma';
  /** Shape is measured on the resegmented mask too. */
  readonly shape: boolean;
}

export interface ExtractionSettings {
  readonly preparation: PreparationSettings;
  readonly imageTypes: readonly ImageTypeSettings[];
  /** Names wanted of each class, in their order; null for all that are not deprecated. */
  readonly featureClasses: ReadonlyMap<FeatureClass, readonly string[] | null>;
  /** The axis along which a region measured by shape2D is one voxel thick. */
  readonly shape2dAxis: 0 | 1 | 2 | null;
}
