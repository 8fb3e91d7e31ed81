import { symmetricEigen } from '@consilium/numerics';
import { diametersOf } from '../shape/diameters.js';
import { markRegion, meshOf, verticesOf } from '../shape/mesh.js';
import { kernelHeap } from '../kernels/heap.js';
import { convexHull } from './convex-hull.js';
import { placesOf, type IbsiRegion } from './ibsi-case.js';
import type { Tagged } from './intensity.js';

/** The morphological figures of IBSI that have a reference: from the region as drawn, and its grey values where resegmentation left them. */
export function morphologyFigures(region: IbsiRegion): Tagged {
  const { size, strides, spacing } = region;
  const places = placesOf(region.morphological);
  const packed = { size, strides, spacing, places };
  const heap = kernelHeap();
  const { volume, surfaceArea, diameters } = heap.scoped(() => {
    const marked = markRegion(heap, packed);
    return { ...meshOf(heap, marked, packed), diameters: diametersOf(heap, marked, packed) };
  });
  const vertices = verticesOf(packed);
  const cubed = 36 * Math.PI * volume ** 2;
  const [least, minor, major] = principalMoments(region, places);
  const axes = [major, minor, least].map((moment) => 2 * Math.sqrt(moment)) as [number, number, number];
  return {
    morph_volume: volume, morph_vol_approx: places.length * spacing[0] * spacing[1] * spacing[2], morph_area_mesh: surfaceArea, morph_av: surfaceArea / volume,
    morph_comp_1: volume / (Math.sqrt(Math.PI) * surfaceArea ** 1.5), morph_comp_2: cubed / surfaceArea ** 3, morph_sph_dispr: surfaceArea / Math.cbrt(cubed),
    morph_sphericity: Math.cbrt(cubed) / surfaceArea, morph_asphericity: Math.cbrt(surfaceArea ** 3 / cubed) - 1,
    morph_com: centreShift(region, places), morph_diam: diameters.maximum3d,
    morph_pca_maj_axis: 2 * axes[0], morph_pca_min_axis: 2 * axes[1], morph_pca_least_axis: 2 * axes[2], morph_pca_elongation: Math.sqrt(minor / major), morph_pca_flatness: Math.sqrt(least / major),
    ...densities({ volume, area: surfaceArea, vertices, spacing, axes }),
    ...grey(region, volume),
  };
}

interface Body {
  readonly volume: number;
  readonly area: number;
  readonly vertices: Int32Array;
  readonly spacing: readonly [number, number, number];
  readonly axes: readonly [number, number, number];
}

/** The mesh's volume and area over those of bodies around it. */
function densities({ volume, area, vertices, spacing, axes }: Body): Tagged {
  const points = Array.from({ length: vertices.length / 3 }, (_, i) => [0, 1, 2].map((axis) => (vertices[3 * i + axis] * spacing[axis]) / 2) as [number, number, number]);
  const [x, y, z] = [0, 1, 2].map((axis) => {
    const along = points.map((point) => point[axis]);
    return along.reduce((a, b) => Math.max(a, b)) - along.reduce((a, b) => Math.min(a, b));
  }) as [number, number, number];
  const hull = convexHull(outermost(points));
  return {
    morph_vol_dens_aabb: volume / (x * y * z), morph_area_dens_aabb: area / (2 * (x * y + y * z + z * x)),
    morph_vol_dens_aee: (3 * volume) / (4 * Math.PI * axes[0] * axes[1] * axes[2]), morph_area_dens_aee: area / ellipsoidArea(axes),
    morph_vol_dens_conv_hull: volume / hull.volume, morph_area_dens_conv_hull: area / hull.area,
  };
}

/** Of the points on each line along x the first and the last: no other can be a corner of the hull. */
function outermost(points: readonly (readonly [number, number, number])[]): (readonly [number, number, number])[] {
  const lines = new Map<string, [readonly [number, number, number], readonly [number, number, number]]>();
  for (const point of points) {
    const key = `${point[1]} ${point[2]}`;
    const line = lines.get(key);
    if (!line) lines.set(key, [point, point]);
    else if (point[0] < line[0][0]) line[0] = point;
    else if (point[0] > line[1][0]) line[1] = point;
  }
  return [...new Set([...lines.values()].flat())];
}

