import { ImageFileError, voxelCount, type Volume } from '@consilium/imaging';
import { quantileType7 } from '@consilium/statistics';
import { foregroundOf, onGridOf } from './foreground.js';
import { landmarksOf, mappedLandmarks, piecewiseMap } from './landmarks.js';

/** How the intensities of an image are brought to a scale that images share, before anything else is done to it. */
export type IntensityNormalisation = { readonly kind: 'z-score' } | { readonly kind: 'nyul'; /** Places of the landmarks on the standard scale. */ readonly scale: ArrayLike<number> };

/** Standard deviations beyond which intensities are cut. */
const FARTHEST = 3;

/** Where the intensities of an image lie: quartiles of head or body without the region, and the mean of the region. */
export interface IntensityFigures {
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly regionMean: number;
}

export interface NormalisedImage {
  readonly image: Volume;
  readonly before: IntensityFigures;
  readonly after: IntensityFigures;
}

/** The image on its new scale, in doubles, with what the scale did to it. The scale comes from head or body without the region (see foregroundOf); every voxel is brought to it. */
export function normaliseIntensity(image: Volume, { mask, label }: { readonly mask: Volume; readonly label: number }, how: IntensityNormalisation): NormalisedImage {
  const foreground = foregroundOf(image, mask, label);
  const map = how.kind === 'z-score' ? standardised(foreground) : piecewiseMap(landmarksOf(foreground), how.scale);
  const data = new Float64Array(voxelCount(image));
  for (let i = 0; i < data.length; i++) data[i] = map(image.data[i]);
  const ascending = foreground.slice().sort();
  const { data: region } = onGridOf(image, mask);
  const inRegion = (values: ArrayLike<number>): number => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < data.length; i++) if (region[i] === label) [sum, count] = [sum + values[i], count + 1];
    return sum / count;
  };
  // No map turns the order of intensities round, so that what ascended ascends.
  return { image: { ...image, pixelType: 'float64', data }, before: { ...quartiles(ascending), regionMean: inRegion(image.data) }, after: { ...quartiles(ascending.map(map)), regionMean: inRegion(data) } };
}

function quartiles(ascending: Float64Array): Omit<IntensityFigures, 'regionMean'> {
  const [lowerQuartile, median, upperQuartile] = [25, 50, 75].map((percent) => quantileType7(ascending, percent, 100)) as [number, number, number];
  return { lowerQuartile, median, upperQuartile };
}

/** An image's landmarks between 0 and 100: its part of the standard scale of Nyúl and Udupa. */
export const standardLandmarks = (image: Volume, mask: Volume, label: number): Float64Array => mappedLandmarks(landmarksOf(foregroundOf(image, mask, label)));

/** (x − mean) / sd of the foreground (sd by n), cut at ± 3. */
function standardised(foreground: Float64Array): (x: number) => number {
  const n = foreground.length;
  let [sum, squares] = [0, 0];
  for (const x of foreground) sum += x;
  const mean = sum / n;
  for (const x of foreground) squares += (x - mean) ** 2;
  const sd = Math.sqrt(squares / n);
  if (!(sd > 0)) throw new ImageFileError('foreground', 'Head or body have one intensity in this image, so it cannot be normalised.');
  return (x) => Math.max(-FARTHEST, Math.min(FARTHEST, (x - mean) / sd));
}
