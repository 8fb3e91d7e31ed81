import type { DisclosureProfile } from '@consilium/protocol';
import { isSuppressed, type Suppressed, suppressed } from '@consilium/federation';
import { canonicalJson } from '../canonical-json.js';

/** A figure, or why there is none. */
export type Figure<T> = T | Suppressed;

export { isSuppressed, suppressed };

/** One stage's results: JSON data. Every figure in it is a value or `{suppressed: {rule, reason}}`. */
export type StageResults = Readonly<Record<string, unknown>>;

/** What a run finds. Holds no time, id or host: the same plan on the same data gives the same text, simulated or networked. */
export interface RunResults {
  readonly format: 1;
  readonly plan: { readonly title: string; readonly version: number; readonly study: string; readonly digest: string };
  readonly disclosure: DisclosureProfile;
  readonly sites: readonly string[];
  readonly warnings: readonly string[];
  readonly stages: Readonly<Record<string, Figure<StageResults>>>;
}

/** Canonical JSON text of the results, with a final newline: the bytes of results.json. */
export const serialiseResults = (results: RunResults): string => `${canonicalJson(results)}\n`;

/**
 * The results with every number that is not finite suppressed: JSON has no NaN, and an odds ratio beyond the largest double is no figure.
 * Numeric blocks become arrays.
 */
export function finiteFigures(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : suppressed('not-finite', 'The figure is not a finite number.');
  if (value instanceof Float64Array) return Array.from(value, finiteFigures);
  if (Array.isArray(value)) return value.map(finiteFigures);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, finiteFigures(item)]));
}