/** Area of an ellipsoid with half axes a ≥ b ≥ c, by 20 terms of its Legendre series (IBSI). */
function ellipsoidArea([a, b, c]: readonly [number, number, number]): number {
  const [alpha, beta] = [Math.sqrt(1 - (b * b) / (a * a)), Math.sqrt(1 - (c * c) / (a * a))];
  const x = alpha * beta === 0 ? 1 : (alpha * alpha + beta * beta) / (2 * alpha * beta);
  let [sum, previous, current] = [0, 1, x];
  for (let n = 0; n <= 20; n++) {
    const legendre = n === 0 ? 1 : n === 1 ? x : (((2 * n - 1) * x * current - (n - 1) * previous) / n);
    if (n > 1) [previous, current] = [current, legendre];
    sum += ((alpha * beta) ** n / (1 - 4 * n * n)) * legendre;
  }
  return 4 * Math.PI * a * b * sum;
}

const pointOf = (at: number, { size, strides, spacing }: IbsiRegion): [number, number, number] => [
  (at % size[0]) * spacing[0], (Math.floor(at / size[0]) % size[1]) * spacing[1], Math.floor(at / strides[2]) * spacing[2],
];

function principalMoments(region: IbsiRegion, places: Int32Array): [number, number, number] {
  const points = Array.from(places, (at) => pointOf(at, region));
  const mean = [0, 1, 2].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const covariance = Float64Array.from({ length: 9 }, (_, k) => {
    const [a, b] = [Math.floor(k / 3), k % 3];
    return points.reduce((sum, point) => sum + (point[a] - mean[a]) * (point[b] - mean[b]), 0) / (points.length - 1);
  });
  return Array.from(symmetricEigen(covariance, 3).values, (value) => Math.max(0, value)).sort((p, q) => p - q) as [number, number, number];
}

/** Millimetres between the centre of the region and that of its grey values. */
function centreShift(region: IbsiRegion, places: Int32Array): number {
  const centre = (among: Int32Array, weight: (at: number) => number) => {
    const [sum, total] = [[0, 0, 0], { weight: 0 }];
    for (const at of among) {
      const point = pointOf(at, region);
      total.weight += weight(at);
      for (let axis = 0; axis < 3; axis++) sum[axis] += weight(at) * point[axis];
    }
    return sum.map((x) => x / total.weight);
  };
  const [shape, grey] = [centre(places, () => 1), centre(placesOf(region.intensity), (at) => region.values[at])];
  return Math.hypot(...shape.map((x, axis) => x - grey[axis]));
}

/** Integrated intensity, Moran's I and Geary's C: every pair of voxels weighs the inverse of its distance, looked up by the pair's offset. */
function grey(region: IbsiRegion, volume: number): Tagged {
  const { values, size, spacing, strides } = region;
  const places = placesOf(region.intensity);
  const n = places.length;
  const mean = places.reduce((sum, at) => sum + values[at], 0) / n;
  const deviations = Float64Array.from(places, (at) => values[at] - mean);
  const [wide, high] = [2 * size[0], 2 * size[1]];
  const inverse = new Float64Array(wide * high * size[2]);
  for (let z = 0, at = 0; z < size[2]; z++) {
    for (let y = 0; y < high; y++) for (let x = 0; x < wide; x++, at++) inverse[at] = 1 / Math.hypot((x - size[0]) * spacing[0], (y - size[1]) * spacing[1], z * spacing[2]);
  }
  const coordinates = Int32Array.from(places, (at) => (at % size[0]) + wide * ((Math.floor(at / size[0]) % size[1]) + high * Math.floor(at / strides[2])));
  const shift = size[0] + wide * size[1];
  let [weights, products, squares] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [own, base] = [deviations[i], shift - coordinates[i]];
    for (let j = i + 1; j < n; j++) {
      const w = inverse[coordinates[j] + base];
      const other = deviations[j];
      weights += w;
      products += w * own * other;
      squares += w * (own - other) * (own - other);
    }
  }
  const spread = deviations.reduce((sum, d) => sum + d * d, 0);
  return { morph_integ_int: mean * volume, morph_moran_i: (n / weights) * (products / spread), morph_geary_c: ((n - 1) * squares) / (2 * weights * spread) };
}
