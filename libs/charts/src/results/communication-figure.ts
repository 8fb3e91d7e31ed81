import type { Figure } from '../figure.js';
import { barsFigure } from '../figures/bars.js';
import { bytes, plural } from '../numbers.js';

export interface Communication {
  readonly sites: readonly { readonly site: string; readonly place: number; readonly bytes: number; readonly rounds: number }[];
  readonly sitesAll: number;
  readonly resultsDigest: string | null;
  readonly planDigest: string | null;
  readonly date: string | null;
}

/** What came from each hospital over a run. */
export function communicationFigure({ sites, sitesAll, resultsDigest, planDigest, date }: Communication): Figure {
  const total = sites.reduce((sum, one) => sum + one.bytes, 0);
  return barsFigure({
    id: 'communication',
    title: 'What came from each hospital',
    reading: 'Bytes of contributions, before encryption. Sums and model parts, no patient row.',
    answer: `${bytes(total)} in all.`,
    legend: 'Bytes of contributions received from each hospital over the run.',
    methods: `Contributions of all rounds amounted to ${bytes(total)}.`,
    rowsAre: 'Hospital',
    valueIs: 'Received',
    format: bytes,
    bars: sites.map(({ site, place, bytes: value, rounds }) => ({ label: site, site: place, value, note: plural(rounds, 'answer') })),
    facts: { sitesShown: sites.length, sitesAll, patients: null, events: null, minimumCount: 0, profile: 'bytes only, no patient is counted', suppressed: 0, resultsDigest, modelDigest: null, planDigest, date },
  });
}
