import type { Refusal, Value } from '@consilium/protocol';
import type { GatherStep, Sums, SumStep } from './step.js';
import type { ViewSpec } from './view.js';

/** What a round asks: which rows and columns, and the step's own parameters. */
export interface RoundRequest<P extends Value> {
  readonly view: ViewSpec;
  readonly parameters: P;
}

export interface SumAggregate<C extends Sums> {
  readonly sums: C;
  /** Sites whose terms are in the sum, in the federation's order. */
  readonly sites: readonly string[];
}

/** One site's answer, or its refusal. */
export type SiteAnswer<C extends Value> = { readonly site: string; readonly answer: C } | { readonly site: string; readonly refusal: Refusal };

/**
 * The hospitals, as a method sees them. A method is a plain async function over this interface and never knows whether the sites are
 * arrays in one process or agents behind firewalls. It must be deterministic: after a crash it is executed again and recorded rounds
 * answer at once.
 */
export interface Federation {
  /** Names of the sites, in ascending order. */
  readonly sites: readonly string[];
  /** The exact, order-free sum over the sites. Throws RoundRefused when a site refuses its term. */
  sum<P extends Value, C extends Sums>(step: SumStep<P, C>, request: RoundRequest<P>): Promise<SumAggregate<C>>;
  /** One answer a site, in the federation's order; refusals are among the answers. */
  gather<P extends Value, C extends Value>(step: GatherStep<P, C>, request: RoundRequest<P>): Promise<readonly SiteAnswer<C>[]>;
  /** Makes an artefact available to the sites; the answer is its sha256, which a view may name. */
  publish(artefact: Value): Promise<string>;
  /** The same federation without the other sites. */
  restrict(sites: readonly string[]): Federation;
  /**
   * Branches advance in lock-step: each runs until it asks for a round or ends, all waiting requests travel as one message a site, and the
   * aggregates are handed back in branch order. Nested calls flatten. A branch that throws ends only itself; when all have ended the
   * first error in branch order is thrown.
   */
  inParallel<T>(branches: readonly ((federation: Federation) => Promise<T>)[]): Promise<T[]>;
  progress(done: number, total: number, message: string): void;
}

/** Sites refused their terms of a sum, so there is no sum. Caught where a figure is made, to write it as suppressed with the reason. */
export class RoundRefused extends Error {
  override readonly name = 'RoundRefused';

  constructor(
    readonly step: string,
    readonly refusals: readonly { readonly site: string; readonly refusal: Refusal }[],
  ) {
    super(`${step}: refused by ${refusals.map(({ site, refusal }) => `${site} (${refusal.rule})`).join(', ')}`);
  }
}
