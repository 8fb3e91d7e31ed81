import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { privateLogistic, type PrivateLogisticParameters } from './exchange.js';

export interface PrivateCoefficient {
  readonly feature: string;
  /** Log odds for one unit of the feature. */
  readonly estimate: number;
  /** Of the noise in it. */
  readonly standardDeviation: number;
}

export interface PrivateLogisticResult {
  readonly patients: number;
  readonly intercept: number;
  readonly coefficients: readonly PrivateCoefficient[];
}

export interface PrivateNoiseQuestion extends PrivateLogisticParameters {
  readonly patients: number;
  readonly sites: number;
}

/** Standard deviation of the noise in each coefficient, in log odds for one unit of its feature. */
export function coefficientNoise({ ratio, penalty, bounds, patients, sites }: PrivateNoiseQuestion): number[] {
  const ofTheta = (ratio * (2 / penalty) * Math.sqrt(sites)) / patients;
  return bounds.map(({ low, high }) => (ofTheta * 2) / ((high - low) * Math.sqrt(bounds.length + 1)));
}

/**
 * The mean of the sites' own L2-regularised logistic models, by their patients, each with the noise that protects its patients. One round. It is not the model of the pooled rows: a
 * fit that asks the sites again at every step would have to add noise to every answer.
 */
export async function federatedPrivateLogistic(federation: Federation, view: ViewSpec, parameters: PrivateLogisticParameters): Promise<PrivateLogisticResult> {
  const { sums, sites } = await federation.sum(privateLogistic, { view, parameters });
  const [patients] = sums.patients;
  if (!patients) throw new ConsiliumError(methodErrors.noRows);
  const theta = sums.weighted.map((sum) => sum / patients);
  const root = Math.sqrt(parameters.bounds.length + 1);
  const noise = coefficientNoise({ ...parameters, patients, sites: sites.length });
  const coefficients = parameters.bounds.map(({ low, high }, j) => ({ feature: view.features[j]!, estimate: (theta[j]! * 2) / ((high - low) * root), standardDeviation: noise[j]! }));
  const intercept = parameters.bounds.reduce((sum, { low, high }, j) => sum - (theta[j]! * (high + low)) / ((high - low) * root), theta[parameters.bounds.length]! / root);
  return { patients, intercept, coefficients };
}
