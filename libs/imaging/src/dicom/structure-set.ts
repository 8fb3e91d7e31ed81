import { ImageFileError } from '../image-file-error.js';
import type { MaskOptions } from '../read-image.js';
import { indexOfPoint, indexToPhysical, inverse3, type Volume } from '../volume.js';
import { damaged, type DataSet } from './data-set.js';
import { isUtf8 } from './instance.js';
import { checkReference, chosenRegion, type NamedRegion } from './named-region.js';
import { fillOddly, type Polygon } from './polygon-fill.js';
import { TAG } from './tags.js';

interface ContouredRegion extends NamedRegion {
  readonly contours: readonly DataSet[];
  readonly frameOfReferenceUid: string | null;
}

/** Contours that lie this near together, in slices, are of one plane. */
const ONE_PLANE = 0.01;
/** A contour that leaves its plane by more than this many slices was drawn on a grid at another angle. */
const LARGEST_TILT = 0.25;

export function regionsOfStructureSet(dataSet: DataSet): ContouredRegion[] {
  const contours = new Map(dataSet.items(TAG.roiContourSequence).map((item) => [item.number(TAG.referencedRoiNumber), item.items(TAG.contourSequence)]));
  return dataSet.items(TAG.structureSetRoiSequence).map((item) => {
    const number = item.number(TAG.roiNumber);
    if (number === null) throw damaged('a region of interest has no number');
    return { number, name: item.name(TAG.roiName, isUtf8(dataSet)) ?? '', contours: contours.get(number) ?? [], frameOfReferenceUid: item.string(TAG.referencedFrameOfReferenceUid) };
  });
}

/**
 * A region of an RTSTRUCT drawn on the image's grid. On each slice the contours of the nearest plane count, at most half a slice away; a pixel is inside where its centre is inside an odd number
 * of them (holes). Its voxels are `label`, or 1.
 */
export function readStructureSet(dataSet: DataSet, image: Volume, { label = 1, name }: MaskOptions): Volume {
  const all = regionsOfStructureSet(dataSet);
  const drawn = all.filter(({ contours }) => contours.length > 0);
  const region = chosenRegion(name === undefined && drawn.length > 0 ? drawn : all, name);
  const notes = checkReference(image.source, referencedSeries(dataSet), [region.frameOfReferenceUid, ...frames(dataSet)]);
  const { planes, skipped } = planesOf(region, image);
  if (planes.length === 0) throw new ImageFileError('empty-roi', 'The region has no closed contours (empty in the planning system). Draw it, or choose another.');
  if (skipped > 0) notes.push(`${skipped} contours are points, open lines, copies or have fewer than 3 corners; they were left out.`);
  if (!Number.isInteger(label) || label < 1 || label > 255) throw new RangeError('a label is a whole number from 1 to 255');
  const data = new Uint8Array(image.size[0] * image.size[1] * image.size[2]);
  const gaps = fillPlanes(planes, image, data);
  if (gaps > 0) notes.push(`${gaps} slices between drawn ones have no contour; the region is interrupted there.`);
  if (!data.includes(1)) throw new ImageFileError('empty-roi', 'The region’s contours enclose no voxel of the image. Was it drawn on another series?');
  if (label !== 1) for (let i = 0; i < data.length; i++) data[i] *= label;
  const { size, spacing, origin, direction, source } = image;
  return { size, spacing, origin, direction, pixelType: 'uint8', data, ...(source ? { source } : {}), ...(notes.length > 0 ? { notes } : {}) };
}

const frames = (dataSet: DataSet): (string | null)[] => dataSet.items(TAG.referencedFrameOfReferenceSequence).map((item) => item.string(TAG.frameOfReferenceUid));

function referencedSeries(dataSet: DataSet): string[] {
  const studies = dataSet.items(TAG.referencedFrameOfReferenceSequence).flatMap((frame) => frame.items(TAG.rtReferencedStudySequence));
  return studies.flatMap((study) => study.items(TAG.rtReferencedSeriesSequence)).map((series) => series.string(TAG.seriesInstanceUid) ?? '');
}

interface Plane {
  /** Continuous index along the slices. */
  readonly at: number;
  readonly polygons: Polygon[];
}

function planesOf({ contours }: ContouredRegion, image: Volume): { planes: Plane[]; skipped: number } {
  const toIndex = inverse3(indexToPhysical(image));
  const planes: Plane[] = [];
  let skipped = 0;
  for (const contour of contours) {
    const points = closedContour(contour);
    const placed = points && placedContour(points, image, toIndex);
    const plane = placed && planes.find(({ at }) => Math.abs(at - placed.at) < ONE_PLANE);
    if (!placed || plane?.polygons.some((polygon) => equal(polygon, placed.polygon))) skipped++;
    else if (plane) plane.polygons.push(placed.polygon);
    else planes.push({ at: placed.at, polygons: [placed.polygon] });
  }
  return { planes: planes.sort((a, b) => a.at - b.at), skipped };
}

const equal = (a: Polygon, b: Polygon): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Coordinates of a closed contour of three corners or more, else null. */
function closedContour(contour: DataSet): number[] | null {
  const type = contour.string(TAG.contourGeometricType) ?? '';
  if (!type.startsWith('CLOSED')) return null;
  const numbers = contour.numbers(TAG.contourData);
  if (!numbers || numbers.length % 3 !== 0) throw damaged('a contour is not a list of points');
  return numbers.length >= 9 ? numbers : null;
}

function placedContour(points: readonly number[], image: Volume, toIndex: Float64Array): { at: number; polygon: Polygon } {
  const n = points.length / 3;
  const polygon = new Float64Array(2 * n);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    const [x, y, z] = indexOfPoint(image, toIndex, [points[3 * i], points[3 * i + 1], points[3 * i + 2]]);
    polygon[2 * i] = x;
    polygon[2 * i + 1] = y;
    low = Math.min(low, z);
    high = Math.max(high, z);
    if (!(x > -1.5 && y > -1.5 && x < image.size[0] + 0.5 && y < image.size[1] + 0.5 && z > -1 && z < image.size[2])) {
      throw new ImageFileError('geometry', 'A contour reaches beyond the image. Was the region drawn on another series?');
    }
  }
  if (high - low > LARGEST_TILT) throw new ImageFileError('geometry', 'The contours were drawn at an angle to the image’s slices. Draw the region on this series, or export it as a segmentation.');
  return { at: (low + high) / 2, polygon };
}

/** Draws, on each slice, the plane nearest to it. Returns how many slices within the region have none. */
function fillPlanes(planes: readonly Plane[], { size }: Volume, data: Uint8Array): number {
  const [columns, rows, slices] = size;
  let [gaps, drawn, empty] = [0, false, 0];
  for (let z = 0; z < slices; z++) {
    const nearest = planes.reduce((best, plane) => (Math.abs(plane.at - z) < Math.abs(best.at - z) ? plane : best));
    if (Math.abs(nearest.at - z) > 0.5) {
      if (drawn) empty++;
      continue;
    }
    fillOddly(nearest.polygons, data.subarray(z * columns * rows, (z + 1) * columns * rows), columns, rows);
    gaps += empty;
    [drawn, empty] = [true, 0];
  }
  return gaps;
}
