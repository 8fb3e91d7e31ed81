import type { SiteStep } from '../site-step.js';
import { linkEcho, type LinkTestParameters, type LinkTestSums } from './exchange.js';

/** Sends back what came. The view is opened, as for any step, but no row of it is read. */
export const linkEchoAtSite: SiteStep<LinkTestParameters, LinkTestSums> = {
  step: linkEcho,
  compute: (view, { values }) => ({ contribution: { values }, basis: { patients: view.n } }),
};
