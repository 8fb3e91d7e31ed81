/**
 * Vertices of an icosahedron whose triangles are each divided in four `subdivisions` times and pushed out to the sphere: 12, 42, 162, … points.
 *
 * @returns one [x, y, z] a vertex, at the given radius
 */
export function icosphere(subdivisions: number, radius: number): readonly (readonly [number, number, number])[] {
  const t = (1 + Math.sqrt(5)) / 2;
  const vertices = [
    [-1, t, 0], [1, t, 0], [-1, -t, 0], [1, -t, 0], [0, -1, t], [0, 1, t], [0, -1, -t], [0, 1, -t], [t, 0, -1], [t, 0, 1], [-t, 0, -1], [-t, 0, 1],
  ].map((vertex) => vertex.map((x) => x / Math.sqrt(2 + t)) as [number, number, number]);
  let faces: [number, number, number][] = [
    [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2], [10, 7, 6], [7, 1, 8],
    [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1],
  ];
  for (let round = 0; round < subdivisions; round++) {
    const { middles, indexOf } = middlesOf(vertices, faces);
    faces = faces.flatMap(([a, b, c], f): [number, number, number][] => {
      const [ab, bc, ca] = [0, 1, 2].map((edge) => vertices.length + indexOf[edge * faces.length + f]) as [number, number, number];
      return [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]];
    });
    vertices.push(...middles);
    vertices.forEach(([x, y, z], i) => {
      const length = Math.sqrt(x * x + y * y + z * z);
      const offset = radius - length;
      vertices[i] = [x + (x / length) * offset, y + (y / length) * offset, z + (z / length) * offset];
    });
  }
  return vertices;
}

type Point = [number, number, number];

/**
 * The middle of every edge once, ordered by the edge's larger vertex, then its smaller one, as trimesh orders them. The order decides in which order pyradiomics adds up the
 * harmonics, and so the last bits of what are ties otherwise.
 */
function middlesOf(vertices: readonly Point[], faces: readonly Point[]): { middles: Point[]; indexOf: number[] } {
  const keys = [[0, 1], [1, 2], [2, 0]].flatMap(([from, to]) => faces.map((face) => edgeKey(face[from], face[to])));
  const sorted = [...new Set(keys)].sort((a, b) => a - b);
  const places = new Map(sorted.map((key, i) => [key, i]));
  const middles = sorted.map((key): Point => {
    const [p, q] = [vertices[key % EDGE_BASE], vertices[Math.floor(key / EDGE_BASE)]];
    return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2];
  });
  return { middles, indexOf: keys.map((key) => places.get(key)!) };
}

const EDGE_BASE = 2 ** 24;

const edgeKey = (a: number, b: number): number => Math.max(a, b) * EDGE_BASE + Math.min(a, b);
