import { useQuery } from '@tanstack/react-query';
import { say, words, type FigureTable } from '@consilium/charts';
import { DataTable, Panel } from '@consilium/interface';
import type { Signs } from '../api.js';
import { To } from '../links.js';
import { ask } from '../queries.js';

const sentences: Readonly<Record<Signs['signs'][number]['kind'], string>> = {
  same: 'sent the same numbers, up to a factor. One hospital may take part under two names, or repeat the answer of another.',
  echo: 'sent back numbers that it was sent. It may compute nothing.',
  empty: 'sent zeros only, where others did not.',
  far: 'lies far from all others. Ask for units, coding and outcome.',
};

const seenIn = ({ rounds, steps, figure }: Signs['signs'][number]): string => `Seen in ${say.plural(rounds, 'round')} of ${say.list(steps.slice(0, 3))}${figure === null ? '' : `, ${say.plain(figure)} times the spread or size of the others`}.`;

/** What in the contributions of a run somebody has to look at; nothing where nothing was seen. */
export function SignsToLookAt({ run }: { readonly run: string }) {
  const { data } = useQuery(ask.signs(run));
  if (data === undefined || data.signs.length === 0) return null;
  return (
    <Panel title="△ Contributions to look at" tone="warn" wide facts={data.signs.map((sign) => [say.list(sign.sites), `${sentences[sign.kind]} ${seenIn(sign)}`] as const)}>
      A sign is no proof: ring the hospital. Models are given out after somebody looked. <To to={`/runs/${run}/rounds`}>What each hospital weighs</To>
    </Panel>
  );
}

/** How much each hospital weighs in what was summed and answered, as far as the coordinator can see it. */
export function Influence({ run, order }: { readonly run: string; readonly order: readonly string[] }) {
  const { data } = useQuery(ask.signs(run));
  if (data === undefined) return null;
  const { lookedAt, masked, sums, answers } = data;
  const tables = [
    { rows: sums, caption: 'Share of each hospital in the terms of plain sums' },
    { rows: answers, caption: "How far the hospitals' mean answer moves without each" },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <>
      {tables.map(({ rows, caption }) => (
        <div className="panel" key={caption}>
          <DataTable table={influenceOf(rows, caption, order)} />
        </div>
      ))}
      <p className="quiet">
        {say.plural(lookedAt, 'round')} could be looked at. {masked === 0 ? 'None came under masks.' : `${say.count(masked)} came under masks: of these only the sums were compared with what is possible, so no share of a hospital is known.`}
      </p>
    </>
  );
}

const influenceOf = (rows: Signs['sums'], caption: string, order: readonly string[]): FigureTable => ({
  caption,
  columns: [
    { key: 'row', label: 'Hospital' },
    { key: 'rounds', label: 'Rounds', numeric: true },
    { key: 'median', label: 'Median', numeric: true },
    { key: 'largest', label: 'Largest', numeric: true },
  ],
  rows: rows.map(({ site, rounds, median, largest }) => ({
    row: { ...words(site), site: order.indexOf(site) },
    rounds: { text: say.count(rounds), value: rounds },
    median: { text: say.fixed(median, 3), value: median },
    largest: { text: say.fixed(largest, 3), value: largest },
  })),
});
