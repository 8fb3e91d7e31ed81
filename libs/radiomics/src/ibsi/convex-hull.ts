import { SeededRandom } from '@consilium/numerics';
import type { Triple } from '@consilium/imaging';

type Point = Triple;

interface Face {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Outward normal (twice the area long) and its offset: n · p > d is outside. */
  readonly normal: Point;
  readonly offset: number;
}

const minus = (p: Point, q: Point): Point => [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
const cross = (p: Point, q: Point): Point => [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
const dot = (p: Point, q: Point): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

/**
 * Volume (mm³) and area (mm²) of the convex hull of points, by adding one after another. Points are moved by up to 10⁻⁷ of a millimetre first, seeded, so that no four lie in
 * one plane; the figures are right to about that. Fewer than four points, or all in a plane, give zero volume.
 */
export function convexHull(given: readonly Point[]): { volume: number; area: number } {
  const random = SeededRandom.fromSeed('convex hull');
  const points = given.map((p) => p.map((x) => x + 1e-7 * (random.uniform() - 0.5)) as [number, number, number]);
  if (points.length < 4) return { volume: 0, area: 0 };
  random.shuffle(points as unknown as number[]);
  const centre = [0, 1, 2].map((axis) => (points[0][axis] + points[1][axis] + points[2][axis] + points[3][axis]) / 4) as [number, number, number];
  const face = (a: number, b: number, c: number): Face => {
    const normal = cross(minus(points[b], points[a]), minus(points[c], points[a]));
    const offset = dot(normal, points[a]);
    return dot(normal, centre) > offset ? { a, b: c, c: b, normal: [-normal[0], -normal[1], -normal[2]], offset: -offset } : { a, b, c, normal, offset };
  };
  let faces = [face(0, 1, 2), face(0, 1, 3), face(0, 2, 3), face(1, 2, 3)];
  for (let p = 4; p < points.length; p++) {
    const seen = faces.filter(({ normal, offset }) => dot(normal, points[p]) > offset);
    if (seen.length === 0) continue;
    const edges = new Set(seen.flatMap(({ a, b, c }) => [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]));
    const rim = [...edges].map((edge) => edge.split(' ').map(Number) as [number, number]).filter(([a, b]) => !edges.has(`${b} ${a}`));
    const gone = new Set(seen);
    faces = [...faces.filter((one) => !gone.has(one)), ...rim.map(([a, b]) => face(a, b, p))];
  }
  return {
    volume: faces.reduce((sum, { normal, offset }) => sum + (offset - dot(normal, centre)) / 6, 0),
    area: faces.reduce((sum, { normal }) => sum + Math.sqrt(dot(normal, normal)) / 2, 0),
  };
}
