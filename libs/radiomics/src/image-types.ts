import { isInteger, type Volume } from '@consilium/imaging';
import { fitsLaplacianOfGaussian, laplacianOfGaussian } from './filters/laplacian-of-gaussian.js';
import { localBinaryPattern2d } from './filters/local-binary-pattern-2d.js';
import { localBinaryPattern3d } from './filters/local-binary-pattern-3d.js';
import { applyPointwise, type PointwiseType } from './filters/pointwise.js';
import { waveletBands, type WaveletBand } from './filters/wavelet.js';
import type { PlacedImage } from './filters/window.js';
import type { Workspace } from './kernels/workspace.js';
import type { ImageTypeSettings, Sigma } from './settings.js';

/** An image made from the prepared one, under the name that begins its features' names. */
export interface DerivedImage {
  readonly name: string;
  /** Values of the region's voxels, doubles in the kernels' memory. */
  readonly values: number;
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

const POINTWISE: Readonly<Partial<Record<ImageTypeSettings['type'], PointwiseType>>> = { Square: 'square', SquareRoot: 'squareRoot', Logarithm: 'logarithm', Exponential: 'exponential' };

/** The images of one task, in pyradiomics' order, one at a time: values are there until the next one is asked for. A sigma too large for the image gives none. */
export function* derivedImages(image: Volume, space: Workspace, task: ImageTask): Generator<DerivedImage> {
  const { heap } = space;
  const mark = heap.mark();
  yield* imagesOf(image, space, task);
  heap.release(mark);
}

function* imagesOf(image: Volume, space: Workspace, { settings, part }: ImageTask): Generator<DerivedImage> {
  const { size, spacing } = image;
  const { heap, count: n, region } = space;
  const single = image.pixelType === 'float32';
  const double = (name: string, values: number): DerivedImage => ({ name, values, singlePrecision: false });
  const values = heap.take(8 * n);
  switch (settings.type) {
    case 'Original':
      heap.kernels.gather(space.image, space.sources, n, values);
      yield { name: 'original', values, singlePrecision: single };
      return;
    case 'LoG': {
      if (part.kind !== 'sigma' || !fitsLaplacianOfGaussian(size, spacing, part.sigma.sigma)) return;
      heap.scoped(() => {
        const filtered = laplacianOfGaussian(heap, { at: space.image, size }, { spacing, sigma: part.sigma.sigma, window: region.box });
        heap.kernels.gatherSingle(filtered.at, space.inner, n, values);
      });
      yield { name: `log-sigma-${part.sigma.text.replace('.', '-')}-mm-3D`, values, singlePrecision: true };
      return;
    }
    case 'Wavelet':
      yield* waveletImages(space, { at: space.image, size }, { settings, part });
      return;
    case 'Gradient': {
      const [hx, hy, hz] = (settings.gradientUseSpacing ? spacing : [1, 1, 1]).map((length) => 0.5 / length) as [number, number, number];
      heap.kernels.gradient(space.image, ...size, space.sources, n, hx, hy, hz, values);
      yield { name: 'gradient', values, singlePrecision: true };
      return;
    }
    case 'LBP2D': {
      const patterns = localBinaryPattern2d(image, region.sources, settings.lbp2d);
      heap.doubles(values, n).set(isInteger(image.pixelType) ? patterns.map(Math.trunc) : single ? patterns.map(Math.fround) : patterns);
      yield { name: 'lbp-2D', values, singlePrecision: single };
      return;
    }
    case 'LBP3D': {
      const { levels, kurtosis } = localBinaryPattern3d(space, image, { ...settings.lbp3d, wholeNumbers: isInteger(image.pixelType) });
      for (const [i, level] of levels.entries()) yield double(`lbp-3D-m${i + 1}`, level);
      yield double('lbp-3D-k', kurtosis);
      return;
    }
    default:
      heap.kernels.gather(space.image, space.sources, n, values);
      applyPointwise(heap, POINTWISE[settings.type]!, { at: values, n, largest: heap.kernels.largestMagnitude(space.image, image.data.length) });
      yield double(settings.type.toLowerCase(), values);
  }
}

function* waveletImages({ heap, count, inner, region }: Workspace, image: PlacedImage, { settings, part }: ImageTask): Generator<DerivedImage> {
  const { flatAxis } = settings.features;
  const wanted = (letters: string) => part.kind !== 'bands' || letters.startsWith(part.first);
  const places = new Map<string, number>();
  const placeOf = (name: string) => places.get(name) ?? places.set(name, heap.take(8 * count)).get(name)!;
  const options = { ...settings.wavelet, flatAxis, window: region.box, places: { at: inner, count }, wanted };
  const named = ({ name, values }: WaveletBand): DerivedImage => ({ name: /^\d/.test(name) ? `wavelet${name}` : `wavelet-${name}`, values, singlePrecision: false });
  if (part.kind === 'bands') {
    // The four bands take less memory than the half-filtered images they are made from, which are given back before anything is measured.
    for (const letters of BANDS[flatAxis === null ? 3 : 2].filter(wanted)) placeOf(letters);
    yield* [...waveletBands(heap, image, { ...options, valuesOf: placeOf })].map(named);
  } else {
    const [low, other] = [placeOf('low'), placeOf('other')];
    for (const band of waveletBands(heap, image, { ...options, valuesOf: (letters) => (/H/.test(letters) ? other : low) })) yield named(band);
  }
}

/** Bands of two and of three axes, by their letters. */
const BANDS = { 2: ['LL', 'LH', 'HL', 'HH'], 3: ['LLL', 'LLH', 'LHL', 'LHH', 'HLL', 'HLH', 'HHL', 'HHH'] } as const;
