import { isInteger, type Volume } from '@consilium/imaging';
import { gradientMagnitude } from './filters/gradient-magnitude.js';
import { fitsLaplacianOfGaussian, laplacianOfGaussian } from './filters/laplacian-of-gaussian.js';
import { localBinaryPattern3d } from './filters/local-binary-pattern-3d.js';
import { exponential, logarithm, square, squareRoot } from './filters/pointwise.js';
import { waveletBands } from './filters/wavelet.js';
import type { ImageTypeSettings } from './settings.js';

/** An image made from the prepared one, under the name that begins its features' names. */
export interface DerivedImage {
  readonly name: string;
  readonly data: ArrayLike<number>;
  /** The values are single precision, which decides the first edge of the bins. */
  readonly singlePrecision: boolean;
}

/** The images of one type, in pyradiomics' order, one at a time. A sigma too large for the image gives none. */
export function* derivedImages(image: Volume, region: Uint8Array, settings: ImageTypeSettings): Generator<DerivedImage> {
  const { data, size, spacing } = image;
  const double = (name: string, values: ArrayLike<number>): DerivedImage => ({ name, data: values, singlePrecision: false });
  switch (settings.type) {
    case 'Original':
      yield { name: 'original', data, singlePrecision: image.pixelType === 'float32' };
      return;
    case 'LoG':
      for (const { sigma, text } of settings.sigmas) {
        if (fitsLaplacianOfGaussian(size, spacing, sigma)) yield { name: `log-sigma-${text.replace('.', '-')}-mm-3D`, data: laplacianOfGaussian(data, size, spacing, sigma), singlePrecision: true };
      }
      return;
    case 'Wavelet':
      for (const { name, image: band } of waveletBands(data, size, { wavelet: settings.wavelet, force2D: settings.features.flatAxis !== null })) yield double(`wavelet-${name}`, band);
      return;
    case 'Square':
      return yield double('square', square(data));
    case 'SquareRoot':
      return yield double('squareroot', squareRoot(data));
    case 'Logarithm':
      return yield double('logarithm', logarithm(data));
    case 'Exponential':
      return yield double('exponential', exponential(data));
    case 'Gradient':
      return yield { name: 'gradient', data: gradientMagnitude(data, size, settings.gradientUseSpacing ? spacing : [1, 1, 1]), singlePrecision: true };
    case 'LBP3D': {
      const { levels, kurtosis } = localBinaryPattern3d(image, region, { ...settings.lbp3d, wholeNumbers: isInteger(image.pixelType) });
      for (const [i, level] of levels.entries()) yield double(`lbp-3D-m${i + 1}`, level);
      return yield double('lbp-3D-k', kurtosis);
    }
    case 'LBP2D':
      throw new RangeError('LBP2D is not an image type of this extractor yet');
  }
}
