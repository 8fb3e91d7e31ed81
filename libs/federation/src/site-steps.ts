import { momentSquaresAtSite, momentTotalsAtSite } from './moments/site.js';
import type { SiteStep } from './site-step.js';

/** Every step an agent of this release runs, one line each. What is not here is refused by name. */
export const siteSteps: readonly SiteStep[] = [
  momentTotalsAtSite,
  momentSquaresAtSite,
];

/** The site half of a step, or undefined where this release has none of that name and version. */
export const findSiteStep = (name: string, version: number): SiteStep | undefined =>
  siteSteps.find(({ step }) => step.name === name && step.version === version);
