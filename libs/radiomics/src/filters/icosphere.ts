/**
 * Vertices of an icosahedron whose triangles are each divided in four `subdivisions` times and pushed out to the sphere: 12, 42, 162, … points.
 *
 * @returns one [x, y, z] a vertex, at the given radius
 */
export function icosphere(subdivisions: number, radius: number): readonly (readonly [number, number, number])[] {
  const t = (1 + Math.sqrt(5)) / 2;
  const vertices: [number, number, number][] = [
    [-1, t, 0], [1, t, 0], [-1, -t, 0], [1, -t, 0], [0, -1, t], [0, 1, t], [0, -1, -t], [0, 1, -t], [t, 0, -1], [t, 0, 1], [-t, 0, -1], [-t, 0, 1],
  ];
  let faces: [number, number, number][] = [
    [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2], [10, 7, 6], [7, 1, 8],
    [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1],
  ];
  const onSphere = ([x, y, z]: readonly [number, number, number]): [number, number, number] => {
    const scale = radius / Math.sqrt(x * x + y * y + z * z);
    return [x * scale, y * scale, z * scale];
  };
  vertices.forEach((vertex, i) => (vertices[i] = onSphere(vertex)));
  for (let round = 0; round < subdivisions; round++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number): number => {
      const key = a < b ? `${a},${b}` : `${b},${a}`;
      const known = middles.get(key);
      if (known !== undefined) return known;
      const [p, q] = [vertices[a]!, vertices[b]!];
      vertices.push(onSphere([(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2]));
      middles.set(key, vertices.length - 1);
      return vertices.length - 1;
    };
    faces = faces.flatMap(([a, b, c]): [number, number, number][] => {
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      return [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]];
    });
  }
  return vertices;
}
