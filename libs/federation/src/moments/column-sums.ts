import { compensatedSum } from '@consilium/numerics';

/** The values of one class, missing ones left out. */
export function valuesOfClass(values: Float64Array, y: Uint8Array, outcome: 0 | 1): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (y[i] === outcome && !Number.isNaN(values[i]!)) kept[count++] = values[i]!;
  return kept.subarray(0, count);
}

/** n, Σ x and Σ |x| of the values. */
export const columnTotals = (values: Float64Array) => ({
  n: values.length,
  total: compensatedSum(values),
  magnitude: compensatedSum(values.map(Math.abs)),
});

/** Σ (x - mean) / unit and Σ ((x - mean) / unit)². */
export function columnSquares(values: Float64Array, mean: number, unit: number): { deviation: number; square: number } {
  const scaled = values.map((x) => (x - mean) / unit);
  return { deviation: compensatedSum(scaled), square: compensatedSum(scaled.map((z) => z * z)) };
}
