import type { Tagged } from './intensity.js';

/** The 25 co-occurrence figures of IBSI from a symmetrical matrix of counts; null when it is empty. */
export function cooccurrenceFigures(counts: Float64Array, levels: number): Tagged | null {
  const total = counts.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const [marginal, difference, sums] = [new Float64Array(levels), new Float64Array(levels), new Float64Array(2 * levels + 1)];
  const cells: { i: number; j: number; p: number }[] = [];
  for (let i = 0; i < levels; i++) {
    for (let j = 0; j < levels; j++) {
      const p = counts[i * levels + j] / total;
      if (p === 0) continue;
      cells.push({ i: i + 1, j: j + 1, p });
      marginal[i] += p;
      difference[Math.abs(i - j)] += p;
      sums[i + j + 2] += p;
    }
  }
  const over = (f: (i: number, j: number, p: number) => number) => cells.reduce((value, { i, j, p }) => value + f(i, j, p), 0);
  const along = (distribution: Float64Array, f: (k: number) => number) => distribution.reduce((value, p, k) => value + p * f(k), 0);
  const entropy = (distribution: Float64Array) => distribution.reduce((value, p) => (p > 0 ? value - p * Math.log2(p) : value), 0);
  const mean = over((i, _j, p) => p * i);
  const variance = over((i, _j, p) => p * (i - mean) ** 2);
  const [diffMean, sumMean] = [along(difference, (k) => k), along(sums, (k) => k)];
  const jointEntropy = over((_i, _j, p) => -p * Math.log2(p));
  const cluster = (power: number) => over((i, j, p) => p * (i + j - 2 * mean) ** power);
  return {
    joint_max: cells.reduce((most, { p }) => Math.max(most, p), 0), joint_avg: mean, joint_var: variance, joint_entr: jointEntropy,
    diff_avg: diffMean, diff_var: along(difference, (k) => (k - diffMean) ** 2), diff_entr: entropy(difference),
    sum_avg: sumMean, sum_var: along(sums, (k) => (k - sumMean) ** 2), sum_entr: entropy(sums),
    energy: over((_i, _j, p) => p * p), contrast: along(difference, (k) => k * k), dissimilarity: diffMean,
    inv_diff: along(difference, (k) => 1 / (1 + k)), inv_diff_norm: along(difference, (k) => 1 / (1 + k / levels)),
    inv_diff_mom: along(difference, (k) => 1 / (1 + k * k)), inv_diff_mom_norm: along(difference, (k) => 1 / (1 + (k / levels) ** 2)),
    inv_var: along(difference, (k) => (k === 0 ? 0 : 1 / (k * k))), corr: variance === 0 ? 1 : (over((i, j, p) => p * i * j) - mean * mean) / variance,
    auto_corr: over((i, j, p) => p * i * j), clust_tend: cluster(2), clust_shade: cluster(3), clust_prom: cluster(4),
    ...information(cells, marginal, jointEntropy, entropy(marginal)),
  };
}

 
function information(cells: readonly { i: number; j: number; p: number }[], marginal: Float64Array, joint: number, entropy: number): Tagged {
  const first = cells.reduce((value, { i, j, p }) => value - p * Math.log2(marginal[i - 1] * marginal[j - 1]), 0);
  // −Σ p_i p_j log2(p_i p_j) over all pairs is twice the marginal's entropy.
  const second = 2 * entropy;
  return { info_corr1: entropy === 0 ? 0 : (joint - first) / entropy, info_corr2: joint > second ? 0 : Math.sqrt(1 - Math.exp(-2 * (second - joint))) };
}
