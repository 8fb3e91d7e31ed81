import { sigmoid } from '@consilium/numerics';
import { hasOnly, isNames, isNumber, isNumbers, recordOf, type ModelKind, type ModelRecord } from '../model-kind.js';
import { decisionValues } from './squared-hinge.js';
import { fourierFeatures, type FourierMap } from './fourier-features.js';

/** P(y = 1) = 1 / (1 + exp(-(slope f + intercept))) of a decision value f (Platt 1999), fitted on held-out decision values. */
export interface PlattScaling {
  readonly slope: number;
  readonly intercept: number;
}

interface SvmMembers {
  readonly features: readonly string[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly platt: PlattScaling;
}

/** f(x) = intercept + Σ_j coefficients_j (x_j - mean_j) / sd_j; a feature with sd 0 contributes nothing. */
export interface LinearSvmArtefact extends SvmMembers {
  readonly kind: 'linear-svm';
}

/** f(x) = intercept + Σ_d coefficients_d φ_d(z), φ the random Fourier features of the standardised features z. */
export interface FourierSvmArtefact extends SvmMembers {
  readonly kind: 'fourier-svm';
  readonly map: FourierMap;
}

export const linearSvmKind: ModelKind<LinearSvmArtefact> = {
  features: ({ features }) => features,
  value: (model) => ({ kind: model.kind, ...membersValue(model) }),
  parse(record) {
    const members = parseMembers(record, []);
    return members === null || members.coefficients.length !== members.features.length ? null : { kind: 'linear-svm', ...members };
  },
  predict: (model, X, n) => probabilities(model, decisionValues(standardised(model, X, n), n, betaOf(model))),
};

export const fourierSvmKind: ModelKind<FourierSvmArtefact> = {
  features: ({ features }) => features,
  value: (model) => ({ kind: model.kind, ...membersValue(model), map: { ...model.map } }),
  parse(record) {
    const members = parseMembers(record, ['map']);
    const map = parseMap(recordOf(record['map']));
    return members === null || map === null || members.coefficients.length !== map.components ? null : { kind: 'fourier-svm', ...members, map };
  },
  predict: (model, X, n) => probabilities(model, decisionValues(fourierFeatures(standardised(model, X, n), n, model.map), n, betaOf(model))),
};

const betaOf = ({ intercept, coefficients }: SvmMembers): Float64Array => Float64Array.of(intercept, ...coefficients);

const probabilities = ({ platt }: SvmMembers, f: Float64Array): Float64Array => f.map((value) => sigmoid(platt.slope * value + platt.intercept));

function standardised({ features, mean, sd }: SvmMembers, X: Float64Array, n: number): Float64Array {
  const Z = new Float64Array(X.length);
  features.forEach((_, j) => {
    for (let i = j * n; i < (j + 1) * n; i++) Z[i] = sd[j] > 0 ? (X[i] - mean[j]) / sd[j] : 0;
  });
  return Z;
}

const membersValue = ({ features, mean, sd, coefficients, intercept, platt }: SvmMembers) => ({
  features: [...features], mean: [...mean], sd: [...sd], coefficients: [...coefficients], intercept, platt: { ...platt },
});

function parseMembers(record: ModelRecord, others: readonly string[]): SvmMembers | null {
  const { features, mean, sd, coefficients, intercept } = record;
  if (!hasOnly(record, ['kind', 'features', 'mean', 'sd', 'coefficients', 'intercept', 'platt', ...others]) || !isNames(features)) return null;
  if (!isNumbers(mean, features.length) || !isNumbers(sd, features.length) || sd.some((s) => s < 0) || !isNumber(intercept)) return null;
  if (!Array.isArray(coefficients) || !isNumbers(coefficients, coefficients.length)) return null;
  const platt = recordOf(record['platt']);
  if (platt === null || !hasOnly(platt, ['slope', 'intercept']) || !isNumber(platt['slope']) || !isNumber(platt['intercept'])) return null;
  return { features, mean, sd, coefficients, intercept, platt: { slope: platt['slope'], intercept: platt['intercept'] } };
}

/** More components than this would be no approximation but a burden for who predicts. */
const MOST_COMPONENTS = 10_000;

function parseMap(map: ModelRecord | null): FourierMap | null {
  if (map === null || !hasOnly(map, ['components', 'gamma', 'seed'])) return null;
  const { components, gamma, seed } = map;
  if (!isNumber(components) || !Number.isInteger(components / 2) || components < 2 || components > MOST_COMPONENTS) return null;
  return isNumber(gamma) && gamma > 0 && typeof seed === 'string' ? { components, gamma, seed } : null;
}
