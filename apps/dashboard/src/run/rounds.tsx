import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { communicationFigure, say, words, type FigureTable } from '@consilium/charts';
import { DataTable, Empty, FigureFrame, Loaded, Page } from '@consilium/interface';
import { Button } from '@mui/material';
import { api, type ShownRound, type ShownRun, type Timeline } from '../api.js';
import { ask } from '../queries.js';
import { RunTag } from '../states.js';
import { Influence } from './contributions.js';
import { useFigureView } from './figure-view.js';

export function Rounds() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  return <Loaded query={useQuery(ask.run(id))}>{(run) => <RoundPage run={run} />}</Loaded>;
}

function RoundPage({ run }: { readonly run: ShownRun }) {
  const timeline = useQuery(ask.timeline(run.id));
  const order = useOrder(run);
  const pages = useInfiniteQuery({
    queryKey: ['rounds', run.id],
    queryFn: ({ pageParam }) => api.rounds(run.id, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last: readonly ShownRound[]) => (last.length < 1000 ? undefined : last.at(-1)!.number),
  });
  const rounds = useMemo(() => pages.data?.pages.flat() ?? [], [pages.data]);
  const table = useMemo(() => tableOf(rounds), [rounds]);
  const sent = timeline.data?.lanes.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Page title="What was asked, and what did it cost?" answer={`${say.plural(run.rounds.closed, 'round')} closed${run.rounds.open > 0 ? `, ${say.count(run.rounds.open)} open` : ''}${sent === undefined ? '' : `; ${say.bytes(sent)} came from ${say.plural(run.sites.length, 'hospital')}`}.`} tags={<RunTag state={run.state} />}>
      {timeline.data && <Communication run={run} timeline={timeline.data} />}
      <Loaded query={pages}>
        {() =>
          rounds.length === 0 ? (
            <Empty>No round was opened yet.</Empty>
          ) : (
            <div className="panel">
              <DataTable table={table} />
              {pages.hasNextPage && (
                <div className="panel-body">
                  <Button onClick={() => void pages.fetchNextPage()}>Show 1000 more</Button>
                </div>
              )}
            </div>
          )
        }
      </Loaded>
      <Influence run={run.id} order={order} />
    </Page>
  );
}

/** Hospitals in the order of their marks. */
function useOrder(run: ShownRun): readonly string[] {
  const { data: studies = [] } = useQuery(ask.studies);
  return studies.find(({ name }) => name === run.study)?.sites ?? run.sites;
}

function Communication({ run, timeline }: { readonly run: ShownRun; readonly timeline: Timeline }) {
  const [view, setView] = useFigureView();
  const order = useOrder(run);
  const figure = communicationFigure({ sites: timeline.lanes.map(({ site, bytes, rounds }) => ({ site, place: order.indexOf(site), bytes, rounds })), sitesAll: run.sites.length, resultsDigest: run.results, planDigest: run.plan, date: run.endedAt });
  return <FigureFrame figure={figure} number={1} view={view} onView={setView} prefix={`${run.id.slice(0, 6)}-`} />;
}

const tableOf = (rounds: readonly ShownRound[]): FigureTable => ({
  caption: 'Rounds in the order they were opened',
  columns: [
    { key: 'number', label: 'Round', numeric: true },
    { key: 'stage', label: 'Stage' },
    { key: 'step', label: 'Step' },
    { key: 'state', label: 'State' },
    { key: 'sites', label: 'Sites', numeric: true },
    { key: 'opened', label: 'Opened' },
    { key: 'took', label: 'Took', numeric: true },
    { key: 'sent', label: 'Asked', numeric: true },
    { key: 'received', label: 'Answered', numeric: true },
  ],
  rows: rounds.map(rowOf),
});

const rows = new WeakMap<ShownRound, FigureTable['rows'][number]>();

/** Made once a round: of ten thousand, a thousand come at a time. */
function rowOf(round: ShownRound): FigureTable['rows'][number] {
  const known = rows.get(round) ?? madeRow(round);
  rows.set(round, known);
  return known;
}

function madeRow(round: ShownRound): FigureTable['rows'][number] {
  const seconds = round.closedAt === null ? null : (new Date(round.closedAt).getTime() - new Date(round.openedAt).getTime()) / 1000;
  return {
    number: { text: say.count(round.number), value: round.number },
    stage: words(round.stageName),
    step: words(round.step),
    state: words(round.outcome === 'refused' ? 'refused by a site' : round.state),
    sites: { text: say.count(round.sites), value: round.sites },
    opened: { text: say.moment(round.openedAt, { seconds: true }), value: round.openedAt },
    took: seconds === null ? { text: '–', value: null } : { text: say.duration(seconds), value: seconds },
    sent: { text: say.bytes(round.bytesSent), value: round.bytesSent },
    received: { text: say.bytes(round.bytesReceived), value: round.bytesReceived },
  };
}
