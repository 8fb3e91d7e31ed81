import { symmetricEigen } from '@consilium/numerics/symmetric-eigen';
import type { Features } from '../features/features.js';
import type { Region } from '../features/region.js';

/**
 * The shape features of pyradiomics of a region one voxel thick along an axis, from the outline by marching squares: corners at pixel centres, cuts half-way. Two pixels
 * that touch at a corner only are not joined.
 */
export function shape2dFeatures(region: Region, axis: 0 | 1 | 2): Features {
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const [da, db] = [region.spacing[a], region.spacing[b]];
  const pixels = pixelsOf(region, a, b);
  const { perimeter, surface } = outline(pixels, da, db);
  const [minor, major] = principalMoments(pixels.points, da, db);
  const sphericity = (2 * Math.sqrt(Math.PI * surface)) / perimeter;
  return {
    Elongation: Math.sqrt(minor / major),
    MajorAxisLength: 4 * Math.sqrt(major),
    MaximumDiameter: maximumDiameter(pixels, da, db),
    MeshSurface: surface,
    MinorAxisLength: 4 * Math.sqrt(minor),
    Perimeter: perimeter,
    PerimeterSurfaceRatio: perimeter / surface,
    PixelSurface: pixels.points.length * da * db,
    Sphericity: sphericity,
    SphericalDisproportion: 1 / sphericity,
  };
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 inside, with at least one empty row and column around. */
  readonly inside: Uint8Array;
  readonly points: readonly (readonly [number, number])[];
}

function pixelsOf({ size, strides, places }: Region, a: number, b: number): Pixels {
  const [width, height] = [size[a], size[b]];
  const inside = new Uint8Array(width * height);
  const points = Array.from(places, (place): readonly [number, number] => [Math.floor(place / strides[a]) % width, Math.floor(place / strides[b]) % height]);
  for (const [x, y] of points) inside[x + width * y] = 1;
  return { width, height, inside, points };
}

/** Length of the outline and the area in it. A square of four pixels adds by how many of them are inside, and how they lie. */
function outline({ width, height, inside }: Pixels, dx: number, dy: number): { perimeter: number; surface: number } {
  const [diagonal, cell] = [Math.hypot(dx, dy) / 2, dx * dy];
  let [perimeter, surface] = [0, 0];
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = x + width * y;
      const [p, q, r, s] = [inside[at], inside[at + 1], inside[at + width], inside[at + width + 1]];
      const count = p + q + r + s;
      if (count === 0) continue;
      if (count === 1 || count === 3) {
        perimeter += diagonal;
        surface += count === 1 ? cell / 8 : (7 * cell) / 8;
      } else if (count === 4) surface += cell;
      else if (p === s) {
        perimeter += 2 * diagonal;
        surface += cell / 4;
      } else {
        perimeter += p === q ? dx : dy;
        surface += cell / 2;
      }
    }
  }
  return { perimeter, surface };
}

/** Largest distance between two points of the outline that lie half-way between a pixel inside and one outside. */
function maximumDiameter({ width, inside, points }: Pixels, dx: number, dy: number): number {
  const vertices: (readonly [number, number])[] = [];
  for (const [x, y] of points) {
    for (const [sx, sy] of [[-1, 0], [1, 0], [0, -1], [0, 1]] as const) {
      if (inside[x + sx + width * (y + sy)] === 0) vertices.push([(x + sx / 2) * dx, (y + sy / 2) * dy]);
    }
  }
  let best = 0;
  for (let i = 0; i < vertices.length; i++) {
    for (let j = i + 1; j < vertices.length; j++) best = Math.max(best, (vertices[i][0] - vertices[j][0]) ** 2 + (vertices[i][1] - vertices[j][1]) ** 2);
  }
  return Math.sqrt(best);
}

function principalMoments(points: Pixels['points'], dx: number, dy: number): [number, number] {
  const n = points.length;
  const mean = points.reduce(([mx, my], [x, y]) => [mx + (x * dx) / n, my + (y * dy) / n] as const, [0, 0] as readonly [number, number]);
  const covariance = new Float64Array(4);
  for (const [x, y] of points) {
    const [u, v] = [x * dx - mean[0], y * dy - mean[1]];
    covariance[0] += (u * u) / n;
    covariance[1] += (u * v) / n;
    covariance[3] += (v * v) / n;
  }
  covariance[2] = covariance[1]!;
  return Array.from(symmetricEigen(covariance, 2).values, (value) => Math.max(0, value)).sort((p, q) => p - q) as [number, number];
}
