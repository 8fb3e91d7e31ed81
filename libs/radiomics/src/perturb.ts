import { boundingBox, ImageFileError, indexToPhysical, isInteger, pixelRange, resample, type BoundingBox, type Triple, type Volume } from '@consilium/imaging';
import type { SeededRandom } from '@consilium/numerics';

/** One small change of a case, as another scan or another reader would make. */
export interface Perturbation {
  /** Turn about the slices' normal through the region's centre, degrees. */
  readonly degrees: number;
  /** Shift of the grid, in voxels. */
  readonly shift: Triple;
  /** Standard deviation of the noise, in those of the region. */
  readonly noise: number;
  /** Layers of voxels added to the region (1) or taken off (−1). */
  readonly layers: -1 | 0 | 1;
}

const LARGEST_TURN = 5;
const NOISE = 0.05;

/**
 * Image and mask after a change drawn at random: a turn of up to 5 degrees, a shift of up to half a voxel along each axis, noise of a twentieth of the region's standard
 * deviation, and the region grown or shrunk by one layer, or left. A region that would vanish is left as it is.
 * After A. Zwanenburg et al., "Assessing robustness of radiomic features by image perturbation", Scientific Reports 9:614 (2019).
 */
export function perturbCase(image: Volume, mask: Volume, label: number, random: SeededRandom): { image: Volume; mask: Volume; perturbation: Perturbation } {
  const box = boundingBox(mask, label);
  if (!box) throw new ImageFileError('empty-roi', `Label ${label} is not in the mask.`);
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const perturbation: Perturbation = {
    degrees: between(-LARGEST_TURN, LARGEST_TURN),
    shift: [between(-0.5, 0.5), between(-0.5, 0.5), between(-0.5, 0.5)],
    noise: NOISE,
    layers: (random.integerBelow(3) - 1) as -1 | 0 | 1,
  };
  const grid = movedGrid(mask, box, perturbation);
  const turned = { image: resample(image, grid, { interpolator: 'linear' }), mask: resample(mask, grid, { interpolator: 'nearest' }) };
  const layered = perturbation.layers === 0 ? turned.mask : withLayer(turned.mask, label, perturbation.layers);
  return { image: withNoise(turned.image, turned.mask, { label, noise: perturbation.noise, random }), mask: layered, perturbation };
}

/** The mask's grid turned about its third axis through the centre of the region, and shifted. */
function movedGrid(mask: Volume, { low, high }: BoundingBox, { degrees, shift }: Perturbation): Pick<Volume, 'size' | 'spacing' | 'origin' | 'direction'> {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const { direction, spacing } = mask;
  const turned = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    turned[row * 3] = cos * direction[row * 3] + sin * direction[row * 3 + 1];
    turned[row * 3 + 1] = -sin * direction[row * 3] + cos * direction[row * 3 + 1];
    turned[row * 3 + 2] = direction[row * 3 + 2]!;
  }
  const centre = [0, 1, 2].map((axis) => (low[axis] + high[axis]) / 2) as [number, number, number];
  const [before, after] = [indexToPhysical(mask), indexToPhysical({ spacing, direction: turned })];
  const along = (matrix: Float64Array, row: number, index: Triple) => matrix[row * 3] * index[0] + matrix[row * 3 + 1] * index[1] + matrix[row * 3 + 2] * index[2];
  const moved = centre.map((x, axis) => x + shift[axis]) as [number, number, number];
  const origin = [0, 1, 2].map((row) => mask.origin[row] + along(before, row, centre) - along(after, row, moved)) as [number, number, number];
  return { size: mask.size, spacing, origin, direction: turned };
}

function withNoise(image: Volume, mask: Volume, { label, noise, random }: { label: number; noise: number; random: SeededRandom }): Volume {
  let [n, sum, squares] = [0, 0, 0];
  for (let i = 0; i < image.data.length; i++) {
    if (mask.data[i] !== label) continue;
    n++;
    sum += image.data[i];
    squares += image.data[i] * image.data[i];
  }
  const deviation = n > 1 ? Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) : 0;
  const [low, high] = pixelRange(image.pixelType);
  const whole = isInteger(image.pixelType);
  const data = image.data.slice();
  for (let i = 0; i < data.length; i++) {
    const value = data[i] + noise * deviation * random.normal();
    data[i] = whole ? Math.max(low, Math.min(high, Math.round(value))) : value;
  }
  return { ...image, data };
}

/** The region with one layer of face neighbours more or less; as it was, when nothing would be left. */
function withLayer(mask: Volume, label: number, layers: -1 | 1): Volume {
  const [nx, ny, nz] = mask.size;
  const strides = [1, nx, nx * ny];
  const data = mask.data.slice();
  let left = 0;
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        const inside = mask.data[at] === label;
        if (inside) left++;
        if (inside === (layers === 1) || (!inside && mask.data[at] !== 0)) continue;
        const touches = [x, y, z].some((place, axis) => {
          const [before, after] = [place > 0 ? mask.data[at - strides[axis]] : 0, place < mask.size[axis] - 1 ? mask.data[at + strides[axis]] : 0];
          return layers === 1 ? before === label || after === label : before !== label || after !== label;
        });
        if (!touches) continue;
        data[at] = layers === 1 ? label : 0;
        if (layers === -1) left--;
      }
    }
  }
  return left < 2 ? mask : { ...mask, data };
}
