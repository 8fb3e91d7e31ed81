import { addWord, byteAt, doubleAt, setByte, setDouble, setWord, wordAt } from './memory';

// @ts-ignore: decorator
@inline function cellOf(x: f64, least: f64, scale: f64, cells: i32): i32 {
  return min(<i32>((x - least) * scale), cells - 1);
}

/** Sorts doubles from first to last (inclusive): three-way partition, so that ties cost nothing. */
function sort(values: usize, first: i32, last: i32): void {
  while (first < last) {
    const a = doubleAt(values, first), b = doubleAt(values, (first + last) >> 1), c = doubleAt(values, last);
    const pivot = max(min(a, b), min(max(a, b), c));
    let low = first, high = last, i = first;
    while (i <= high) {
      const x = doubleAt(values, i);
      if (x < pivot) {
        setDouble(values, i++, doubleAt(values, low));
        setDouble(values, low++, x);
      } else if (x > pivot) {
        setDouble(values, i, doubleAt(values, high));
        setDouble(values, high--, x);
      } else i++;
    }
    // The smaller part first, so that the stack stays low.
    if (low - first < last - high) {
      sort(values, first, low - 1);
      first = high + 1;
    } else {
      sort(values, high + 1, last);
      last = low - 1;
    }
  }
}

/**
 * The values at some ranks, without sorting all: values are counted in cells of equal width, and only cells that hold a wanted rank are sorted.
 *
 * @param scale cells a unit of the values
 * @param ranks words, ascending; the values go to `found`
 * @param scratch 0 in its first 4 (cells + 1) + 8 wanted + cells bytes, and room for n doubles after them (aligned to 16)
 */
export function selectRanks(values: usize, n: i32, least: f64, scale: f64, cells: i32, ranks: usize, wanted: i32, found: usize, scratch: usize): void {
  const starts = scratch;
  const chosen = scratch + (<usize>(cells + 1) << 2);
  const filled = chosen + (<usize>wanted << 3);
  const contents = (filled + <usize>cells + 15) & ~15;
  for (let i = 0; i < n; i++) addWord(starts, cellOf(doubleAt(values, i), least, scale, cells) + 1, 1);
  for (let cell = 0; cell < cells; cell++) addWord(starts, cell + 1, wordAt(starts, cell));
  for (let k = 0; k < wanted; k++) {
    const cell = cellOfRank(starts, cells, wordAt(ranks, k));
    setWord(chosen, 2 * k, cell);
    setWord(chosen, 2 * k + 1, wordAt(starts, cell));
    setByte(filled, cell, 1);
  }
  // Values of the cells wanted, each at its cell's place in order; the cell's start ends as the place after its last.
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    const cell = cellOf(x, least, scale, cells);
    if (byteAt(filled, cell) == 0) continue;
    const at = wordAt(starts, cell);
    setDouble(contents, at, x);
    setWord(starts, cell, at + 1);
  }
  for (let k = 0; k < wanted; k++) {
    const cell = wordAt(chosen, 2 * k);
    if (k == 0 || cell != wordAt(chosen, 2 * k - 2)) sort(contents, wordAt(chosen, 2 * k + 1), wordAt(starts, cell) - 1);
    setDouble(found, k, doubleAt(contents, wordAt(ranks, k)));
  }
}

/** The cell that holds a rank: the last one whose values begin at or before it. */
function cellOfRank(starts: usize, cells: i32, rank: i32): i32 {
  let low = 0, high = cells - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (wordAt(starts, middle) <= rank) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function sumOf(values: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += doubleAt(values, i);
  return sum;
}

/** Σ (x + shift)², Σ |x − mean|, Σ (x − mean)^2, ^3, ^4, at out. */
export function momentSums(values: usize, n: i32, shift: f64, mean: f64, out: usize): void {
  let energy: f64 = 0, absolute: f64 = 0, m2: f64 = 0, m3: f64 = 0, m4: f64 = 0;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    const shifted = x + shift;
    energy += shifted * shifted;
    const d = x - mean;
    const d2 = d * d;
    absolute += abs(d);
    m2 += d2;
    m3 += d2 * d;
    m4 += d2 * d2;
  }
  setDouble(out, 0, energy);
  setDouble(out, 1, absolute);
  setDouble(out, 2, m2);
  setDouble(out, 3, m3);
  setDouble(out, 4, m4);
}

/** Mean of |x − mean| over the values from low to high, about their own mean. */
export function robustDeviation(values: usize, n: i32, low: f64, high: f64): f64 {
  let sum: f64 = 0, absolute: f64 = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    if (x < low || x > high) continue;
    sum += x;
    count++;
  }
  const mean = sum / <f64>count;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    if (x >= low && x <= high) absolute += abs(x - mean);
  }
  return absolute / <f64>count;
}
