import type { Value } from '@consilium/protocol';

/** The members of a received artefact, its kind among them. */
export type ModelRecord = Readonly<Record<string, Value | undefined>>;

/** What a kind of model that holds other models reads and evaluates them by. */
export interface Models<M> {
  features(model: M): readonly string[];
  value(model: M): Value;
  parse(value: Value): M | null;
  predict(model: M, X: Float64Array, n: number): Float64Array;
}

/** One kind of model as it is published: its reading, writing and evaluation. `models` are all kinds, for a model that holds others. */
export interface ModelKind<M, Any = unknown> {
  /** Columns it needs, each once, in the order of the matrix it predicts from. */
  features(model: M, models: Models<Any>): readonly string[];
  /** The artefact as a Value that can be published: plain members, `kind` among them. */
  value(model: M, models: Models<Any>): Value;
  /** Strict: null where a member is missing, unknown or of another shape, where lengths do not agree or a number is not finite. */
  parse(record: ModelRecord, models: Models<Any>): M | null;
  /**
   * Probabilities of the event for n rows.
   *
   * @param X n × features, column by column
   * @returns n probabilities; NaN where the row lacks a feature the model cannot do without
   */
  predict(model: M, X: Float64Array, n: number, models: Models<Any>): Float64Array;
}

/** The members of a value that has members, else null. */
export function recordOf(value: Value | undefined): ModelRecord | null {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Float64Array) return null;
  return value as ModelRecord;
}

/** Whether a value is a list of so many finite numbers. */
export const isNumbers = (value: Value | undefined, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && (value as readonly Value[]).every(isNumber);

export const isNumber = (value: Value | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** Whether a value is a list of texts, each once. */
export const isNames = (value: Value | undefined): value is readonly string[] =>
  Array.isArray(value) && (value as readonly Value[]).every((name) => typeof name === 'string') && new Set(value as readonly string[]).size === value.length;

/** Whether a record has these members and no other. */
export const hasOnly = (record: ModelRecord, members: readonly string[]): boolean => Object.keys(record).every((key) => members.includes(key));
