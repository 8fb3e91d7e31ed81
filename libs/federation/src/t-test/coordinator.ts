import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { studentT, welchT, type TTest } from '@consilium/statistics';
import type { Federation } from '../federation.js';
import { federatedMoments, type Moments } from '../moments/coordinator.js';
import type { ViewSpec } from '../view.js';

export type TTestKind = 'student' | 'welch';

/** t and p are NaN for a feature that is constant in both classes: it is below no threshold. */
export interface TTests {
  readonly kind: TTestKind;
  readonly features: readonly string[];
  readonly t: Float64Array;
  readonly df: Float64Array;
  readonly p: Float64Array;
}

/**
 * Two-sample t tests of each feature (patients with the event against those without) from the classes' moments. Needs no round.
 * Throws E611 where a class has fewer than two patients.
 */
export function tTestsOf({ features, events, nonEvents }: Moments, kind: TTestKind): TTests {
  if (events.n < 2 || nonEvents.n < 2) throw new ConsiliumError(methodErrors.oneClass);
  const test = kind === 'student' ? studentT : welchT;
  const results = features.map((_, j): TTest =>
    test({ n: events.n, mean: events.mean[j]!, m2: events.m2[j]! }, { n: nonEvents.n, mean: nonEvents.mean[j]!, m2: nonEvents.m2[j]! }),
  );
  return {
    kind,
    features,
    t: Float64Array.from(results, ({ t }) => t),
    df: Float64Array.from(results, ({ df }) => df),
    p: Float64Array.from(results, ({ p }) => p),
  };
}

/** Student's or Welch's t test of every feature over all sites, in the two rounds of the moments. Equal to the pooled test up to rounding. */
export async function federatedTTests(federation: Federation, view: ViewSpec, kind: TTestKind = 'student'): Promise<TTests> {
  return tTestsOf(await federatedMoments(federation, view), kind);
}
