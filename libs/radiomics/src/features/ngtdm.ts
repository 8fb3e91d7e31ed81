import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';

/**
 * The 5 neighbouring grey-tone difference features of pyradiomics. For grey level i: p_i its share of voxels, s_i the sum of |i − mean of the neighbours in the region|; a
 * voxel without a neighbour adds 0. A region without differences has coarseness 10⁶ and 0 elsewhere.
 */
export function ngtdmFeatures({ box, present, region }: GreyLevels, steps: readonly number[]): Features {
  const n = region.places.length;
  const levels = present.length;
  const p = new Float64Array(levels);
  const s = new Float64Array(levels);
  const neighbours = Int32Array.from(steps.flatMap((step) => [step, -step]));
  for (let v = 0; v < n; v++) {
    const at = region.places[v]!;
    let [sum, count] = [0, 0];
    for (let k = 0; k < neighbours.length; k++) {
      const other = box[at + neighbours[k]!]!;
      if (other !== 0) {
        sum += present[other - 1]!;
        count++;
      }
    }
    const index = box[at]! - 1;
    p[index]!++;
    if (count > 0) s[index]! += Math.abs(present[index]! - sum / count);
  }
  for (let i = 0; i < levels; i++) p[i]! /= n;
  return figures(p, s, present, n);
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
