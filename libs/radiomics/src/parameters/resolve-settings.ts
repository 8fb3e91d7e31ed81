import type { Interpolator } from '@consilium/imaging';
import { FEATURE_CLASSES, type ExtractionSettings, type FeatureClass, type FeatureSettings, type ImageTypeName, type ImageTypeSettings, type Lbp2dSettings, type PreparationSettings, type ResegmentSettings, type WeightingNorm } from '../settings.js';
import type { ParameterNumber, ParameterValue } from './read-value.js';
import type { SettingName } from './setting-rules.js';

/** Settings given at one place of a file: the general ones, or an image type's own. */
export type OwnSettings = ReadonlyMap<string, ParameterValue>;

/** Settings of a place over those of another; a null counts as not set. */
class Given {
  private readonly places: readonly OwnSettings[];

  constructor(...places: readonly OwnSettings[]) {
    this.places = places;
  }

  number(name: SettingName, otherwise: number): number {
    return this.find<ParameterNumber>(name)?.value ?? otherwise;
  }

  optionalNumber(name: SettingName): number | null {
    return this.find<ParameterNumber>(name)?.value ?? null;
  }

  flag(name: SettingName, otherwise: boolean): boolean {
    return this.find<boolean>(name) ?? otherwise;
  }

  text<T extends string>(name: SettingName, otherwise: T): T {
    return this.find<T>(name) ?? otherwise;
  }

  numbers(name: SettingName): readonly ParameterNumber[] | null {
    return this.find<readonly ParameterNumber[]>(name) ?? null;
  }

  /** Whether the last place that names the setting sets it to null. */
  isNull(name: SettingName): boolean {
    return this.places.find((place) => place.has(name))?.get(name) === null;
  }

  private find<T extends ParameterValue>(name: SettingName): T | undefined {
    return (this.places.find((place) => place.has(name))?.get(name) ?? undefined) as T | undefined;
  }
}

/** pyradiomics 3.0.1's defaults under the settings of a file. */
export function resolveSettings(
  general: OwnSettings,
  imageTypes: readonly (readonly [ImageTypeName, OwnSettings])[],
  featureClasses: ReadonlyMap<FeatureClass, readonly string[] | null>,
): { settings: ExtractionSettings; additionalInfo: boolean } {
  const given = new Given(general);
  const types = imageTypes.length > 0 ? imageTypes : ([['Original', new Map()]] as const);
  return {
    additionalInfo: given.flag('additionalInfo', true),
    settings: {
      preparation: preparationOf(given),
      imageTypes: types.map(([type, own]) => imageTypeOf(type, new Given(own, general))),
      featureClasses: featureClasses.size > 0 ? featureClasses : new Map(FEATURE_CLASSES.map((name) => [name, null])),
      shape2dAxis: flatAxis(given),
    },
  };
}

function preparationOf(given: Given): PreparationSettings {
  const spacing = given.isNull('interpolator') ? null : given.numbers('resampledPixelSpacing');
  return {
    label: given.number('label', 1),
    resampledPixelSpacing: spacing && [spacing[0].value, spacing[1].value, spacing[2].value],
    interpolator: given.text<Interpolator>('interpolator', 'b-spline'),
    padDistance: given.number('padDistance', 5),
    preCrop: given.flag('preCrop', false),
    normalize: given.flag('normalize', false) ? { scale: given.number('normalizeScale', 1), removeOutliers: given.optionalNumber('removeOutliers') } : null,
    resegment: resegmentOf(given),
    minimumROIDimensions: given.number('minimumROIDimensions', 2),
    minimumROISize: given.optionalNumber('minimumROISize'),
    geometryTolerance: given.optionalNumber('geometryTolerance'),
    correctMask: given.flag('correctMask', false),
  };
}

function resegmentOf(given: Given): ResegmentSettings | null {
  const range = given.numbers('resegmentRange');
  return range && { range: range.map(({ value }) => value), mode: given.text('resegmentMode', 'absolute'), shape: given.flag('resegmentShape', false) };
}

/** force2Ddimension counts the axes from the slowest: 0 is z. */
const sliceAxis = (given: Given) => (2 - given.number('force2Ddimension', 0)) as 0 | 1 | 2;

const flatAxis = (given: Given): 0 | 1 | 2 | null => (given.flag('force2D', false) ? sliceAxis(given) : null);

function imageTypeOf(type: ImageTypeName, given: Given): ImageTypeSettings {
  const binCount = given.optionalNumber('binCount');
  const features: FeatureSettings = {
    discretisation: binCount === null ? { binWidth: given.number('binWidth', 25) } : { binCount },
    distances: given.numbers('distances')?.map(({ value }) => value) ?? [1],
    gldmAlpha: given.number('gldm_a', 0),
    symmetricalGlcm: given.flag('symmetricalGLCM', true),
    weightingNorm: given.text<WeightingNorm | ''>('weightingNorm', '') || null,
    voxelArrayShift: given.number('voxelArrayShift', 0),
    flatAxis: flatAxis(given),
  };
  return {
    type,
    features,
    sigmas: given.numbers('sigma')?.map(({ value, text }) => ({ sigma: value, text })) ?? [],
    wavelet: { name: given.text('wavelet', 'coif1'), levels: given.number('level', 1), startLevel: given.number('start_level', 0) },
    gradientUseSpacing: given.flag('gradientUseSpacing', true),
    lbp2d: { radius: given.number('lbp2DRadius', 1), samples: given.number('lbp2DSamples', 8), method: given.text<Lbp2dSettings['method']>('lbp2DMethod', 'uniform'), axis: sliceAxis(given) },
    lbp3d: { levels: given.number('lbp3DLevels', 2), radius: given.number('lbp3DIcosphereRadius', 1), subdivisions: given.number('lbp3DIcosphereSubdivision', 1) },
  };
}
