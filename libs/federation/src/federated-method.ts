import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import type { Federation } from './federation.js';
import { foldsSchema, rowConditionSchema, viewSpecSchema, type ViewSpec } from './view.js';

/**
 * What every method's parameters begin with: the outcome, the features, and which rows. Folds and splits are named columns of the table:
 * `"split": "split"` means the rows whose split is train.
 */
export const methodParameters = z.strictObject({
  outcome: z.string().min(1),
  features: z.array(z.string().min(1)),
  /** Column of a split and the values whose rows are used; a bare name means the rows marked train. */
  split: z.union([z.string().min(1), z.strictObject({ column: z.string().min(1), use: z.array(z.union([z.string(), z.number()])).min(1) })]).optional(),
  /** Column of fold numbers, or folds dealt at the sites. */
  folds: z.union([z.string().min(1), foldsSchema]).optional(),
  rows: z.array(rowConditionSchema).optional(),
  fill: viewSpecSchema.shape.fill,
});

export type MethodParameters = z.infer<typeof methodParameters>;

/** The view that a method's parameters describe. */
export function viewOf({ outcome, features, split, folds, rows = [], fill }: MethodParameters): ViewSpec {
  const part = typeof split === 'string' ? { column: split, use: ['train'] } : split;
  return {
    outcome,
    features,
    rows: part ? [...rows, { column: part.column, oneOf: part.use }] : rows,
    ...(folds === undefined ? {} : { folds: typeof folds === 'string' ? { kind: 'column' as const, column: folds } : folds }),
    ...(fill === undefined ? {} : { fill }),
  };
}

/** A federated method as a user runs it by name: over a table with a site column, or between hospitals. */
export interface FederatedMethod {
  readonly name: string;
  readonly title: string;
  readonly parameters: z.ZodType;
  /** Parameters that run on the project's example table. */
  readonly example: Value;
  /** 'pooled': the result is that of the pooled rows, however they are split. 'by-site': it depends on which rows stand at which site. */
  readonly rests: 'pooled' | 'by-site';
  /** Throws a ZodError where the parameters do not fit, otherwise what the method throws. The result is JSON data. */
  run(federation: Federation, parameters: unknown): Promise<Value>;
}

export function federatedMethod<S extends z.ZodType>(definition: {
  readonly name: string;
  readonly title: string;
  readonly parameters: S;
  readonly example: Value;
  readonly rests: 'pooled' | 'by-site';
  run(federation: Federation, parameters: z.infer<S>): Promise<Value>;
}): FederatedMethod {
  return { ...definition, run: async (federation, parameters) => definition.run(federation, definition.parameters.parse(parameters)) };
}

/** JSON has no NaN: a figure that cannot be computed is null. */
export const orNull = (x: number): number | null => (Number.isFinite(x) ? x : null);
