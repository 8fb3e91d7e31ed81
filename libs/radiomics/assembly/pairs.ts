import { addWord, byteAt, setByte, setShort, shortAt, wordAt } from './memory';

/**
 * Co-occurrences, runs and equal neighbours along one direction in one pass.
 *
 * @param box numbers of the levels, 0 outside the region
 * @param lengths shorts of the box, 0: the length so far of the run that ends at a voxel; left 0
 * @param equal bytes of the box, counted up
 * @param pairs levels × levels words; @param runs levels × longest words
 */
export function scanDirection(box: usize, places: usize, n: i32, offset: i32, lengths: usize, equal: usize, pairs: usize, levels: i32, runs: usize, longest: i32): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const next = at + offset;
    const level = shortAt(box, at);
    const other = shortAt(box, next);
    const length = shortAt(lengths, at);
    setShort(lengths, at, 0);
    if (other == level) {
      setShort(lengths, next, length + 1);
      setByte(equal, at, byteAt(equal, at) + 1);
      setByte(equal, next, byteAt(equal, next) + 1);
      addWord(pairs, (level - 1) * (levels + 1), 1);
    } else {
      addWord(runs, (level - 1) * longest + length, 1);
      if (other != 0) addWord(pairs, (level - 1) * levels + other - 1, 1);
    }
  }
}

/** Co-occurrences along one direction. */
export function countPairs(box: usize, places: usize, n: i32, offset: i32, pairs: usize, levels: i32): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const other = shortAt(box, at + offset);
    if (other != 0) addWord(pairs, (shortAt(box, at) - 1) * levels + other - 1, 1);
  }
}

/** Runs along one direction of neighbours. */
export function countRuns(box: usize, places: usize, n: i32, offset: i32, lengths: usize, runs: usize, longest: i32): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const next = at + offset;
    const level = shortAt(box, at);
    const length = shortAt(lengths, at);
    setShort(lengths, at, 0);
    if (shortAt(box, next) == level) setShort(lengths, next, length + 1);
    else addWord(runs, (level - 1) * longest + length, 1);
  }
}

/** Level × neighbours of the same level, from the bytes a scan of all directions leaves. */
export function countEquals(box: usize, places: usize, n: i32, equal: usize, counts: usize, columns: i32): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    addWord(counts, (shortAt(box, at) - 1) * columns + byteAt(equal, at), 1);
  }
}

/** Level × neighbours whose level differs by at most alpha. */
export function countNear(box: usize, places: usize, n: i32, offsets: usize, reach: i32, present: usize, alpha: i32, counts: usize): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const number = shortAt(box, at);
    const grey = wordAt(present, number - 1);
    let dependent = 0;
    for (let k = 0; k < reach; k++) {
      const other = shortAt(box, at + wordAt(offsets, k));
      if (other != 0 && abs(wordAt(present, other - 1) - grey) <= alpha) dependent++;
    }
    addWord(counts, (number - 1) * (reach + 1) + dependent, 1);
  }
}
