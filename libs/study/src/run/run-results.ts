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
