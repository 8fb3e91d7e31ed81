import { isInteger, type Volume } from '@consilium/imaging';
import { readValues, type Region } from './features/region.js';
import { gradientMagnitude } from './filters/gradient-magnitude.js';
import { fitsLaplacianOfGaussian, laplacianOfGaussian } from './filters/laplacian-of-gaussian.js';
import { localBinaryPattern2d } from './filters/local-binary-pattern-2d.js';
import { localBinaryPattern3d } from './filters/local-binary-pattern-3d.js';
import { exponential, largestMagnitude, logarithm, square, squareRoot } from './filters/pointwise.js';
import { waveletBands } from './filters/wavelet.js';
import type { ImageTypeSettings, Sigma } from './settings.js';

/** An image made from the prepared one, under the name that begins its features' names. */
export interface DerivedImage {
  readonly name: string;
  /** Values of the region's voxels. */
  readonly values: Float64Array;
  /** The values are single precision, which decides the first edge of the bins. */
  readonly singlePrecision: boolean;
}

/** Images of one type that are made together: one unit of work. */
export interface ImageTask {
  readonly settings: ImageTypeSettings;
  /** Names of its images where they are known beforehand, in the order of the results. */
  readonly part: { readonly kind: 'all' } | { readonly kind: 'sigma'; readonly sigma: Sigma } | { readonly kind: 'bands'; readonly first: 'L' | 'H' };
}

/** The units of work of some image types. Wavelets of one level are two: those that begin with a low-pass and those with a high-pass along x. */
export function imageTasks(imageTypes: readonly ImageTypeSettings[]): ImageTask[] {
  return imageTypes.flatMap((settings): ImageTask[] => {
    if (settings.type === 'LoG') return settings.sigmas.map((sigma) => ({ settings, part: { kind: 'sigma', sigma } }));
    if (settings.type === 'Wavelet' && settings.wavelet.levels === 1) return (['L', 'H'] as const).map((first) => ({ settings, part: { kind: 'bands', first } }));
    return [{ settings, part: { kind: 'all' } }];
  });
}

/** The place of a task's images among those of its type: pyradiomics gives LLL after HHH. */
export const isLastOfItsType = (name: string): boolean => /^wavelet\d*-L+$/.test(name);

const POINTWISE = { Square: square, SquareRoot: squareRoot, Logarithm: logarithm, Exponential: exponential };

/** The images of one task, in pyradiomics' order, one at a time. A sigma too large for the image gives none. */
export function* derivedImages(image: Volume, region: Region, { settings, part }: ImageTask): Generator<DerivedImage> {
  const { data, size, spacing } = image;
  const single = image.pixelType === 'float32';
  const double = (name: string, values: Float64Array): DerivedImage => ({ name, values, singlePrecision: false });
  switch (settings.type) {
    case 'Original':
      yield { name: 'original', values: readValues(data, region), singlePrecision: single };
      return;
    case 'LoG': {
      if (part.kind !== 'sigma' || !fitsLaplacianOfGaussian(size, spacing, part.sigma.sigma)) return;
      const values = readValues(laplacianOfGaussian(data, size, { spacing, sigma: part.sigma.sigma, window: region.box }), region);
      yield { name: `log-sigma-${part.sigma.text.replace('.', '-')}-mm-3D`, values, singlePrecision: true };
      return;
    }
    case 'Wavelet': {
      const wanted = (letters: string) => part.kind !== 'bands' || letters.startsWith(part.first);
      const bands = waveletBands(data, size, { ...settings.wavelet, flatAxis: settings.features.flatAxis, window: region.box, wanted });
      for (const { name, image: band } of bands) yield double(/^\d/.test(name) ? `wavelet${name}` : `wavelet-${name}`, readValues(band, region));
      return;
    }
    case 'Square':
    case 'SquareRoot':
    case 'Logarithm':
    case 'Exponential':
      yield double(settings.type.toLowerCase(), POINTWISE[settings.type]({ values: readValues(data, region), largest: largestMagnitude(data) }));
      return;
    case 'Gradient':
      yield { name: 'gradient', values: gradientMagnitude(data, size, { sources: region.sources, spacing: settings.gradientUseSpacing ? spacing : [1, 1, 1] }), singlePrecision: true };
      return;
    case 'LBP2D': {
      const values = localBinaryPattern2d(image, region.sources, settings.lbp2d);
      yield { name: 'lbp-2D', values: isInteger(image.pixelType) ? values.map(Math.trunc) : single ? values.map(Math.fround) : values, singlePrecision: single };
      return;
    }
    case 'LBP3D': {
      const { levels, kurtosis } = localBinaryPattern3d(image, region, { ...settings.lbp3d, wholeNumbers: isInteger(image.pixelType) });
      for (const [i, level] of levels.entries()) yield double(`lbp-3D-m${i + 1}`, level);
      yield double('lbp-3D-k', kurtosis);
      return;
    }
  }
}
