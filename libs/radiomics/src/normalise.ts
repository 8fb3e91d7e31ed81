import { ImageFileError, voxelCount, type Volume } from '@consilium/imaging';

/**
 * (x − mean) / standard deviation (n − 1) over the whole image, outliers clipped in units of the deviation, times the scale; doubles. As SimpleITK's Normalize, which
 * pyradiomics uses. A constant image is refused.
 */
export function normalise(image: Volume, scale: number, removeOutliers: number | null): Volume {
  const { data } = image;
  const n = voxelCount(image);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += data[i];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (data[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  if (!(deviation > 0)) throw new ImageFileError('constant', 'The image is constant or holds voxels without a number; it cannot be normalised.');
  const result = new Float64Array(n);
  const limit = removeOutliers ?? Infinity;
  for (let i = 0; i < n; i++) {
    const z = (data[i] - mean) / deviation;
    result[i] = (z > limit ? limit : z < -limit ? -limit : z) * scale;
  }
  return { ...image, pixelType: 'float64', data: result };
}
