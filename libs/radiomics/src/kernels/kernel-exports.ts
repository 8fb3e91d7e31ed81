import type { SplineKernels } from '@consilium/imaging';

/** The kernels of assembly/, and those that resample: places in their memory are numbers; what each does stands there. */
export interface RadiomicsKernels extends SplineKernels {
  countLabel(labels: number, n: number, label: number): number;
  packSlice(
    labels: number, label: number, nx: number, ny: number, margin: number, z: number, imageX: number, origin: number, inner: number, places: number, sources: number,
  ): void;
  gather(image: number, places: number, n: number, values: number): void;
  gatherSingle(image: number, places: number, n: number, values: number): void;
  extremes(values: number, n: number, out: number): number;
  largestMagnitude(values: number, n: number): number;
  square(values: number, n: number, c: number): void;
  squareRoot(values: number, n: number, c: number): void;
  logarithm(values: number, n: number, c: number): void;
  exponential(values: number, n: number, c: number): void;
  gradient(image: number, nx: number, ny: number, nz: number, sources: number, n: number, hx: number, hy: number, hz: number, values: number): void;
  convolveRows(
    source: number, length: number, period: number, rows: number, filter: number, taps: number, first: number, last: number, target: number, scratch: number,
  ): void;
  convolveStacks(
    source: number, stride: number, length: number, period: number, blocks: number, filter: number, taps: number, first: number, last: number, target: number, scratch: number,
  ): void;
  convolveAt(
    source: number, stride: number, length: number, period: number, width: number, filter: number, taps: number, first: number, places: number, n: number, values: number, scratch: number,
  ): void;
  recursiveFilter(
    source: number, single: boolean, stride: number, length: number, blocks: number, filter: number, first: number, last: number, target: number, scratch: number,
  ): void;
  addScaled(sum: number, values: number, n: number, scale: number): void;
  splineRows(plane: number, nx: number, yLow: number, yHigh: number, taps: number, x0: number, width: number, target: number): void;
  splineColumns(rows: number, yLow: number, taps: number, y0: number, y1: number, width: number, target: number): void;
  patternsOfPlane(
    image: number, imageX: number, imageY: number, z: number, x0: number, y0: number, width: number, height: number, points: number, count: number, whole: boolean, levels: number,
    levelCount: number, inner: number, n: number, v: number, begin: number, kurtosisRow: number, kurtosis: number, scratch: number,
  ): number;
  levelsOf(values: number, n: number, low: number, step: number, count: number, last: number, levels: number, seen: number): void;
  numberLevels(seen: number, length: number, present: number, most: number): number;
  placeNumbers(levels: number, n: number, numbers: number, places: number, indices: number, box: number): void;
  occupancy(indices: number, n: number, counts: number): void;
  selectRanks(values: number, n: number, least: number, scale: number, cells: number, ranks: number, wanted: number, found: number, scratch: number): void;
  sumOf(values: number, n: number): number;
  momentSums(values: number, n: number, shift: number, mean: number, out: number): void;
  robustDeviation(values: number, n: number, low: number, high: number): number;
  scanDirection(
    box: number, places: number, n: number, offset: number, lengths: number, equal: number, pairs: number, levels: number, runs: number, longest: number,
  ): void;
  countPairs(box: number, places: number, n: number, offset: number, pairs: number, levels: number): void;
  countRuns(box: number, places: number, n: number, offset: number, lengths: number, runs: number, longest: number): void;
  countEquals(box: number, places: number, n: number, equal: number, counts: number, columns: number): void;
  countNear(box: number, places: number, n: number, offsets: number, reach: number, present: number, alpha: number, counts: number): void;
  shares(counts: number, words: boolean, levels: number, symmetrical: boolean, P: number): number;
  addWeighted(total: number, counts: number, n: number, weight: number): void;
  distributions(P: number, grey: number, levels: number, px: number, py: number, sum: number, difference: number, out: number): void;
  momentFigures(P: number, grey: number, levels: number, ux: number, uy: number, out: number): void;
  differenceFigures(difference: number, highest: number, out: number): void;
  informationFigures(P: number, px: number, py: number, levels: number, sum: number, sums: number, out: number): void;
  joinZones(box: number, places: number, n: number, earlier: number, reach: number, below: number, setOf: number, parent: number): number;
  gatherZones(made: number, parent: number, setOf: number, box: number, places: number, n: number, zoneOf: number, sizes: number, levels: number): number;
  distinctSizes(sizes: number, zones: number, column: number, largest: number, distinct: number): number;
  countZones(sizes: number, levels: number, zones: number, column: number, columns: number, counts: number): void;
  matrixFigures(counts: number, words: boolean, grey: number, rows: number, sizes: number, columns: number, margins: number, out: number): number;
  placeGreys(box: number, places: number, n: number, present: number, values: number, own: number): void;
  placeOnes(places: number, n: number, values: number, own: number): void;
  sumSlices(values: number, slice: number, slices: number, stepA: number, stepB: number, scratch: number): void;
  gatherSums(sums: number, step: number, places: number, n: number, result: number): void;
  neighbourSums(values: number, places: number, n: number, offsets: number, reach: number, sums: number, counts: number): void;
  differencesByLevel(box: number, places: number, n: number, present: number, sums: number, counts: number, levels: number, p: number, s: number): void;
  differenceSums(p: number, s: number, grey: number, levels: number, out: number): void;
  placeInside(places: number, n: number, inside: number): void;
  countCubes(inside: number, nx: number, ny: number, nz: number, corners: number, counts: number): void;
  placeMoments(places: number, n: number, nx: number, ny: number, out: number): void;
  surfaceLines(inside: number, places: number, n: number, nx: number, ny: number, alongX: number, alongZ: number): void;
  planeDiameter(
    lines: number, planes: number, planePitch: number, rows: number, rowPitch: number, along: number, across: number, hull: number, corners: number, found: number,
  ): number;
  largestDistance(points: number, n: number): number;
}
