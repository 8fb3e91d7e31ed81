import { jsonValue } from '../json-value.js';
import type { FirthModel } from './coordinator.js';

export function firthJson({ raw, table, ...model }: FirthModel) {
  const coefficients = ['(Intercept)', ...model.features].map((feature, j) => ({ feature, coefficient: raw[j]! }));
  return jsonValue({ ...model, coefficients, table: table.coefficients });
}
