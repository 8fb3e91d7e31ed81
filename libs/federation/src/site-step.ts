import type { Value } from '@consilium/protocol';
import type { UniformBelow } from '@consilium/statistics';
import type { Basis } from './disclosure.js';
import type { SiteView } from './site-view.js';
import type { Step } from './step.js';

/** What a site half answers: the contribution, and what it rests on. Per-site answers give a basis for each of their figures. */
export interface SiteResult<C extends Value> {
  readonly contribution: C;
  readonly basis: Basis;
  readonly figures?: Readonly<Record<string, Basis>>;
}

/** The site half of a step: a pure function of the site's view and, where the step has a privacy cost, of the noise, which is there then and only then. */
export interface SiteStep<P extends Value = Value, C extends Value = Value> {
  readonly step: Step<P, C>;
  compute(view: SiteView, parameters: P, noise?: UniformBelow): SiteResult<C>;
}
