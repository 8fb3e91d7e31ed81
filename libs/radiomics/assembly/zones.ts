import { addWord, doubleAt, setDouble, setWord, shortAt, wordAt } from './memory';

const EPSILON: f64 = 2.220446049250313e-16;

function rootOf(parent: usize, set: i32): i32 {
  let root = set;
  while (wordAt(parent, root) != root) {
    const next = wordAt(parent, wordAt(parent, root));
    setWord(parent, root, next);
    root = next;
  }
  return root;
}

/**
 * Joins voxels of one level with their earlier neighbours; sets are kept as trees whose parents are earlier sets.
 *
 * @param earlier offsets of the earlier neighbours
 * @param below offset of the voxel that touches every other earlier one, so that it answers for them; 0 for none
 * @param setOf words of the box; @param parent words, as many as there are voxels
 * @returns how many sets were made
 */
export function joinZones(box: usize, places: usize, n: i32, earlier: usize, reach: i32, below: i32, setOf: usize, parent: usize): i32 {
  let made = 0;
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const level = shortAt(box, at);
    if (below != 0 && shortAt(box, at - below) == level) {
      setWord(setOf, at, wordAt(setOf, at - below));
      continue;
    }
    let own = -1;
    for (let k = 0; k < reach; k++) {
      const neighbour = at - wordAt(earlier, k);
      if (shortAt(box, neighbour) != level) continue;
      const other = rootOf(parent, wordAt(setOf, neighbour));
      if (own < 0 || other == own) own = other;
      else if (other < own) {
        setWord(parent, own, other);
        own = other;
      } else setWord(parent, other, own);
    }
    if (own < 0) {
      own = made++;
      setWord(parent, own, own);
    }
    setWord(setOf, at, own);
  }
  return made;
}

/** Numbers the zones and counts their voxels: `zoneOf` (a word a set), `sizes` (0 at first) and `levels` of each zone. Returns how many there are. */
export function gatherZones(made: i32, parent: usize, setOf: usize, box: usize, places: usize, n: i32, zoneOf: usize, sizes: usize, levels: usize): i32 {
  let count = 0;
  // A parent is never later than its child, so that one pass resolves all.
  for (let set = 0; set < made; set++) {
    const up = wordAt(parent, set);
    setWord(zoneOf, set, up == set ? count++ : wordAt(zoneOf, up));
  }
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const zone = wordAt(zoneOf, wordAt(setOf, at));
    addWord(sizes, zone, 1);
    setWord(levels, zone, shortAt(box, at));
  }
  return count;
}

/** The sizes that occur, ascending, as doubles; `column` (largest possible size + 1 words, 0) then holds each size's column. Returns how many there are. */
export function distinctSizes(sizes: usize, zones: i32, column: usize, largest: i32, distinct: usize): i32 {
  let count = 0;
  for (let zone = 0; zone < zones; zone++) setWord(column, wordAt(sizes, zone), 1);
  for (let size = 1; size <= largest; size++) {
    if (wordAt(column, size) == 0) continue;
    setDouble(distinct, count, <f64>size);
    setWord(column, size, count++);
  }
  return count;
}

/** Zones by level and size. */
export function countZones(sizes: usize, levels: usize, zones: i32, column: usize, columns: i32, counts: usize): void {
  for (let zone = 0; zone < zones; zone++) addWord(counts, (wordAt(levels, zone) - 1) * columns + wordAt(column, wordAt(sizes, zone)), 1);
}

/** Σ p / v², Σ p v², Σ p v, variance of v, Σ count² / n, Σ count² / n² of one margin, at out. */
function marginal(values: usize, counts: usize, length: i32, n: f64, out: usize): void {
  let small: f64 = 0, large: f64 = 0, first: f64 = 0, squares: f64 = 0, variance: f64 = 0;
  for (let i = 0; i < length; i++) {
    const count = doubleAt(counts, i);
    if (count == 0) continue;
    const v = doubleAt(values, i);
    const p = count / n;
    small += p / (v * v);
    large += p * v * v;
    first += p * v;
    squares += count * count;
  }
  for (let i = 0; i < length; i++) {
    const count = doubleAt(counts, i);
    const d = doubleAt(values, i) - first;
    if (count != 0) variance += (count / n) * d * d;
  }
  setDouble(out, 0, small);
  setDouble(out, 1, large);
  setDouble(out, 2, first);
  setDouble(out, 3, variance);
  setDouble(out, 4, squares / n);
  setDouble(out, 5, squares / (n * n));
}

/**
 * All figures of a matrix of grey level × size: 6 of the sizes and 6 of the levels (see `marginal`), the entropy, and Σ p / (i² j²), p i² / j², p j² / i², p i² j².
 *
 * @param words whether counts are words, else doubles; grey values and sizes are doubles
 * @param margins room for rows + columns doubles, 0
 * @returns the sum of the counts; with 0 nothing is written
 */
export function matrixFigures(counts: usize, words: bool, grey: usize, rows: i32, sizes: usize, columns: i32, margins: usize, out: usize): f64 {
  const perGrey = margins + (<usize>columns << 3);
  let n: f64 = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const count = words ? <f64>wordAt(counts, at) : doubleAt(counts, at);
      if (count == 0) continue;
      setDouble(margins, j, doubleAt(margins, j) + count);
      setDouble(perGrey, i, doubleAt(perGrey, i) + count);
      n += count;
    }
  }
  if (n == 0) return 0;
  let entropy: f64 = 0, smallLow: f64 = 0, smallHigh: f64 = 0, largeLow: f64 = 0, largeHigh: f64 = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    const i2 = doubleAt(grey, i) * doubleAt(grey, i);
    for (let j = 0; j < columns; j++, at++) {
      const count = words ? <f64>wordAt(counts, at) : doubleAt(counts, at);
      if (count == 0) continue;
      const p = count / n;
      const j2 = doubleAt(sizes, j) * doubleAt(sizes, j);
      entropy -= p * NativeMath.log2(p + EPSILON);
      smallLow += p / (i2 * j2);
      smallHigh += (p * i2) / j2;
      largeLow += (p * j2) / i2;
      largeHigh += p * i2 * j2;
    }
  }
  marginal(sizes, margins, columns, n, out);
  marginal(grey, perGrey, rows, n, out + 48);
  setDouble(out, 12, entropy);
  setDouble(out, 13, smallLow);
  setDouble(out, 14, smallHigh);
  setDouble(out, 15, largeLow);
  setDouble(out, 16, largeHigh);
  return n;
}
