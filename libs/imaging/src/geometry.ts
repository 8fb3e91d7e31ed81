import { boxSize, type BoundingBox } from './bounding-box.js';
import { ImageFileError } from './image-file-error.js';
import { indexOfPoint, indexToPhysical, inverse3, pointOfIndex, type Triple, type Volume } from './volume.js';

type Frame = Pick<Volume, 'size' | 'spacing' | 'origin' | 'direction'>;

/** How far two grids may differ and still count as one. */
export interface GeometryTolerance {
  /** Origin, in units of the voxel's first spacing. */
  readonly origin: number;
  /** Spacing, relative. */
  readonly spacing: number;
  /** Each direction cosine. */
  readonly direction: number;
}

/** Rounding of headers: a tenth of a voxel, a thousandth of spacing and direction. */
export const ROUNDING: GeometryTolerance = { origin: 0.1, spacing: 1e-3, direction: 1e-3 };

export interface GeometryDifference {
  /** Largest difference of origin and of spacing, millimetres; of direction cosines. */
  readonly origin: number;
  readonly spacing: number;
  readonly direction: number;
  readonly sameSize: boolean;
}

export function geometryDifference(a: Frame, b: Frame): GeometryDifference {
  const largest = (p: ArrayLike<number>, q: ArrayLike<number>) => Array.from(p).reduce((max, x, i) => Math.max(max, Math.abs(x - q[i])), 0);
  return {
    origin: largest(a.origin, b.origin),
    spacing: largest(a.spacing, b.spacing),
    direction: largest(a.direction, b.direction),
    sameSize: a.size.every((length, axis) => length === b.size[axis]),
  };
}

/** Whether mask and image lie on one grid. */
export function sameGrid(image: Frame, mask: Frame, tolerance: GeometryTolerance = ROUNDING): boolean {
  const { origin, spacing, direction, sameSize } = geometryDifference(image, mask);
  const unit = Math.min(...image.spacing);
  return sameSize && origin <= tolerance.origin * unit && spacing <= tolerance.spacing * unit && direction <= tolerance.direction;
}

/** Throws when the box of a region in the mask reaches outside the image by more than a thousandth of a voxel. */
export function checkInside(image: Frame, mask: Frame, box: BoundingBox): void {
  const toIndex = inverse3(indexToPhysical(image));
  const size = boxSize(box);
  const corner = (shift: Triple) => indexOfPoint(image, toIndex, pointOfIndex(mask, [box.low[0] + shift[0], box.low[1] + shift[1], box.low[2] + shift[2]]));
  const corners = [corner([-0.5, -0.5, -0.5]), corner([size[0] - 0.5, size[1] - 0.5, size[2] - 0.5])];
  const outside = [0, 1, 2].map((axis) => {
    const [low, high] = [Math.min(corners[0][axis], corners[1][axis]), Math.max(corners[0][axis], corners[1][axis])];
    return Math.max(0, -0.5 - low, high - (image.size[axis] - 0.5));
  });
  if (outside.every((voxels) => voxels <= 1e-3)) return;
  const millimetres = Math.max(...outside.map((voxels, axis) => voxels * image.spacing[axis]));
  throw new ImageFileError('outside', `The region reaches ${rounded(millimetres)} mm outside the image. Was the mask drawn on another series?`);
}

/** "Mask 512×512×30 does not fit image 320×320×24; their origins are 41 mm apart." */
export function describeMismatch(image: Frame, mask: Frame): string {
  const { origin, spacing, direction, sameSize } = geometryDifference(image, mask);
  const parts = [
    ...(sameSize ? [] : [`sizes ${mask.size.join('×')} and ${image.size.join('×')}`]),
    ...(origin > 0 ? [`origins ${rounded(origin)} mm apart`] : []),
    ...(spacing > 0 ? [`spacings ${rounded(spacing)} mm apart`] : []),
    ...(direction > 0 ? [`directions ${rounded(direction)} apart`] : []),
  ];
  return `Mask and image do not lie on one grid: ${parts.join(', ')}.`;
}

const rounded = (x: number): string => String(Number(x.toPrecision(2)));
