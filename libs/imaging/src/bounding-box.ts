import type { Triple, Volume } from './volume.js';

/** First and last index along each axis, both inside. */
export interface BoundingBox {
  readonly low: Triple;
  readonly high: Triple;
}

/** The smallest box around the voxels that equal the label, or null when there is none. */
export function boundingBox({ data, size }: Pick<Volume, 'data' | 'size'>, label: number): BoundingBox | null {
  const [nx, ny, nz] = size;
  const low: [number, number, number] = [nx, ny, nz];
  const high: [number, number, number] = [-1, -1, -1];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      const first = data.indexOf(label, row);
      if (first < 0) return high[0] < 0 ? null : { low, high };
      if (first >= row + nx) {
        // The next voxel of the label lies in a later row: go on there.
        const next = Math.floor(first / nx);
        z = Math.floor(next / ny);
        y = (next % ny) - 1;
        continue;
      }
      const last = data.lastIndexOf(label, row + nx - 1);
      low[0] = Math.min(low[0], first - row);
      high[0] = Math.max(high[0], last - row);
      low[1] = Math.min(low[1], y);
      high[1] = Math.max(high[1], y);
      low[2] = Math.min(low[2], z);
      high[2] = Math.max(high[2], z);
    }
  }
  return high[0] < 0 ? null : { low, high };
}

export const boxSize = ({ low, high }: BoundingBox): [number, number, number] => [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1];
