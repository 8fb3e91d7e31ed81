import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { memo, useEffect, useMemo, useState } from 'react';
import { say, timelineFigure, type Figure } from '@consilium/charts';
import { Digest, FigureFrame, Loaded, Page, Panel, Refusal, ResearchUseOnly, Skeleton } from '@consilium/interface';
import type { Progress, ShownRun, Timeline } from '../api.js';
import { To } from '../links.js';
import { ask } from '../queries.js';
import { questions, runName } from '../shell.js';
import { RunTag } from '../states.js';
import { SignsToLookAt } from './contributions.js';
import { useFigureView } from './figure-view.js';
import { useLive, type Live } from './live.js';
import { Commands } from './commands.js';
import { awaited, lateSentence, StageBar, timeLeft } from './stages.js';
import { Withdrawals } from './withdrawals.js';

export function Summary() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  return <Loaded query={useQuery(ask.run(id))}>{(run) => <RunSummary run={run} />}</Loaded>;
}

function RunSummary({ run }: { readonly run: ShownRun }) {
  const going = run.state === 'open' || run.state === 'paused';
  const live = useLive(run.id, going);
  const timeline = useQuery(ask.timeline(run.id));
  const now = useNow(going);
  const { data: sites = [] } = useQuery({ ...ask.sites, enabled: going });
  const away = run.sites.filter((name) => sites.some((site) => site.name === name && !site.connected));
  // Once the run is known to have ended, its events are no longer listened to: the last of them may be older.
  const state = going ? (live.progress?.state ?? run.state) : run.state;
  return (
    <Page
      title={runName(run.id)}
      answer={headline(run, live.progress, { timeline: timeline.data, away, now })}
      tags={
        <>
          <RunTag state={state} />
          <span>Launched {say.moment(run.launchedAt)} by {run.launchedBy}</span>
          <span>
            Plan <Digest value={run.plan} />
          </span>
          {going && <span>{live.asOf === null ? 'Connecting' : live.connected ? `As of ${say.clockTime(live.asOf, { seconds: true })} UTC` : `Connection lost; as of ${say.clockTime(live.asOf, { seconds: true })} UTC`}</span>}
          <ResearchUseOnly />
        </>
      }
      action={<Commands run={run} state={state} missing={going ? [...away, ...(live.progress?.missing ?? [])] : []} />}
    >
      {going && live.progress && <Going run={run} live={live} moment={{ timeline: timeline.data, away, now }} />}
      {(state === 'failed' || state === 'cancelled') && run.reason !== null && <Refusal title={state === 'failed' ? 'The run failed' : 'The run was cancelled'} sentence={run.reason} code={run.code ?? undefined} />}
      <Withdrawals run={run.id} />
      <SignsToLookAt run={run.id} />
      {timeline.data ? <TimelineFrame run={run} timeline={timeline.data} /> : <Skeleton height={280} />}
      {state === 'closed' && (
        <Panel title="Results">
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            {questions.map(([end, label]) => (
              <li key={end}>
                <To to={`/runs/${run.id}/${end}`}>{label}</To>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  );
}

/** Redraws the words about time once a second while the run goes on. */
function useNow(going: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!going) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [going]);
  return now;
}

interface Moment {
  readonly timeline: Timeline | undefined;
  /** Hospitals of the run that are not connected. */
  readonly away: readonly string[];
  readonly now: number;
}

function headline(run: ShownRun, progress: Progress | null, moment: Moment): string {
  const state = progress?.state ?? run.state;
  if (state === 'closed') return `Finished in ${say.duration((new Date(run.endedAt ?? run.launchedAt).getTime() - new Date(run.launchedAt).getTime()) / 1000)}, ${say.plural(run.rounds.closed, 'round')} at ${say.plural(run.sites.length, 'hospital')}.`;
  if (state === 'failed' || state === 'cancelled') return state === 'failed' ? 'The run failed. Finished rounds are kept.' : 'The run was cancelled.';
  if (state === 'paused') return progress?.reason ?? run.reason ?? 'Paused. Finished rounds are kept.';
  if (progress === null || progress.stage === null) return 'The run begins.';
  const { name, index, count } = progress.stage;
  return `Stage ${index + 1} of ${count}, ${name}. ${timeLeft(progress, moment.timeline)} ${lateSentence(progress, moment)}`.trim();
}

function Going({ run, live, moment }: { readonly run: ShownRun; readonly live: Live; readonly moment: Moment }) {
  const progress = live.progress!;
  const waiting = awaited(progress, moment.away);
  return (
    <>
      {!live.connected && <Panel title="The connection to the coordinator is lost" tone="warn">What is shown is old. The page connects again by itself.</Panel>}
      <StageBar progress={progress} timeline={moment.timeline} now={moment.now} />
      <Panel
        wide
        title={progress.step === null ? 'Between rounds' : `Step ${progress.step}`}
        facts={[
          ['Answered', `${progress.answered.length} of ${run.sites.length}`],
          ['Waiting for', waiting.length === 0 ? 'nobody' : say.list(waiting)],
          ['Rounds closed', say.count(run.rounds.closed + progress.rounds)],
          ...(progress.deadline === null ? [] : [['Deadline', say.moment(progress.deadline)] as const]),
          ...Object.entries(progress.work).map(([site, work]) => [site, `${say.count(Math.round((100 * work.done) / work.total))} %, ${work.message}`] as const),
        ]}
      />
    </>
  );
}

/** Drawn when the timeline is another, not with every event. */
const TimelineFrame = memo(function TimelineFrame({ run, timeline }: { readonly run: ShownRun; readonly timeline: Timeline }) {
  const [view, setView] = useFigureView();
  const { data: studies } = useQuery(ask.studies);
  const figure = useMemo(() => timelineOf(run, timeline, studies?.find(({ name }) => name === run.study)?.sites ?? run.sites), [run, timeline, studies]);
  return <FigureFrame figure={figure} number={1} view={view} onView={setView} prefix={`${run.id.slice(0, 6)}-`} />;
});

function timelineOf(run: ShownRun, timeline: Timeline, order: readonly string[]): Figure {
  return timelineFigure({
    from: timeline.from,
    to: timeline.now === null ? timeline.to : timeline.to + (timeline.to - timeline.from) * 0.04,
    now: timeline.now,
    stages: timeline.stages,
    lanes: timeline.lanes.map(({ site, bytes, ...lane }) => ({ ...lane, label: site, site: order.indexOf(site), bytesSent: bytes })),
    answer: `${say.plural(timeline.lanes.length, 'hospital')}, ${say.plural(Math.max(0, ...timeline.lanes.map(({ rounds }) => rounds)), 'answer')} at most.`,
    facts: { sitesShown: timeline.lanes.length, sitesAll: run.sites.length, patients: null, events: null, minimumCount: 0, profile: 'times only, no patient is counted', suppressed: 0, resultsDigest: run.results, modelDigest: null, planDigest: run.plan, date: run.endedAt },
  });
}
