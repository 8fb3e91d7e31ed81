import { findMethod, type Federation } from '@consilium/federation';
import type { Value } from '@consilium/protocol';
import type { Spread } from './cohorts.js';
import type { Comparison, DataSet, Json } from './reference.js';

/** A federated method asked over one of the reference data sets, and the reference figures its answer is held against. */
export interface OracleCase {
  readonly name: string;
  /** What is asked; the answer is JSON data, so that two federations can be compared to the byte. */
  ask(federation: Federation): Promise<Value>;
  /** Every figure of the answer against the reference's. */
  check(compare: Comparison, got: Json): void;
  /** Over which spreads of the patients the figures are those of the reference; all of them when absent. */
  readonly spreads?: readonly Spread[];
  /** Takes seconds: not asked again only to compare it with itself, and at the data set's own division over the network only, where it goes there. */
  readonly heavy?: boolean;
  /** Too large for the network within a test, or asks what agents refuse: in one process only. */
  readonly inProcessOnly?: boolean;
}

export type CasesOf = (dataSet: DataSet) => OracleCase[];

/** A method of the catalogue with its parameters, as `consilium simulate method` runs it. */
export function ask(name: string, parameters: Json): OracleCase['ask'] {
  const method = findMethod(name);
  if (!method) throw new Error(`There is no method ${name}.`);
  return (federation) => method.run(federation, parameters);
}

/** The rows of a part of the reference: all, or those of the split. */
export const part = (name: string): Json => (name === 'all' ? {} : { split: { column: 'split', use: [name] } });
