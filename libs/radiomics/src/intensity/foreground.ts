import { ImageFileError, resample, sameGrid, voxelCount, type Triple, type Volume } from '@consilium/imaging';
import { otsuThreshold } from './otsu.js';

/** Fewer voxels say nothing of a head or a body. */
const FEWEST_VOXELS = 100;
const TOLERANCE = { origin: 1e-3, spacing: 1e-3, direction: 1e-3 };

/**
 * The intensities of head or body: the largest connected component of the voxels above Otsu's threshold, without the voxels of the region that is to be measured. These take no part in the
 * threshold either and count as inside where components are joined, so that no tumour changes the scale it is read on. Refused where there is no foreground, as in an image that is cut to the
 * region.
 */
export function foregroundOf(image: Volume, mask: Volume, label: number): Float64Array {
  const region = onGridOf(image, mask);
  const n = voxelCount(image);
  const outside = new Float64Array(n);
  let others = 0;
  for (let i = 0; i < n; i++) if (region.data[i] !== label) outside[others++] = image.data[i];
  const threshold = otsuThreshold(outside.subarray(0, others));
  const bright = new Uint8Array(n);
  for (let i = 0; i < n; i++) if (image.data[i] > threshold || region.data[i] === label) bright[i] = 1;
  const inside = largestComponent(bright, image.size);
  let count = 0;
  for (let i = 0; i < n; i++) if (inside[i] === 1 && region.data[i] !== label) outside[count++] = image.data[i];
  if (count < FEWEST_VOXELS) throw new ImageFileError('foreground', `The image has fewer than ${FEWEST_VOXELS} bright voxels outside the region, so its intensities cannot be normalised.`);
  return outside.subarray(0, count);
}

/** The mask on the image's grid. */
export const onGridOf = (image: Volume, mask: Volume): Volume => (sameGrid(image, mask, TOLERANCE) ? mask : resample(mask, image, { interpolator: 'nearest' }));

/** Of the voxels that are 1, those of the largest group in which each touches another by a face; of equally large groups the first in the order of voxels. */
export function largestComponent(inside: Uint8Array, size: Triple): Uint8Array {
  const [nx, ny, nz] = size;
  const layer = nx * ny;
  const component = new Int32Array(inside.length);
  const stack = new Int32Array(inside.length);
  let [components, largest, most] = [0, 0, 0];
  for (let start = 0; start < inside.length; start++) {
    if (inside[start] !== 1 || component[start] !== 0) continue;
    let [height, count] = [0, 0];
    const visit = (at: number) => {
      if (inside[at] !== 1 || component[at] !== 0) return;
      component[at] = components;
      stack[height++] = at;
    };
    components++;
    visit(start);
    while (height > 0) {
      const at = stack[--height];
      count++;
      const [x, y, z] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / layer)];
      if (x > 0) visit(at - 1);
      if (x < nx - 1) visit(at + 1);
      if (y > 0) visit(at - nx);
      if (y < ny - 1) visit(at + nx);
      if (z > 0) visit(at - layer);
      if (z < nz - 1) visit(at + layer);
    }
    if (count > most) [largest, most] = [components, count];
  }
  return Uint8Array.from(component, (own) => (most > 0 && own === largest ? 1 : 0));
}
