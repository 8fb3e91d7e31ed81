import { describe, expect, it } from 'vitest';
import { regionFindings, type Volume } from '../index.js';

type Voxels = (x: number, y: number, z: number) => number;
const SIZE = [12, 10, 6] as const;
const volume = (value: Voxels): Volume => ({
  size: SIZE, spacing: [1, 1, 1], origin: [0, 0, 0], direction: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]), pixelType: 'float32',
  data: Float32Array.from({ length: 720 }, (_, i) => value(i % 12, Math.floor(i / 12) % 10, Math.floor(i / 120))),
});
const body = volume((x, y, z) => 100 + x + 3 * y + 7 * z);
const box = (...[x0, x1, y0, y1, z0, z1]: [number, number, number, number, number, number]): Volume => volume((x, y, z) => (x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1 ? 1 : 0));
const kinds = (image: Volume, mask: Volume, fewest?: number): string[] => regionFindings(image, mask, 1, fewest).map(({ kind, severity }) => `${severity}: ${kind}`);

describe('what is told of a region', () => {
  it('is nothing when nothing is wrong', () => {
    expect(kinds(body, box(3, 7, 3, 7, 1, 4))).toStrictEqual([]);
  });

  it('is that it is empty, or one voxel', () => {
    expect(kinds(body, box(99, 99, 0, 0, 0, 0))).toStrictEqual(['refuse: empty']);
    expect(kinds(body, box(5, 5, 5, 5, 3, 3))).toStrictEqual(['refuse: one-voxel']);
  });

  it('is that it is small, at the border, on one slice', () => {
    expect(kinds(body, box(0, 4, 3, 5, 3, 3))).toStrictEqual(['flag: small', 'flag: border', 'flag: one-slice']);
    expect(kinds(body, box(1, 4, 3, 5, 3, 4), 24)).toStrictEqual([]);
  });

  it('is in how many pieces it is; a corner joins', () => {
    const two = volume((x, y, z) => (x >= 1 && x <= 4 && y >= 1 && y <= 4 && z >= 1 && z <= 4) || (x >= 6 && x <= 9 && y >= 6 && y <= 8 && z === 2) ? 1 : 0);
    expect(regionFindings(body, two, 1).map(({ sentence }) => sentence)).toStrictEqual(['The region has 2 separate pieces; the smallest has 12 voxels.']);
    const joined = volume((x, y, z) => (x >= 1 && x <= 4 && y >= 1 && y <= 4 && z >= 1 && z <= 4) || (x === 5 && y === 5 && z === 1) ? 1 : 0);
    expect(kinds(body, joined)).toStrictEqual([]);
  });

  it('is that its values are constant, not numbers, saturated, or those of air', () => {
    const mask = box(3, 7, 3, 7, 1, 4);
    expect(kinds(volume(() => 0), mask)).toContain('flag: constant');
    expect(kinds(volume((x, y) => (x === 5 && y === 5 ? NaN : x + y)), mask)).toStrictEqual(['refuse: not-a-number']);
    expect(kinds(volume((x, y, z) => Math.min(115, 100 + x + y + z)), mask)).toStrictEqual(['flag: saturated']);
    expect(kinds(volume((x, y, z) => (mask.data[x + 12 * (y + 10 * z)] ? (x + y) % 3 : 300 + x)), mask)).toStrictEqual(['flag: in-air']);
  });
});
