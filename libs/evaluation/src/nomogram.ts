/** One axis of a nomogram. */
export interface NomogramAxis {
  readonly feature: string;
  readonly coefficient: number;
  /** The range drawn; points are 0 at its low-risk end. */
  readonly low: number;
  readonly high: number;
  /** At the high-risk end. */
  readonly maximumPoints: number;
}

export interface Nomogram {
  readonly axes: readonly NomogramAxis[];
  /** One unit of the linear predictor in points. */
  readonly pointsPerUnit: number;
  /** The linear predictor at zero points. */
  readonly origin: number;
}

export interface NomogramModel {
  readonly intercept: number;
  /** On the scale of the features themselves. */
  readonly coefficients: readonly { readonly feature: string; readonly coefficient: number }[];
  /** Ranges that may be shown: percentiles, never the extremes of patients. */
  readonly ranges: readonly { readonly low: number; readonly high: number }[];
}

/**
 * The nomogram of a linear predictor b0 + Σ b_j x_j: the feature with the widest |b_j| (high_j - low_j) spans 100 points, the others in
 * proportion; the linear predictor is origin + points/pointsPerUnit. Null where no feature changes it within its range.
 */
export function nomogramOf({ intercept, coefficients, ranges }: NomogramModel): Nomogram | null {
  const spans = coefficients.map(({ coefficient }, j) => Math.abs(coefficient) * (ranges[j].high - ranges[j].low));
  const widest = Math.max(0, ...spans);
  if (!(widest > 0)) return null;
  const pointsPerUnit = 100 / widest;
  const axes = coefficients.map(({ feature, coefficient }, j) => ({ feature, coefficient, ...ranges[j], maximumPoints: spans[j] * pointsPerUnit }));
  return { axes, pointsPerUnit, origin: axes.reduce((sum, axis) => sum + axis.coefficient * lowRiskEnd(axis), intercept) };
}

const lowRiskEnd = ({ coefficient, low, high }: NomogramAxis): number => (coefficient >= 0 ? low : high);

/** Points of one value on its axis; below 0 or above the maximum outside the range. */
export const nomogramPoints = ({ pointsPerUnit }: Nomogram, axis: NomogramAxis, x: number): number => pointsPerUnit * axis.coefficient * (x - lowRiskEnd(axis));

/** The probability at a total of points. */
export const nomogramProbability = ({ origin, pointsPerUnit }: Nomogram, points: number): number => 1 / (1 + Math.exp(-(origin + points / pointsPerUnit)));
