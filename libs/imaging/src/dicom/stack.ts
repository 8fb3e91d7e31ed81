import { ImageFileError } from '../image-file-error.js';
import { orthonormal } from '../formats/direction.js';
import type { Triple, Volume } from '../volume.js';
import type { Frame } from './instance.js';

/** A frame and the file it is in. */
export interface Slice {
  readonly file: number;
  readonly frame: Frame;
}

export interface Stack {
  /** From the origin on, along the normal of the slices. */
  readonly slices: readonly Slice[];
  /** Slices at the place of one of `slices`, by its number: dropped where their pixels are the same. */
  readonly duplicates: ReadonlyMap<number, readonly Slice[]>;
  readonly geometry: Pick<Volume, 'spacing' | 'origin' | 'direction'>;
  readonly notes: readonly string[];
}

/** Gaps this near to the median (relative, or in millimetres) are even; further off they are told, and beyond 10 % refused. */
const EVEN = { relative: 0.01, millimetres: 0.01 } as const;
const LARGEST_VARIATION = 0.1;
const MISSING_SLICE = 1.5;
/** Slices shifted sideways by more than this part of a pixel are sheared. */
const LARGEST_SHIFT = 0.1;

/**
 * The slices of one volume in order, and its geometry from their positions alone: slice thickness and spacing as stated are often wrong. Refuses missing slices, uneven spacing, tilted
 * gantries and slices without a place, naming the gap.
 */
export function stackOf(slices: readonly Slice[], { allowUneven = false }: { allowUneven?: boolean } = {}): Stack {
  const first = slices[0].frame;
  const { direction, normal, pixelSpacing } = axesOf(first);
  const placed = slices.map((slice) => ({ slice, at: dot(positionOf(slice.frame), normal) })).sort((a, b) => a.at - b.at);
  const { kept, duplicates } = withoutDuplicates(placed);
  const distances = kept.map(({ at }) => at);
  const { spacing, notes } = spacingOf(distances, first, allowUneven);
  const origin = positionOf(kept[0].slice.frame);
  refuseShear(kept.map(({ slice }) => positionOf(slice.frame)), normal, Math.min(...pixelSpacing));
  return {
    slices: kept.map(({ slice }) => slice), duplicates, notes,
    // Pixel Spacing states the distance between rows first; x grows along a row.
    geometry: { spacing: single([pixelSpacing[1], pixelSpacing[0], spacing]), origin: single(origin), direction },
  };
}

/**
 * Lengths in the precision of NIfTI headers (3e-5 mm at half a metre). Nearest-neighbour ties and grey levels at the edge of a bin turn on the last digits: so rounded, a series gives the same features
 * as the NIfTI file made of it.
 */
const single = (lengths: Triple): Triple => lengths.map(Math.fround) as [number, number, number];

interface Placed {
  readonly slice: Slice;
  readonly at: number;
}

const dot = (p: Triple, q: Triple): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

function positionOf({ position }: Frame): Triple {
  if (!position) throw new ImageFileError('geometry', 'A slice does not say where it lies. Export the series again with Image Position (Patient).');
  return position;
}

/** Columns: along a row, along a column, and their cross product. */
export function axesOf({ orientation, pixelSpacing }: Pick<Frame, 'orientation' | 'pixelSpacing'>): { direction: Float64Array; normal: Triple; pixelSpacing: readonly [number, number] } {
  if (!orientation) throw new ImageFileError('geometry', 'A slice does not say how it lies. Export the series again with Image Orientation (Patient).');
  if (!pixelSpacing) throw new ImageFileError('spacing', 'A slice states no pixel spacing. Export the series again.');
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  const normal: Triple = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  const matrix = Float64Array.of(rx, cx, normal[0], ry, cy, normal[1], rz, cz, normal[2]);
  const lengths = [Math.hypot(rx, ry, rz), Math.hypot(cx, cy, cz), Math.hypot(...normal)] as const;
  const direction = lengths.every((length) => Math.abs(length - 1) < 1e-3) ? orthonormal(matrix, lengths) : null;
  if (!direction) throw new ImageFileError('direction', 'Rows and columns of a slice are not at right angles. Export the series again.');
  return { direction, normal: [direction[2], direction[5], direction[8]], pixelSpacing };
}

function withoutDuplicates(placed: readonly Placed[]): { kept: Placed[]; duplicates: Map<number, Slice[]> } {
  const kept: Placed[] = [];
  const duplicates = new Map<number, Slice[]>();
  for (const one of placed) {
    const last = kept.at(-1);
    if (last && one.at - last.at < EVEN.millimetres) duplicates.set(kept.length - 1, [...(duplicates.get(kept.length - 1) ?? []), one.slice]);
    else kept.push(one);
  }
  return { kept, duplicates };
}

function spacingOf(distances: readonly number[], first: Frame, allowUneven: boolean): { spacing: number; notes: string[] } {
  const n = distances.length;
  if (n === 1) {
    if (first.thickness !== null && first.thickness > 0) return { spacing: first.thickness, notes: ['The series is one slice; its thickness counts as spacing.'] };
    return { spacing: 1, notes: ['The series is one slice without a thickness; 1 mm counts as spacing.'] };
  }
  const gaps = distances.slice(1).map((at, i) => at - distances[i]);
  const median = [...gaps].sort((a, b) => a - b)[(gaps.length - 1) >> 1];
  const off = Math.max(...gaps.map((gap) => Math.abs(gap - median)));
  const mean = (distances[n - 1] - distances[0]) / (n - 1);
  if (off <= Math.max(EVEN.relative * median, EVEN.millimetres)) return { spacing: mean, notes: [] };
  const sentence = unevenSentence(gaps, median);
  if (gaps.some((gap) => gap >= MISSING_SLICE * median)) {
    if (!allowUneven) throw new ImageFileError('missing-slice', `${missingSentence(gaps, median)} Export the series from the PACS again.`);
    return { spacing: median, notes: [`${missingSentence(gaps, median)} Read as if evenly spaced.`] };
  }
  if (off > LARGEST_VARIATION * median && !allowUneven) throw new ImageFileError('uneven', `${sentence} At most 10 % are read. Export the series again.`);
  return { spacing: mean, notes: [`${sentence} Recorded.`] };
}

function missingSentence(gaps: readonly number[], median: number): string {
  const missing = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / median) - 1), 0);
  const widest = gaps.indexOf(Math.max(...gaps));
  const found = gaps.length + 1;
  const where = `gap of ${gaps[widest].toFixed(1)} mm between slices ${widest + 1} and ${widest + 2} (expected ${median.toFixed(1)})`;
  return `${found} of ${found + missing} slices found: ${where}.`;
}

function unevenSentence(gaps: readonly number[], median: number): string {
  const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
  return `Slice spacing varies from ${least.toFixed(2)} to ${most.toFixed(2)} mm (${(((most - least) / median) * 100).toFixed(0)} %).`;
}

function refuseShear(positions: readonly Triple[], normal: Triple, pixel: number): void {
  const [origin] = positions as [Triple];
  for (const position of positions) {
    const away: Triple = [position[0] - origin[0], position[1] - origin[1], position[2] - origin[2]];
    const along = dot(away, normal);
    const sideways = Math.hypot(away[0] - along * normal[0], away[1] - along * normal[1], away[2] - along * normal[2]);
    if (sideways > LARGEST_SHIFT * pixel) {
      throw new ImageFileError('sheared', `The slices are shifted sideways by up to ${sideways.toFixed(1)} mm (a tilted gantry). Resample the series to an upright grid first.`);
    }
  }
}
