/** What is known or assumed before a prediction model for a binary outcome is developed. */
export interface SampleSizeAssumptions {
  /** Candidate predictor parameters: one a continuous feature, levels - 1 a category, more for curves and interactions. */
  readonly parameters: number;
  /** Anticipated proportion of events, between 0 and 1. */
  readonly outcomeProportion: number;
  /**
   * Anticipated Cox-Snell R² of the model, from an earlier study (adjusted for optimism). When it is absent, `nagelkerkeR2` of the largest
   * value R² can take with this outcome proportion is used.
   */
  readonly coxSnellR2?: number;
  /** Default 0.15, the cautious value Riley and colleagues advise when nothing is known. */
  readonly nagelkerkeR2?: number;
  /** Wanted uniform shrinkage factor. Default 0.9. */
  readonly shrinkage?: number;
  /** Largest wanted difference between apparent and adjusted Nagelkerke R². Default 0.05. */
  readonly optimism?: number;
  /** Half-width wanted for the 95 % interval of the overall outcome proportion. Default 0.05. */
  readonly proportionMargin?: number;
}

export interface SampleSize {
  readonly maximalCoxSnellR2: number;
  readonly coxSnellR2: number;
  /** Patients needed by each criterion, rounded up. */
  readonly criteria: { readonly shrinkage: number; readonly optimism: number; readonly proportion: number };
  /** The largest of the three. */
  readonly minimum: number;
  /** Events expected among `minimum` patients, and per parameter. */
  readonly events: number;
  readonly eventsPerParameter: number;
}

/**
 * Smallest sample size to develop a logistic prediction model, by the three criteria of Riley and colleagues:
 * 1. shrinkage at least S: n = p / ((S - 1) ln(1 - R²/S));
 * 2. optimism in Nagelkerke's R² at most δ: the same with S = R² / (R² + δ R²max);
 * 3. overall proportion φ within ± δ: n = (1.96/δ)² φ (1 - φ).
 *
 * R² is Cox and Snell's; the largest it can be is R²max = 1 - (φ^φ (1 - φ)^(1-φ))². Without an earlier study R² = 0.15 R²max is assumed.
 * Selection among thousands of features is not covered: `parameters` counts all candidates, not the selected ones.
 * Sources: Riley et al. 2019, Stat Med 38:1276; Riley et al. 2020, BMJ 368:m441; the same figures as the R package pmsampsize.
 * Not computed: their fourth criterion (mean absolute prediction error), an extrapolation of simulations.
 *
 * @example rileySampleSize({ parameters: 24, outcomeProportion: 0.174, coxSnellR2: 0.288 }).minimum // 662
 */
export function rileySampleSize(assumptions: SampleSizeAssumptions): SampleSize {
  const { parameters, outcomeProportion, shrinkage = 0.9, optimism = 0.05, proportionMargin = 0.05 } = assumptions;
  requireOpenUnit(outcomeProportion, 'An outcome proportion');
  requireOpenUnit(shrinkage, 'A shrinkage factor');
  const maximal = maximalCoxSnellR2(outcomeProportion);
  const r2 = assumptions.coxSnellR2 ?? (assumptions.nagelkerkeR2 ?? 0.15) * maximal;
  if (!(r2 > 0 && r2 < maximal)) throw new RangeError('The anticipated R² lies between 0 and the largest value it can take.');
  if (!(Number.isSafeInteger(parameters) && parameters > 0)) throw new RangeError('The number of parameters is a positive whole number.');
  const forShrinkage = (s: number): number => {
    if (r2 >= s) throw new RangeError('The anticipated R² is not attainable with this shrinkage factor.');
    return Math.ceil(parameters / ((s - 1) * Math.log1p(-r2 / s)));
  };
  const criteria = {
    shrinkage: forShrinkage(shrinkage),
    optimism: forShrinkage(r2 / (r2 + optimism * maximal)),
    proportion: Math.ceil((1.96 / proportionMargin) ** 2 * outcomeProportion * (1 - outcomeProportion)),
  };
  const minimum = Math.max(criteria.shrinkage, criteria.optimism, criteria.proportion);
  const events = minimum * outcomeProportion;
  return { maximalCoxSnellR2: maximal, coxSnellR2: r2, criteria, minimum, events, eventsPerParameter: events / parameters };
}

/** 1 - exp(2 (φ ln φ + (1 - φ) ln(1 - φ))): Cox and Snell's R² of a model that predicts every outcome with certainty. */
export function maximalCoxSnellR2(outcomeProportion: number): number {
  const phi = outcomeProportion;
  return -Math.expm1(2 * (phi * Math.log(phi) + (1 - phi) * Math.log1p(-phi)));
}

function requireOpenUnit(value: number, what: string): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${what} lies between 0 and 1.`);
}
