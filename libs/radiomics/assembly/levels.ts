import { doubleAt, setShort, setWord, shortAt, wordAt } from './memory';

/**
 * The level of each value is the number of edges at or below it: a guess, then corrected against the edges themselves, low + i · step for i < count; the last may differ.
 *
 * @param last the last edge, NaN where it is low + (count − 1) · step
 * @param seen count + 1 words, 0; set to 1 at the levels that occur
 */
export function levelsOf(values: usize, n: i32, low: f64, step: f64, count: i32, last: f64, levels: usize, seen: usize): void {
  const scale = 1 / step;
  const own = last == last;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    let level = <i32>min(max(floor((x - low) * scale) + 1, 0), <f64>count);
    while (level > 0 && (own && level == count ? last : low + <f64>(level - 1) * step) > x) level--;
    while (level < count && (own && level == count - 1 ? last : low + <f64>level * step) <= x) level++;
    setWord(levels, i, level);
    setWord(seen, level, 1);
  }
}

/** Numbers the levels that occur, from 1: `seen` then holds each level's number, `present` the levels. Returns how many there are; beyond `most` they are only counted. */
export function numberLevels(seen: usize, length: i32, present: usize, most: i32): i32 {
  let count = 0;
  for (let level = 0; level < length; level++) {
    if (wordAt(seen, level) == 0) continue;
    if (count < most) setWord(present, count, level);
    setWord(seen, level, ++count);
  }
  return count;
}

/** Writes each voxel's number into the region's order and into the padded box. */
export function placeNumbers(levels: usize, n: i32, numbers: usize, places: usize, indices: usize, box: usize): void {
  for (let v = 0; v < n; v++) {
    const number = wordAt(numbers, wordAt(levels, v));
    setShort(indices, v, number);
    setShort(box, wordAt(places, v), number);
  }
}

/** Voxels of each number, words, 0 at first. */
export function occupancy(indices: usize, n: i32, counts: usize): void {
  for (let v = 0; v < n; v++) {
    const number = shortAt(indices, v) - 1;
    setWord(counts, number, wordAt(counts, number) + 1);
  }
}
