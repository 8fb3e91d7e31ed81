import { doubleAt, setDouble, setWord, shortAt, wordAt } from './memory';

/** Grey value of each voxel, in the padded box and one after another. */
export function placeGreys(box: usize, places: usize, n: i32, present: usize, values: usize, own: usize): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const grey = wordAt(present, shortAt(box, at) - 1);
    setWord(values, at, grey);
    setWord(own, v, grey);
  }
}

/** target[i] = source[i − step] + source[i] + source[i + step], words, but for the first and last `step`. */
function sumThree(source: usize, step: i32, cells: i32, target: usize): void {
  const bytes = <usize>step << 2;
  let at = bytes;
  const end = <usize>(cells - step) << 2;
  for (; at + 16 <= end; at += 16) v128.store(target + at, i32x4.add(i32x4.add(v128.load(source + at - bytes), v128.load(source + at)), v128.load(source + at + bytes)));
  for (; at < end; at += 4) store<i32>(target + at, load<i32>(source + at - bytes) + load<i32>(source + at) + load<i32>(source + at + bytes));
}

/**
 * The sums of three along one step, then along another one (0: none), in the place of the values, slice by slice. What lies in the empty layer around the region is not kept.
 *
 * @param scratch room for a slice
 */
export function sumSlices(values: usize, slice: i32, slices: i32, stepA: i32, stepB: i32, scratch: usize): void {
  for (let z = 0, at = values; z < slices; z++, at += <usize>slice << 2) {
    sumThree(at, stepA, slice, scratch);
    if (stepB != 0) sumThree(scratch, stepB, slice, at);
    else memory.copy(at + (<usize>stepA << 2), scratch + (<usize>stepA << 2), <usize>(slice - 2 * stepA) << 2);
  }
}

/** result[v], which holds the voxel itself at first, becomes the three of `sums` along a step without it. */
export function gatherSums(sums: usize, step: i32, places: usize, n: i32, result: usize): void {
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    setWord(result, v, wordAt(sums, at - step) + wordAt(sums, at) + wordAt(sums, at + step) - wordAt(result, v));
  }
}

/** Sums and counts over any neighbours, given by their offsets. */
export function neighbourSums(values: usize, places: usize, n: i32, offsets: usize, reach: i32, sums: usize, counts: usize): void {
  for (let v = 0; v < n; v++) {
    let sum = 0, count = 0;
    for (let k = 0; k < reach; k++) {
      const other = wordAt(values, wordAt(places, v) + wordAt(offsets, k));
      sum += other;
      count += i32(other != 0);
    }
    setWord(sums, v, sum);
    setWord(counts, v, count);
  }
}

/** Ones at the region's voxels, in the padded box and one after another. */
export function placeOnes(places: usize, n: i32, values: usize, own: usize): void {
  for (let v = 0; v < n; v++) {
    setWord(values, wordAt(places, v), 1);
    setWord(own, v, 1);
  }
}

/** Voxels of each level as shares, and Σ |i − mean of the neighbours|; both 0 at first. */
export function differencesByLevel(box: usize, places: usize, n: i32, present: usize, sums: usize, counts: usize, levels: i32, p: usize, s: usize): void {
  for (let v = 0; v < n; v++) {
    const number = shortAt(box, wordAt(places, v)) - 1;
    setDouble(p, number, doubleAt(p, number) + 1);
    const count = wordAt(counts, v);
    if (count > 0) setDouble(s, number, doubleAt(s, number) + abs(<f64>wordAt(present, number) - <f64>wordAt(sums, v) / <f64>count));
  }
  for (let i = 0; i < levels; i++) setDouble(p, i, doubleAt(p, i) / <f64>n);
}

/** Σ p_i s_i, Σ s_i, and over all pairs of levels: p_i p_j (i−j)², |i p_i − j p_j|, |i−j| (p_i s_i + p_j s_j) / (p_i + p_j), (p_i + p_j) (i−j)². */
export function differenceSums(p: usize, s: usize, grey: usize, levels: i32, out: usize): void {
  let weighted: f64 = 0, sumS: f64 = 0, contrast: f64 = 0, absolute: f64 = 0, complexity: f64 = 0, strength: f64 = 0;
  for (let i = 0; i < levels; i++) {
    const pi = doubleAt(p, i), si = doubleAt(s, i), gi = <f64>wordAt(grey, i);
    weighted += pi * si;
    sumS += si;
    for (let j = 0; j < levels; j++) {
      const pj = doubleAt(p, j), gj = <f64>wordAt(grey, j);
      const d = gi - gj;
      contrast += pi * pj * d * d;
      absolute += abs(gi * pi - gj * pj);
      complexity += (abs(d) * (pi * si + pj * doubleAt(s, j))) / (pi + pj);
      strength += (pi + pj) * d * d;
    }
  }
  setDouble(out, 0, weighted);
  setDouble(out, 1, sumS);
  setDouble(out, 2, contrast);
  setDouble(out, 3, absolute);
  setDouble(out, 4, complexity);
  setDouble(out, 5, strength);
}
