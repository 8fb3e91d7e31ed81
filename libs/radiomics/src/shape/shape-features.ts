import { symmetricEigen } from '@consilium/numerics/symmetric-eigen';
import type { Features } from '../features/features.js';
import type { Region } from '../features/region.js';
import { diametersOf } from './diameters.js';
import { kernelHeap, type Heap } from '../kernels/heap.js';
import { markRegion, meshOf, type MarkedRegion } from './mesh.js';

/**
 * The shape features of pyradiomics in three dimensions, from the mask alone. Axis lengths are 4 √λ of the covariance of the voxel centres; flatness and elongation are
 * ratios of their roots. The three deprecated figures (Compactness1, Compactness2, SphericalDisproportion) are given too.
 */
export function shapeFeatures(region: Region): Features {
  const heap = kernelHeap();
  const { volume, surfaceArea, diameters, moments } = heap.scoped(() => {
    const marked = markRegion(heap, region);
    return { ...meshOf(heap, marked, region), diameters: diametersOf(heap, marked, region), moments: principalMoments(heap, marked, region) };
  });
  const [least, minor, major] = moments;
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
function principalMoments(heap: Heap, { places, count }: MarkedRegion, { size, spacing }: Region): [number, number, number] {
  const sums = heap.scoped(() => {
    const out = heap.take(48);
    heap.kernels.placeMoments(places, count, size[0], size[1], out);
    return Float64Array.from(heap.doubles(out, 6));
  });
  // xx xy xz yy yz zz as a symmetric matrix.
  const covariance = Float64Array.from([0, 1, 2, 1, 3, 4, 2, 4, 5], (k, i) => (sums[k] * spacing[Math.floor(i / 3)] * spacing[i % 3]) / count);
  return Array.from(symmetricEigen(covariance, 3).values, (x) => Math.max(0, x)).sort((a, b) => a - b) as [number, number, number];
}
