import { middleOfGap, type SplitRules } from './gradient-split.js';

/** Bootstrap weights of the two classes in a node, and how many patients carry them. */
export interface ClassWeights {
  readonly nonEvents: number;
  readonly events: number;
  readonly patients: number;
}

/**
 * The three counts of a bin in one number: nonEvents + 2^17 events + 2^34 patients. Whole numbers below 2^53 add exactly, so the sum over hospitals is the packed sum, and a message is a
 * third as long. Weights of all hospitals together must stay below 2^17.
 */
const EVENTS = 2 ** 17;
const PATIENTS = 2 ** 34;

/** Most pooled patients of a forest: their Poisson(1) weights stay far below 2^17. */
export const FOREST_PATIENTS = 2 ** 16;

export const packedWeight = (weight: number, event: boolean): number => (weight === 0 ? 0 : (event ? weight * EVENTS : weight) + PATIENTS);

export function unpackWeights(packed: number): ClassWeights {
  const patients = Math.floor(packed / PATIENTS);
  const weights = packed - patients * PATIENTS;
  const events = Math.floor(weights / EVENTS);
  return { nonEvents: weights - events * EVENTS, events, patients };
}

export interface ForestSplit {
  /** Index among the sampled features. */
  readonly column: number;
  readonly bin: number;
  readonly left: ClassWeights;
  readonly right: ClassWeights;
}

export interface ForestSplitRules {
  /** Patients of each child. */
  readonly minimumLeaf: number;
  /** 'best': every cut is tried (random forest). 'random': one cut of each sampled feature, drawn between the outermost occupied bins (ExtraTrees). */
  readonly splitter: 'best' | 'random';
  readonly cut: SplitRules['cut'];
}

/**
 * The split with the largest decrease of the Gini impurity among the sampled features, or null. Maximising Σ_children (w0² + w1²) / w is the same.
 *
 * @param histogram packed counts, sampled feature after sampled feature, bin after bin
 * @param uniform draws in [0, 1), for the splitter 'random'
 */
export function bestForestSplit(histogram: Float64Array, sizes: ArrayLike<number>, rules: ForestSplitRules, uniform: () => number): ForestSplit | null {
  let best: ForestSplit | null = null;
  let bestScore = -Infinity;
  let start = 0;
  for (let c = 0; c < sizes.length; c++) {
    const own = histogram.subarray(start, start + sizes[c]);
    start += sizes[c];
    const total = own.reduce((sum, packed) => sum + packed, 0);
    const node = unpackWeights(total);
    const occupied = (b: number) => own[b] > 0;
    const [from, to] = rules.splitter === 'best' ? [0, sizes[c] - 1] : drawnCut(own, uniform);
    let packed = own.subarray(0, from).reduce((sum, one) => sum + one, 0);
    for (let b = from; b < to; b++) {
      packed += own[b];
      if (rules.splitter === 'best' && !occupied(b)) continue;
      const left = unpackWeights(packed);
      const right = unpackWeights(total - packed);
      if (left.patients < rules.minimumLeaf || right.patients < rules.minimumLeaf || left.patients === 0 || right.patients === 0) continue;
      const score = purity(left) + purity(right);
      if (score > bestScore * (1 + 1e-12) && score > purity(node) * (1 + 1e-12)) {
        bestScore = score;
        best = { column: c, bin: rules.splitter === 'best' && rules.cut === 'middle-of-gap' ? middleOfGap(b, sizes[c], occupied) : b, left, right };
      }
    }
  }
  return best;
}

/** (w0² + w1²) / w. */
const purity = ({ nonEvents, events }: ClassWeights): number => (nonEvents * nonEvents + events * events) / (nonEvents + events);

/** One cut between the first and the last occupied bin, each as likely: [b, b + 1), or nothing where all patients share a bin. */
function drawnCut(histogram: Float64Array, uniform: () => number): [number, number] {
  let first = 0;
  let last = histogram.length - 1;
  while (first < last && histogram[first] === 0) first++;
  while (last > first && histogram[last] === 0) last--;
  if (first === last) return [0, 0];
  const b = first + Math.floor(uniform() * (last - first));
  return [b, b + 1];
}
