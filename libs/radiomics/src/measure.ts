import type { Volume } from '@consilium/imaging';
import { discretise, MOST_BINS, type GreyLevels } from './features/discretise.js';
import type { Features } from './features/features.js';
import { firstOrderFeatures } from './features/first-order.js';
import { glcmFeatures, MOST_GLCM_LEVELS } from './features/glcm.js';
import { gldmFeatures } from './features/gldm.js';
import { glrlmFeatures } from './features/glrlm.js';
import { glszmFeatures } from './features/glszm.js';
import { directions } from './features/neighbourhood.js';
import { ngtdmFeatures } from './features/ngtdm.js';
import type { Region } from './features/region.js';
import { derivedImages, type DerivedImage, type ImageTask } from './image-types.js';
import { FEATURE_NAMES } from './parameters/feature-names.js';
import type { ExtractionSettings, FeatureClass, FeatureSettings } from './settings.js';
import { shapeFeatures } from './shape/shape-features.js';
import { shape2dFeatures } from './shape/shape-2d-features.js';

/** One figure of one image of one region. */
export interface ExtractedFeature {
  /** As pyradiomics names it, for example 'wavelet-LLH_glcm_Contrast'. */
  readonly name: string;
  /** Null where there is none; the reason says why. Never NaN. */
  readonly value: number | null;
  /** The figure is a convention: the region has a single grey level, or a single value. */
  readonly flag?: 'degenerate';
  readonly reason?: string;
}

/** All figures of one derived image. */
export interface ImageResult {
  readonly image: string;
  /** Grey levels that occur; null when there are too many to count. */
  readonly greyLevels: number | null;
  readonly features: readonly ExtractedFeature[];
}

/** One region of one prepared image, with everything a unit of work needs. It can be sent to another thread. */
export interface Measurable {
  readonly image: Volume;
  readonly region: Region;
  readonly shapeRegion: Region;
  readonly settings: ExtractionSettings;
}

/** The figures of the images of one task. */
export function measureTask({ image, region, settings }: Measurable, task: ImageTask): ImageResult[] {
  const results: ImageResult[] = [];
  for (const derived of derivedImages(image, region, task)) results.push(measureImage(derived, region, { settings, of: task.settings.features }));
  return results;
}

/** The figures that depend on the mask alone. */
export function measureShape({ shapeRegion, settings }: Measurable): ExtractedFeature[] {
  return [...settings.featureClasses].flatMap(([name, wanted]) => {
    if (name === 'shape') return listed('original', name, wanted, { features: shapeFeatures(shapeRegion) });
    if (name !== 'shape2D' || settings.shape2dAxis === null) return [];
    const thick = shapeRegion.size[settings.shape2dAxis] - 2 * shapeRegion.margin > 1;
    return listed('original', name, wanted, thick ? { reason: 'the region spans several slices' } : { features: shape2dFeatures(shapeRegion, settings.shape2dAxis) });
  });
}

interface ClassResult {
  readonly features?: Features;
  readonly reason?: string;
  /** Features that are conventions here: all, or those named. */
  readonly degenerate?: boolean | readonly string[];
}

function measureImage(image: DerivedImage, region: Region, { settings, of }: { settings: ExtractionSettings; of: FeatureSettings }): ImageResult {
  const classes = [...settings.featureClasses].filter(([name]) => !name.startsWith('shape'));
  if (!image.values.every(Number.isFinite)) {
    return { image: image.name, greyLevels: null, features: classes.flatMap(([name, wanted]) => listed(image.name, name, wanted, { reason: 'the filtered image holds values that are not numbers' })) };
  }
  const levels = discretise(image.values, region, of.discretisation, image.singlePrecision);
  const features = classes.flatMap(([name, wanted]) => listed(image.name, name, wanted, measureClass(name, { values: image.values, levels, region, of, wanted })));
  return { image: image.name, greyLevels: levels && levels.present.length, features };
}

interface ClassInput {
  readonly values: Float64Array;
  readonly levels: GreyLevels | null;
  readonly region: Region;
  readonly of: FeatureSettings;
  readonly wanted: readonly string[] | null;
}

function measureClass(name: FeatureClass, { values, levels, region, of, wanted }: ClassInput): ClassResult {
  if (name === 'firstorder') {
    const voxelVolume = region.spacing[0] * region.spacing[1] * region.spacing[2];
    const features = firstOrderFeatures(values, levels, { voxelArrayShift: of.voxelArrayShift, voxelVolume });
    return { features, degenerate: features['Range'] === 0 ? ['Skewness', 'Kurtosis'] : false, reason: TOO_MANY_BINS };
  }
  if (!levels) return { reason: TOO_MANY_BINS };
  const features = textureFeatures(name, levels, of, wanted);
  return typeof features === 'string' ? { reason: features } : { features, degenerate: levels.present.length === 1 };
}

const TOO_MANY_BINS = `the bin width gives more than ${MOST_BINS} bins or 65,534 grey levels`;

 
function textureFeatures(name: FeatureClass, levels: GreyLevels, of: FeatureSettings, wanted: readonly string[] | null): Features | string {
  const { region } = levels;
  const near = () => directions(region, [1], of.flatAxis);
  const far = () => directions(region, of.distances, of.flatAxis);
  const adjacent = of.distances.length === 1 && of.distances[0] === 1;
  switch (name) {
    case 'glcm':
      if (levels.present.length > MOST_GLCM_LEVELS) return `the region has ${levels.present.length} grey levels; co-occurrences are counted for up to ${MOST_GLCM_LEVELS}`;
      return glcmFeatures(levels, far(), { symmetrical: of.symmetricalGlcm, maximalCorrelation: wanted?.includes('MCC') ?? true, norm: of.weightingNorm, adjacent }) ?? 'no two voxels of the region are neighbours';
    case 'gldm':
      return gldmFeatures(levels, far(), { alpha: of.gldmAlpha, adjacent });
    case 'glrlm':
      return glrlmFeatures(levels, near(), of.weightingNorm) ?? 'no line holds two voxels of the region';
    case 'glszm':
      return glszmFeatures(levels, near());
    case 'ngtdm':
      return ngtdmFeatures(levels, far(), adjacent ? { flatAxis: of.flatAxis } : null);
    default:
      throw new RangeError(`${name} is no class of texture`);
  }
}

/** The wanted figures of a class under their full names. */
 
function listed(image: string, name: FeatureClass, wanted: readonly string[] | null, { features, reason, degenerate }: ClassResult): ExtractedFeature[] {
  return (wanted ?? FEATURE_NAMES[name]).map((feature): ExtractedFeature => {
    const full = `${image}_${name}_${feature}`;
    const value = features?.[feature];
    if (value === undefined || !Number.isFinite(value)) return { name: full, value: null, reason: value === undefined && reason ? reason : 'the figure is not defined for this region' };
    return degenerate === true || (Array.isArray(degenerate) && degenerate.includes(feature)) ? { name: full, value, flag: 'degenerate' } : { name: full, value };
  });
}
