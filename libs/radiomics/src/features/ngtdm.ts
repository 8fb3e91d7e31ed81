import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import type { Direction } from './neighbourhood.js';

/**
 * The 5 neighbouring grey-tone difference features of pyradiomics. For grey level i: p_i its share of voxels, s_i the sum of |i − mean of the neighbours in the region|; a
 * voxel without a neighbour adds 0. A region without differences has coarseness 10⁶ and 0 elsewhere.
 */
export function ngtdmFeatures({ box, present, region }: GreyLevels, directions: readonly Direction[]): Features {
  const { places } = region;
  const p = new Float64Array(present.length);
  const s = new Float64Array(present.length);
  const neighbours = Int32Array.from(directions.flatMap(({ offset }) => [offset, -offset]));
  const reach = neighbours.length;
  // Grey value of an index; 0 for none.
  const grey = new Int32Array(present.length + 1);
  grey.set(present, 1);
  for (let v = 0; v < places.length; v++) {
    const at = places[v]!;
    let [sum, count] = [0, 0];
    for (let k = 0; k < reach; k++) {
      const other = box[at + neighbours[k]!]!;
      sum += grey[other]!;
      count += other === 0 ? 0 : 1;
    }
    const index = box[at]!;
    p[index - 1]!++;
    if (count > 0) s[index - 1]! += Math.abs(grey[index]! - sum / count);
  }
  for (let i = 0; i < p.length; i++) p[i]! /= places.length;
  return figures(p, s, present, places.length);
}

function figures(p: Float64Array, s: Float64Array, grey: Int32Array, n: number): Features {
  const levels = grey.length;
  let [weighted, sumS, contrast, absolute, complexity, strength] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < levels; i++) {
    weighted += p[i]! * s[i]!;
    sumS += s[i]!;
    for (let j = 0; j < levels; j++) {
      const d = grey[i]! - grey[j]!;
      contrast += p[i]! * p[j]! * d * d;
      absolute += Math.abs(grey[i]! * p[i]! - grey[j]! * p[j]!);
      complexity += (Math.abs(d) * (p[i]! * s[i]! + p[j]! * s[j]!)) / (p[i]! + p[j]!);
      strength += (p[i]! + p[j]!) * d * d;
    }
  }
  const pairs = levels * (levels - 1);
  return {
    Busyness: absolute === 0 ? 0 : weighted / absolute,
    Coarseness: weighted === 0 ? 1e6 : 1 / weighted,
    Complexity: complexity / n,
    Contrast: pairs === 0 ? 0 : (contrast * sumS) / (pairs * n),
    Strength: sumS === 0 ? 0 : strength / sumS,
  };
}
