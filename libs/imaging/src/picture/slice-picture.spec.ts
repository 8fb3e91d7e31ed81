import { describe, expect, it } from 'vitest';
import type { Volume } from '../volume.js';
import { planeAxes } from './anatomical-planes.js';
import { bestSlices, greyWindow, slicePicture } from './slice-picture.js';

const SIZE = [4, 3, 2] as const;

/** Each voxel holds 100 z + 10 y + x. */
function numbered(direction = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)): Volume {
  const data = new Float64Array(24).map((_, i) => 100 * Math.floor(i / 12) + 10 * (Math.floor(i / 4) % 3) + (i % 4));
  return { size: SIZE, spacing: [1, 2, 5], origin: [0, 0, 0], direction, pixelType: 'float64', data };
}

const marked = (at: (x: number, y: number, z: number) => boolean): Volume => ({ ...numbered(), pixelType: 'uint8', data: new Uint8Array(24).map((_, i) => (at(i % 4, Math.floor(i / 4) % 3, Math.floor(i / 12)) ? 1 : 0)) });

const window = { low: 0, high: 255 };
const shown = (volume: Volume, plane: 'axial' | 'coronal' | 'sagittal', index: number) => Array.from(slicePicture(volume, null, { plane, index, label: 1, window }).grey);

describe('a slice of an image', () => {
  it('is axial as it lies, coronal and sagittal with the head on top', () => {
    expect(shown(numbered(), 'axial', 1)).toEqual([100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123]);
    expect(shown(numbered(), 'coronal', 2)).toEqual([120, 121, 122, 123, 20, 21, 22, 23]);
    expect(shown(numbered(), 'sagittal', 3)).toEqual([103, 113, 123, 3, 13, 23]);
  });

  it('is the same picture of the patient however the grid is turned', () => {
    // Voxel axes: x runs to the right of the patient (against L), y upwards, z to the front (against P).
    const turned = numbered(Float64Array.of(-1, 0, 0, 0, 0, -1, 0, 1, 0));
    expect(planeAxes(turned, 'axial')).toMatchObject({ through: 1, width: 4, height: 2, count: 3, pixel: [1, 5] });
    // Left of the patient is on the right of the picture, the back at the bottom.
    expect(shown(turned, 'axial', 0)).toEqual([103, 102, 101, 100, 3, 2, 1, 0]);
    expect(shown(turned, 'coronal', 1).slice(0, 4)).toEqual([123, 122, 121, 120]);
  });

  it('gives each patient axis one voxel axis where the grid is oblique', () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const oblique = numbered(Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1));
    expect(new Set((['axial', 'coronal', 'sagittal'] as const).map((plane) => planeAxes(oblique, plane).through)).size).toBe(3);
  });

  it('has the outline of the region along the edges of its pixels, closed and also at the border', () => {
    const { outline, count } = slicePicture(numbered(), marked((x, y, z) => z === 1 && x < 2 && y === 1), { plane: 'axial', index: 1, label: 1, window });
    expect([outline, count]).toEqual(['M0 1h2M0 2h2M0 1v1M2 1v1', 2]);
    expect(slicePicture(numbered(), marked((_, __, z) => z === 1), { plane: 'axial', index: 0, label: 1, window }).outline).toBe('');
  });

  it('begins where the region is largest, and in the middle where there is none', () => {
    expect(bestSlices(marked((x, y, z) => z === 1 && (y === 2 || x === 3)), 1)).toEqual({ axial: 1, coronal: 2, sagittal: 3 });
    expect(bestSlices(marked(() => false), 1)).toEqual({ axial: 1, coronal: 1, sagittal: 2 });
  });

  it('is drawn from the first to the last percentile, and grey also where all values are one or none is a number', () => {
    const image = { data: Float64Array.from({ length: 1001 }, (_, i) => (i === 500 ? 1e9 : i)) };
    expect(greyWindow(image)).toEqual({ low: 10, high: 991 });
    expect(greyWindow({ data: new Float64Array(5).fill(7) })).toEqual({ low: 7, high: 8 });
    expect(greyWindow({ data: new Float64Array(5).fill(NaN) })).toEqual({ low: 0, high: 1 });
    const odd = { ...numbered(), data: numbered().data.map((value, i) => (i === 1 ? NaN : value)) };
    expect(shown(odd, 'axial', 0).slice(0, 3)).toEqual([0, 0, 2]);
  });
});
