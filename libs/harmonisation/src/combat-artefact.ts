import type { Value } from '@consilium/protocol';
import type { CombatOptions } from './combat-effects.js';

/**
 * What a site needs to harmonise: the standardisation that all sites share. The effects of a batch are not in it; each site estimates its own
 * from its own rows, and they stay there.
 *
 *   u = (x - mean)/sd,  c = (covariate - covariateMean)/covariateSd,  z = (u - grandMean - Σ c · coefficients)/√variance
 *   harmonised u = √variance (z - g*)/√d* + grandMean + Σ c · coefficients
 */
export interface CombatArtefact extends CombatOptions {
  readonly kind: 'combat';
  readonly features: readonly string[];
  readonly covariates: readonly string[];
  /** Column whose values are batches within a site; null where the site is the batch. */
  readonly batch: string | null;
  /** A batch with fewer rows than this has no effects and is left as it is. At least 2. */
  readonly leastPatients: number;
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly covariateMean: Float64Array;
  readonly covariateSd: Float64Array;
  readonly grandMean: Float64Array;
  readonly variance: Float64Array;
  /** Covariate by covariate, one a feature. */
  readonly coefficients: Float64Array;
}

export const combatValue = (artefact: CombatArtefact): Value => ({ ...artefact, features: [...artefact.features], covariates: [...artefact.covariates] });

const isNames = (value: Value | undefined): value is readonly string[] =>
  Array.isArray(value) && (value as readonly Value[]).every((name) => typeof name === 'string') && new Set(value).size === value.length;

const isBlock = (value: Value | undefined, length: number, holds: (x: number) => boolean = () => true): value is Float64Array =>
  value instanceof Float64Array && value.length === length && value.every((x) => Number.isFinite(x) && holds(x));

const MEMBERS = ['kind', 'features', 'covariates', 'batch', 'leastPatients', 'empiricalBayes', 'meanOnly', 'mean', 'sd', 'covariateMean', 'covariateSd', 'grandMean', 'variance', 'coefficients'];

const positive = (x: number) => x > 0;

/** The artefact in a received value, or null where it is something else, lacks a member, has another, or its lengths do not agree. */
export function parseCombat(value: Value): CombatArtefact | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Float64Array) return null;
  const one = value as Readonly<Record<string, Value | undefined>>;
  if (one['kind'] !== 'combat' || Object.keys(one).sort().join() !== [...MEMBERS].sort().join()) return null;
  const { features, covariates, batch, leastPatients, empiricalBayes, meanOnly } = one;
  if (!isNames(features) || !isNames(covariates) || (batch !== null && typeof batch !== 'string')) return null;
  if (typeof leastPatients !== 'number' || !Number.isInteger(leastPatients) || leastPatients < 2) return null;
  if (typeof empiricalBayes !== 'boolean' || typeof meanOnly !== 'boolean') return null;
  const [p, q] = [features.length, covariates.length];
  const { mean, sd, covariateMean, covariateSd, grandMean, variance, coefficients } = one;
  if (!isBlock(mean, p) || !isBlock(sd, p, positive) || !isBlock(grandMean, p) || !isBlock(variance, p, positive)) return null;
  if (!isBlock(covariateMean, q) || !isBlock(covariateSd, q, positive) || !isBlock(coefficients, p * q)) return null;
  const scales = { mean, sd, covariateMean, covariateSd, grandMean, variance, coefficients };
  return { kind: 'combat', features, covariates, batch, leastPatients, empiricalBayes, meanOnly, ...scales };
}
