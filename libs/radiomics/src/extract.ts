import { boxSize, type Triple, type Volume } from '@consilium/imaging';
import { discretise } from './features/discretise.js';
import type { Features } from './features/features.js';
import { firstOrderFeatures } from './features/first-order.js';
import { glcmFeatures } from './features/glcm.js';
import { gldmFeatures } from './features/gldm.js';
import { glrlmFeatures } from './features/glrlm.js';
import { glszmFeatures } from './features/glszm.js';
import { directions } from './features/neighbourhood.js';
import { ngtdmFeatures } from './features/ngtdm.js';
import { packRegion, readValues, type Region } from './features/region.js';
import { derivedImages, type DerivedImage } from './image-types.js';
import { prepareCase } from './prepare.js';
import type { ExtractionSettings, FeatureClass, FeatureSettings } from './settings.js';
import { shapeFeatures } from './shape/shape-features.js';

/** Features left out unless named: pyradiomics calls them deprecated or redundant. */
const ONLY_WHEN_NAMED: Readonly<Partial<Record<FeatureClass, readonly string[]>>> = {
  shape: ['Compactness1', 'Compactness2', 'SphericalDisproportion'],
  firstorder: ['StandardDeviation'],
};

/** Every feature of one label of one case, by its pyradiomics name, in pyradiomics' order of image types. */
export function extractFeatures(image: Volume, mask: Volume, settings: ExtractionSettings): Map<string, number> {
  const { label } = settings.preparation;
  const prepared = prepareCase(image, mask, settings.preparation);
  const region = packRegion(prepared.mask, label, prepared.box, margin(settings));
  const size = boxSize(prepared.box);
  const inside = Uint8Array.from(prepared.mask.data, (value) => (value === label ? 1 : 0));
  const found = new Map<string, number>();
  if (settings.featureClasses.has('shape')) collect(found, 'original_shape', wanted(settings, 'shape', shapeFeatures(region)));
  for (const imageType of settings.imageTypes) {
    for (const derived of derivedImages(prepared.image, inside, imageType)) {
      for (const [name, features] of imageFeatures(derived, region, size, { settings, of: imageType.features })) collect(found, `${derived.name}_${name}`, features);
    }
  }
  return found;
}

const margin = (settings: ExtractionSettings): number => Math.max(1, ...settings.imageTypes.flatMap(({ features }) => features.distances));

function imageFeatures(image: DerivedImage, region: Region, size: Triple, { settings, of }: { settings: ExtractionSettings; of: FeatureSettings }): [FeatureClass, Features][] {
  const values = readValues(image.data, region);
  const levels = discretise(values, region, of.discretisation, image.singlePrecision);
  const stepsAt = (distances: readonly number[]) => directions(distances, of.flatAxis, size).map(([x, y, z]) => x + region.strides[1] * y + region.strides[2] * z);
  const [near, far] = [stepsAt([1]), stepsAt(of.distances)];
  const maximalCorrelation = settings.featureClasses.get('glcm')?.includes('MCC') ?? true;
  const voxelVolume = region.spacing[0] * region.spacing[1] * region.spacing[2];
  const compute: Readonly<Partial<Record<FeatureClass, () => Features | null>>> = {
    firstorder: () => firstOrderFeatures(values, levels, { voxelArrayShift: of.voxelArrayShift, voxelVolume }),
    glcm: () => glcmFeatures(levels, far, { symmetrical: of.symmetricalGlcm, maximalCorrelation }),
    gldm: () => gldmFeatures(levels, far, of.gldmAlpha),
    glrlm: () => glrlmFeatures(levels, near),
    glszm: () => glszmFeatures(levels, near),
    ngtdm: () => ngtdmFeatures(levels, far),
  };
  const results: [FeatureClass, Features][] = [];
  for (const [name] of settings.featureClasses) {
    const features = compute[name]?.();
    if (features) results.push([name, wanted(settings, name, features)]);
  }
  return results;
}

function wanted({ featureClasses }: ExtractionSettings, name: FeatureClass, features: Features): Features {
  const names = featureClasses.get(name);
  const left = Object.entries(features).filter(([feature]) => (names ? names.includes(feature) : !ONLY_WHEN_NAMED[name]?.includes(feature)));
  return Object.fromEntries(left);
}

function collect(found: Map<string, number>, prefix: string, features: Features): void {
  for (const [name, value] of Object.entries(features)) found.set(`${prefix}_${name}`, value);
}
