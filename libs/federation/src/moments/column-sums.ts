/** The values of one class, missing ones left out. `into` has room for all values; the answer is its beginning. */
export function valuesOfClass(values: Float64Array, y: Uint8Array, outcome: 0 | 1, into = new Float64Array(values.length)): Float64Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (y[i] === outcome && !Number.isNaN(values[i]!)) into[count++] = values[i]!;
  return into.subarray(0, count);
}

/** n, Σ x and Σ |x| of the values, the rounding error of each addition carried along (Neumaier 1974). */
export function columnTotals(values: Float64Array): { n: number; total: number; magnitude: number } {
  let [total, lost, magnitude, lostMagnitude] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const size = Math.abs(x);
    const next = total + x;
    lost += Math.abs(total) >= size ? total - next + x : x - next + total;
    total = next;
    const nextMagnitude = magnitude + size;
    lostMagnitude += magnitude >= size ? magnitude - nextMagnitude + size : size - nextMagnitude + magnitude;
    magnitude = nextMagnitude;
  }
  return { n: values.length, total: Number.isFinite(total) ? total + lost : total, magnitude: Number.isFinite(magnitude) ? magnitude + lostMagnitude : magnitude };
}

/** Σ (x - mean) / unit and Σ ((x - mean) / unit)², the rounding error of each addition carried along. */
export function columnSquares(values: Float64Array, mean: number, unit: number): { deviation: number; square: number } {
  let [deviation, lost, square, lostSquare] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = (values[i]! - mean) / unit;
    const next = deviation + x;
    lost += Math.abs(deviation) >= Math.abs(x) ? deviation - next + x : x - next + deviation;
    deviation = next;
    const squared = x * x;
    const nextSquare = square + squared;
    lostSquare += square >= squared ? square - nextSquare + squared : squared - nextSquare + square;
    square = nextSquare;
  }
  return { deviation: Number.isFinite(deviation) ? deviation + lost : deviation, square: Number.isFinite(square) ? square + lostSquare : square };
}
