import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import type { Disclosure } from './disclosure.js';

/** Named blocks of numbers that the coordinator needs only the sum of. Every site answers the same names with the same lengths. */
export type Sums = Readonly<Record<string, Float64Array>>;

/** A block of doubles in a schema. */
export const block = () => z.instanceof(Float64Array) as z.ZodType<Float64Array>;

/**
 * What a round may ask a site to compute. The declaration is all that travels by name: the agent runs the site half it shipped with.
 * `sum`: the coordinator keeps the sum over sites and no term of it. `gather`: one answer a site, for what is per-site by nature.
 */
export interface Step<Parameters extends Value = Value, Contribution extends Value = Value> {
  /** `method/step`, for example 'welch-t-screen/group-totals'. */
  readonly name: string;
  readonly version: number;
  readonly kind: 'sum' | 'gather';
  readonly parameters: z.ZodType<Parameters>;
  readonly contribution: z.ZodType<Contribution>;
  readonly disclosure: Disclosure;
  /** The answer is what was asked, by design: that sites send the same is no sign of anything. */
  readonly echoes?: true;
  /**
   * Of an answer with noise: what it costs each patient, in a number that adds up (gaussianCost). A site keeps a budget in it, gives such answers under plans of differential privacy only, and gives
   * nothing else under them.
   */
  privacyCost?(parameters: Parameters): number;
  /** Of a sum: why it cannot be what it is, or undefined where it can. Holds for any patients, so that only a wrong term breaks it. */
  implausible?(sums: Contribution, parameters: Parameters): string | undefined;
}

export type SumStep<P extends Value = Value, C extends Sums = Sums> = Step<P, C> & { readonly kind: 'sum' };
export type GatherStep<P extends Value = Value, C extends Value = Value> = Step<P, C> & { readonly kind: 'gather' };
