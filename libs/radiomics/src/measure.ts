import type { Volume } from '@consilium/imaging';
import { discretise, MOST_BINS, type GreyLevels, type RegionValues } from './features/discretise.js';
import type { Features } from './features/features.js';
import { firstOrderFeatures } from './features/first-order.js';
import { glcmFeatures, MOST_GLCM_LEVELS } from './features/glcm.js';
import { gldmFeatures } from './features/gldm.js';
import { glrlmFeatures } from './features/glrlm.js';
import { glszmFeatures } from './features/glszm.js';
import { directions, type Direction } from './features/neighbourhood.js';
import { ngtdmFeatures } from './features/ngtdm.js';
import { pairScan, type PairScan } from './features/pair-scan.js';
import type { Region } from './features/region.js';
import { derivedImages, type DerivedImage, type ImageTask } from './image-types.js';
import { workspaceOf, type Workspace } from './kernels/workspace.js';
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
  const space = workspaceOf(image, region);
  return space.heap.scoped(() => {
    const results: ImageResult[] = [];
    for (const derived of derivedImages(image, space, task)) results.push(space.heap.scoped(() => measureImage(derived, space, { settings, of: task.settings.features })));
    return results;
  });
}

/** The figures that depend on the mask alone. */
export function measureShape({ shapeRegion, settings }: Pick<Measurable, 'shapeRegion' | 'settings'>): ExtractedFeature[] {
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

function measureImage(image: DerivedImage, space: Workspace, { settings, of }: { settings: ExtractionSettings; of: FeatureSettings }): ImageResult {
  const classes = [...settings.featureClasses].filter(([name]) => !name.startsWith('shape'));
  const values = rangeOf(image.values, space);
  if (!values) return { image: image.name, greyLevels: null, features: classes.flatMap(([name, wanted]) => listed(image.name, name, wanted, { reason: 'the filtered image holds values that are not numbers' })) };
  const levels = discretise(space, values, of.discretisation, image.singlePrecision);
  const pairs = levels && pairsOf(levels, of, classes.map(([name]) => name));
  const features = classes.flatMap(([name, wanted]) => listed(image.name, name, wanted, measureClass(name, { space, values, levels, pairs, of, wanted })));
  return { image: image.name, greyLevels: levels && levels.present.length, features };
}

/** Null when any value is no finite number. */
function rangeOf(at: number, { heap, count }: Workspace): RegionValues | null {
  return heap.scoped(() => {
    const out = heap.take(16);
    if (heap.kernels.extremes(at, count, out) === 0) return null;
    const [minimum, maximum] = heap.doubles(out, 2) as unknown as [number, number];
    return { at, minimum, maximum };
  });
}

/** Neighbours at distance 1, those at the distances asked for, and what one scan of pairs finds when these are the same. */
interface Pairs {
  readonly near: readonly Direction[];
  readonly far: readonly Direction[];
  readonly adjacent: boolean;
  readonly scan: PairScan | null;
}

const SCANNED: readonly FeatureClass[] = ['glcm', 'gldm', 'glrlm'];

function pairsOf(levels: GreyLevels, { distances, flatAxis }: FeatureSettings, classes: readonly FeatureClass[]): Pairs {
  const near = directions(levels.space.region, [1], flatAxis);
  const adjacent = distances.length === 1 && distances[0] === 1;
  const scanned = adjacent && classes.some((name) => SCANNED.includes(name));
  return { near, adjacent, far: adjacent ? near : directions(levels.space.region, distances, flatAxis), scan: scanned ? pairScan(levels, near) : null };
}

interface ClassInput {
  readonly space: Workspace;
  readonly values: RegionValues;
  readonly levels: GreyLevels | null;
  readonly pairs: Pairs | null;
  readonly of: FeatureSettings;
  readonly wanted: readonly string[] | null;
}

function measureClass(name: FeatureClass, { space, values, levels, pairs, of, wanted }: ClassInput): ClassResult {
  if (name === 'firstorder') {
    const { spacing } = space.region;
    const features = firstOrderFeatures(space, values, levels, { voxelArrayShift: of.voxelArrayShift, voxelVolume: spacing[0] * spacing[1] * spacing[2] });
    return { features, degenerate: features['Range'] === 0 ? ['Skewness', 'Kurtosis'] : false, reason: TOO_MANY_BINS };
  }
  if (!levels || !pairs) return { reason: TOO_MANY_BINS };
  const features = textureFeatures(name, { levels, pairs, of, wanted });
  return typeof features === 'string' ? { reason: features } : { features, degenerate: levels.present.length === 1 };
}

const TOO_MANY_BINS = `the bin width gives more than ${MOST_BINS} bins or 65,534 grey levels`;

type TextureInput = Pick<ClassInput, 'of' | 'wanted'> & { readonly levels: GreyLevels; readonly pairs: Pairs };

function textureFeatures(name: FeatureClass, { levels, pairs: { near, far, adjacent, scan }, of, wanted }: TextureInput): Features | string {
  switch (name) {
    case 'glcm':
      if (levels.present.length > MOST_GLCM_LEVELS) return `the region has ${levels.present.length} grey levels; co-occurrences are counted for up to ${MOST_GLCM_LEVELS}`;
      return glcmFeatures(levels, far, { symmetrical: of.symmetricalGlcm, maximalCorrelation: wanted?.includes('MCC') ?? true, norm: of.weightingNorm, scan }) ?? 'no two voxels of the region are neighbours';
    case 'gldm':
      return gldmFeatures(levels, far, { alpha: of.gldmAlpha, scan });
    case 'glrlm':
      return glrlmFeatures(levels, near, { norm: of.weightingNorm, scan }) ?? 'no line holds two voxels of the region';
    case 'glszm':
      return glszmFeatures(levels, near);
    case 'ngtdm':
      return ngtdmFeatures(levels, far, adjacent ? { flatAxis: of.flatAxis } : null);
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
