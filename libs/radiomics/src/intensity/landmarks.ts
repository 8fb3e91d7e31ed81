import { ImageFileError } from '@consilium/imaging';
import { quantileType7 } from '@consilium/statistics';

/** The percentiles whose intensities are the landmarks of an image. */
export const LANDMARK_PERCENTILES = [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99] as const;

/** Intensities at the percentiles, interpolated as numpy does (type 7). Refused where the first and the last are the same. */
export function landmarksOf(foreground: Float64Array): Float64Array {
  const ascending = foreground.slice().sort();
  const found = Float64Array.from(LANDMARK_PERCENTILES, (percent) => quantileType7(ascending, percent, 100));
  if (!(found[found.length - 1] > found[0])) throw new ImageFileError('foreground', 'Head or body have one intensity in this image, so it cannot be normalised.');
  return found;
}

/** Landmarks on a scale on which the first is 0 and the last 100: what images of any unit have in common. */
export function mappedLandmarks(landmarks: Float64Array): Float64Array {
  const [first, last] = [landmarks[0], landmarks[landmarks.length - 1]];
  return landmarks.map((x) => (100 * (x - first)) / (last - first));
}

/**
 * The map that takes an image's landmarks to those of the standard scale: linear between two of them, and beyond the first and last as between the two that are nearest. Landmarks of one
 * intensity count as one, at the mean of their places on the scale.
 *
 * L. G. Nyúl, J. K. Udupa, X. Zhang, "New variants of a method of MRI scale standardization", IEEE Transactions on Medical Imaging 19 (2000), 143-150.
 */
export function piecewiseMap(landmarks: Float64Array, scale: ArrayLike<number>): (x: number) => number {
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0, next = 0; i < landmarks.length; i = next) {
    for (next = i; next < landmarks.length && landmarks[next] === landmarks[i]; next++);
    from.push(landmarks[i]);
    to.push(Array.from({ length: next - i }, (_, k) => scale[i + k]).reduce((sum, place) => sum + place, 0) / (next - i));
  }
  return (x) => {
    let segment = 0;
    while (segment < from.length - 2 && x >= from[segment + 1]) segment++;
    const slope = (to[segment + 1] - to[segment]) / (from[segment + 1] - from[segment]);
    return to[segment] + slope * (x - from[segment]);
  };
}
