import type { FigureFacts } from './figure.js';
import { count, day, plural, shortDigest } from './numbers.js';

/** A footer's parts in their order: sites, n, k, suppressed, digests, date. The file adds the plan. */
export function footerParts(facts: FigureFacts, { plan = false }: { readonly plan?: boolean } = {}): readonly string[] {
  const { patients, events, suppressed, resultsDigest, modelDigest, planDigest, date } = facts;
  return [
    facts.sitesShown === facts.sitesAll ? plural(facts.sitesAll, 'site') : `${facts.sitesShown} of ${facts.sitesAll} sites`,
    ...(patients === null ? [] : [`n = ${count(patients)}${events === null ? '' : ` (${plural(events, 'event')})`}`]),
    facts.minimumCount > 0 ? `Minimum count k = ${facts.minimumCount}` : `No minimum count (${facts.profile})`,
    ...(suppressed > 0 ? [`${count(suppressed)} suppressed`] : []),
    ...(facts.notes ?? []),
    ...(resultsDigest === null ? [] : [`Results ${shortDigest(resultsDigest)}`]),
    ...(modelDigest === null ? [] : [`Model ${shortDigest(modelDigest)}`]),
    ...(plan && planDigest !== null ? [`Plan ${shortDigest(planDigest)}`] : []),
    ...(date === null ? [] : [day(date)]),
  ];
}
