import type { Interpolator, Triple } from '@consilium/imaging';
import type { Discretisation } from './features/discretise.js';

/** The feature classes, in the order pyradiomics computes them when all are wanted. */
export const FEATURE_CLASSES = ['shape', 'shape2D', 'firstorder', 'glcm', 'gldm', 'glrlm', 'glszm', 'ngtdm'] as const;
export type FeatureClass = (typeof FEATURE_CLASSES)[number];

export type ImageTypeName = 'Original' | 'LoG' | 'Wavelet' | 'Square' | 'SquareRoot' | 'Logarithm' | 'Exponential' | 'Gradient' | 'LBP2D' | 'LBP3D';

/** One image type with the settings that hold for it: its own, over those of all. */
export interface ImageTypeSettings {
  readonly type: ImageTypeName;
  /** LoG: sigma in mm, with the text that names it in features (1.0 is '1-0'). */
  readonly sigmas: readonly { readonly sigma: number; readonly text: string }[];
  readonly wavelet: string;
  readonly gradientUseSpacing: boolean;
  readonly lbp3d: { readonly levels: number; readonly radius: number; readonly subdivisions: number };
  readonly features: FeatureSettings;
}

/** What the feature classes need. */
export interface FeatureSettings {
  readonly discretisation: Discretisation;
  readonly distances: readonly number[];
  readonly gldmAlpha: number;
  readonly symmetricalGlcm: boolean;
  readonly voxelArrayShift: number;
  /** Axis left out of neighbourhoods (0 x, 1 y, 2 z), or null for three dimensions. */
  readonly flatAxis: number | null;
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
  readonly resegment: { readonly range: readonly number[]; readonly mode: 'absolute' | 'relative' | 'sigma'; readonly shape: boolean } | null;
  readonly minimumROIDimensions: number;
  readonly minimumROISize: number | null;
  readonly geometryTolerance: number;
  readonly correctMask: boolean;
}

export interface ExtractionSettings {
  readonly preparation: PreparationSettings;
  readonly imageTypes: readonly ImageTypeSettings[];
  /** Names wanted of each class; null for all that are not deprecated. */
  readonly featureClasses: ReadonlyMap<FeatureClass, readonly string[] | null>;
}
