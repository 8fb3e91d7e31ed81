import { symmetricEigen } from '@consilium/numerics';
import type { Features } from '../features/features.js';
import type { Region } from '../features/region.js';
import { diametersOf } from './diameters.js';
import { meshOf } from './mesh.js';

/**
 * The shape features of pyradiomics in three dimensions, from the mask alone. Axis lengths are 4 √λ of the covariance of the voxel centres; flatness and elongation are
 * ratios of their roots. The three deprecated figures (Compactness1, Compactness2, SphericalDisproportion) are given too.
 */
export function shapeFeatures(region: Region): Features {
  const { volume, surfaceArea, vertices } = meshOf(region);
  const diameters = diametersOf(vertices, region.spacing);
  const [least, minor, major] = principalMoments(region);
  const sphere = Math.cbrt(36 * Math.PI * volume * volume);
  return {
    Compactness1: volume / (surfaceArea ** 1.5 * Math.sqrt(Math.PI)),
    Compactness2: (36 * Math.PI * volume * volume) / surfaceArea ** 3,
    Elongation: Math.sqrt(minor / major),
    Flatness: Math.sqrt(least / major),
    LeastAxisLength: 4 * Math.sqrt(least),
    MajorAxisLength: 4 * Math.sqrt(major),
    Maximum2DDiameterColumn: diameters.column,
    Maximum2DDiameterRow: diameters.row,
    Maximum2DDiameterSlice: diameters.slice,
    Maximum3DDiameter: diameters.maximum3d,
    MeshVolume: volume,
    MinorAxisLength: 4 * Math.sqrt(minor),
    Sphericity: sphere / surfaceArea,
    SphericalDisproportion: surfaceArea / sphere,
    SurfaceArea: surfaceArea,
    SurfaceVolumeRatio: surfaceArea / volume,
    VoxelVolume: region.places.length * region.spacing[0] * region.spacing[1] * region.spacing[2],
  };
}

/** Eigenvalues of the covariance (divided by n) of the voxel centres in mm², ascending; rounding below zero is zero. */
function principalMoments({ places, size, strides, spacing }: Region): [number, number, number] {
  const n = places.length;
  const points = new Float64Array(3 * n);
  const mean = [0, 0, 0];
  for (let v = 0; v < n; v++) {
    const place = places[v];
    points[3 * v] = (place % size[0]) * spacing[0];
    points[3 * v + 1] = (Math.floor(place / size[0]) % size[1]) * spacing[1];
    points[3 * v + 2] = Math.floor(place / strides[2]) * spacing[2];
    for (let axis = 0; axis < 3; axis++) mean[axis] += points[3 * v + axis] / n;
  }
  const covariance = new Float64Array(9);
  for (let v = 0; v < n; v++) {
    for (let a = 0; a < 3; a++) for (let b = a; b < 3; b++) covariance[3 * a + b] += ((points[3 * v + a] - mean[a]) * (points[3 * v + b] - mean[b])) / n;
  }
  for (let a = 0; a < 3; a++) for (let b = 0; b < a; b++) covariance[3 * a + b] = covariance[3 * b + a]!;
  return Array.from(symmetricEigen(covariance, 3).values, (x) => Math.max(0, x)).sort((a, b) => a - b) as [number, number, number];
}
