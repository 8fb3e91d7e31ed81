import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

interface ShownSigns {
  readonly lookedAt: number;
  readonly masked: number;
  readonly signs: readonly { readonly kind: 'same' | 'echo' | 'empty' | 'far'; readonly sites: readonly string[]; readonly rounds: number; readonly steps: readonly string[]; readonly figure: number | null }[];
  readonly sums: readonly ShownInfluence[];
  readonly answers: readonly ShownInfluence[];
}

interface ShownInfluence {
  readonly site: string;
  readonly rounds: number;
  readonly median: number;
  readonly largest: number;
}

const sentences = {
  same: 'sent the same numbers, up to a factor. One hospital may take part under two names, or repeat the answer of another.',
  echo: 'sent back numbers that it was sent. It may compute nothing.',
  empty: 'sent zeros only, where others did not.',
  far: 'lies far from all others. Ask for units, coding and outcome.',
} as const;

/** What a run's contributions show: for people, who ask the hospitals. */
export async function signs(run: string, session: SessionOption, terminal: Terminal): Promise<void> {
  const found = await (await client(session)).get<ShownSigns>(`/api/runs/${encodeURIComponent(run)}/signs`);
  terminal.out(`${found.lookedAt} rounds could be looked at. ${found.masked} came under masks: of these only the sums were compared with what is possible.`);
  for (const [title, rows] of [['Share of each site in the terms of plain sums', found.sums], ["How far the sites' mean answer moves without each site", found.answers]] as const) {
    if (rows.length > 0) terminal.out(`${title}\n${textTable(['site', 'rounds', 'median', 'largest'], rows.map(({ site, rounds, median, largest }) => [site, String(rounds), median.toFixed(3), largest.toFixed(3)]))}`);
  }
  if (found.signs.length === 0) return terminal.out('Nothing to look at was seen.');
  for (const { kind, sites, rounds, steps, figure } of found.signs) {
    terminal.out(`${sites.join(' and ')} ${sentences[kind]} Seen in ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${steps.slice(0, 3).join(', ')}${figure === null ? '' : `, ${figure.toPrecision(3)} times the spread or size of the others`}.`);
  }
}
