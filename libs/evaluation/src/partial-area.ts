import type { RocPoint } from './score-histogram.js';

/**
 * The area under a ROC curve from false positive rate 0 to a bound, not rescaled (pROC's partial AUC for specificities 1 to 1 - bound): straight between
 * the points.
 *
 * @param points ascending from (0, 0) to (1, 1)
 */
export function partialArea(points: readonly RocPoint[], bound: number): number {
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    const width = to.falsePositiveRate - from.falsePositiveRate;
    if (from.falsePositiveRate >= bound || width <= 0) continue;
    const part = Math.min(1, (bound - from.falsePositiveRate) / width);
    const end = from.truePositiveRate + part * (to.truePositiveRate - from.truePositiveRate);
    area += (part * width * (from.truePositiveRate + end)) / 2;
  }
  return area;
}
