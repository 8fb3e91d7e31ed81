/** A closed polygon in continuous pixel indices: x0, y0, x1, y1, … */
export type Polygon = Float64Array;

/**
 * Marks the pixels whose centres lie inside an odd number of the polygons: contours within contours are holes, and one that runs in and out through a slit is too. A centre on an edge belongs
 * to the pixel's lower-left side, so that polygons that share an edge share no pixel.
 *
 * @param target row-major, `columns` × `rows`
 */
export function fillOddly(polygons: readonly Polygon[], target: Uint8Array, columns: number, rows: number): void {
  const crossings: number[][] = [];
  for (const polygon of polygons) collectCrossings(polygon, crossings, rows);
  crossings.forEach((row, y) => {
    row.sort((a, b) => a - b);
    for (let i = 0; i + 1 < row.length; i += 2) {
      const from = Math.max(0, Math.ceil(row[i]));
      // Half-open: the centre on the right edge is outside.
      const to = Math.min(columns, Math.ceil(row[i + 1]));
      if (to > from) target.fill(1, y * columns + from, y * columns + to);
    }
  });
}

/** Where the edges cross the middle line of each row; half-open, so that a vertex on the line counts once. */
function collectCrossings(polygon: Polygon, crossings: number[][], rows: number): void {
  const n = polygon.length / 2;
  for (let i = 0; i < n; i++) {
    const next = (i + 1) % n;
    const [x0, y0, x1, y1] = [polygon[2 * i], polygon[2 * i + 1], polygon[2 * next], polygon[2 * next + 1]];
    const first = Math.max(0, Math.ceil(Math.min(y0, y1)));
    const last = Math.min(rows - 1, Math.ceil(Math.max(y0, y1)) - 1);
    for (let y = first; y <= last; y++) (crossings[y] ??= []).push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
}
