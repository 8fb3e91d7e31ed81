import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { modelsOf, preferred, say, type RunContext, type Selection, validationsOf } from '@consilium/charts';
import { Choice, Digest, Empty, type FigureView, Loaded, Page, ResearchUseOnly, useKeys } from '@consilium/interface';
import type { ShownRun } from '../api.js';
import { To } from '../links.js';
import type { ResultSearch } from '../router.js';
import { ask } from '../queries.js';
import { runName } from '../shell.js';
import { RunTag } from '../states.js';
import { Withdrawals } from './withdrawals.js';

export interface ResultState {
  readonly context: RunContext;
  readonly run: ShownRun;
  readonly search: ResultSearch;
  readonly change: (search: Partial<ResultSearch>) => void;
  /** Chart or table of all figures of the page, and the names of their files. */
  readonly frame: { readonly view: FigureView; readonly onView: (view: FigureView) => void; readonly prefix: string };
}

export interface ResultPageProps {
  readonly title: string;
  readonly answer: (state: ResultState) => string;
  readonly controls?: (state: ResultState) => ReactNode;
  readonly aside?: (state: ResultState) => ReactNode;
  readonly children: (state: ResultState) => ReactNode;
}

/** A page of a finished run: the question, its answer, figures. Everything it shows is in its address. */
export function ResultPage(props: ResultPageProps) {
  const { run: id } = useParams({ strict: false }) as { run: string };
  const run = useQuery(ask.run(id));
  return <Loaded query={run}>{(shown) => (shown.results === null ? <NotYet title={props.title} run={shown} /> : <Finished {...props} run={shown} />)}</Loaded>;
}

/** A page of results before there are any. */
export function NotYet({ title, run }: { readonly title: string; readonly run: ShownRun }) {
  return (
    <Page title={title} tags={<><RunTag state={run.state} /><ResearchUseOnly /></>}>
      <Empty>
        {runName(run.id)} has no results: {run.state === 'open' || run.state === 'paused' ? 'it has not finished.' : (run.reason ?? 'it ended without them.')} <To to={`/runs/${run.id}`}>See where it is</To>
      </Empty>
    </Page>
  );
}

function Finished({ run, ...page }: ResultPageProps & { readonly run: ShownRun }) {
  return <Loaded query={useQuery(ask.results(run.id))}>{(results) => <Results {...page} run={run} results={results} />}</Loaded>;
}

function Results({ run, results, title, answer, controls, aside, children }: ResultPageProps & { readonly run: ShownRun; readonly results: RunContext['results'] }) {
  const search = useSearch({ strict: false }) as ResultSearch;
  const navigate = useNavigate();
  const { data: studies = [] } = useQuery(ask.studies);
  const { data: plans = [] } = useQuery(ask.plans(run.study));
  const siteOrder = studies.find(({ name }) => name === run.study)?.sites ?? results.sites;
  const context = useMemo<RunContext>(() => ({ results, resultsDigest: run.results, date: run.endedAt, siteOrder }), [results, run, siteOrder]);
  const change = (next: Partial<ResultSearch>): void => void navigate({ to: '.' as never, search: { ...search, ...next } as never, replace: true, resetScroll: false });
  const view: FigureView = search.view === 'table' ? 'table' : 'chart';
  const onView = (wanted: FigureView): void => change({ view: wanted === 'table' ? 'table' : undefined });
  const keys = useMemo(() => ({ t: () => onView(view === 'table' ? 'chart' : 'table') }), [view, search]);
  useKeys(keys);
  const state: ResultState = { context, run, search, change, frame: { view, onView, prefix: `${runName(run.id).toLowerCase().replace(' ', '-')}-` } };
  return (
    <Page title={title} answer={answer(state)} tags={<RunTags run={run} results={results} version={plans.find(({ digest }) => digest === run.plan)?.version} />} {...(controls ? { controls: controls(state) } : {})} {...(aside ? { aside: aside(state) } : {})}>
      <Withdrawals run={run.id} />
      {children(state)}
    </Page>
  );
}

export function RunTags({ run, results, version }: { readonly run: ShownRun; readonly results: RunContext['results']; readonly version: string | undefined }) {
  return (
    <>
      <RunTag state={run.state} />
      {run.endedAt !== null && <span>{say.moment(run.endedAt)}</span>}
      <span>
        Plan {version === undefined ? '' : `v${version} `}
        <Digest value={results.plan.digest} />
      </span>
      <span>
        {results.sites.length} of {run.sites.length} sites
      </span>
      <span>Profile {results.disclosure}</span>
      <ResearchUseOnly />
    </>
  );
}

/** The model and validation of the address, or the run's preferred ones; null where nothing was validated. */
export function selectionOf({ context, search }: Pick<ResultState, 'context' | 'search'>): Selection | null {
  const own = preferred(context);
  if (own === null) return null;
  const validation = validationsOf(context).some(({ id }) => id === search.validation) ? search.validation! : own.validation;
  const models = modelsOf(context, validation);
  const model = search.model !== undefined && models.includes(search.model) ? search.model : models.includes(own.model) ? own.model : models.at(-1)!;
  return model === undefined ? null : { model, validation };
}

/** Which model, on which patients. */
export function SelectionControls({ state, children }: { readonly state: ResultState; readonly children?: ReactNode }) {
  const chosen = selectionOf(state);
  if (chosen === null) return null;
  return (
    <>
      <Choice label="Model" value={chosen.model} options={modelsOf(state.context, chosen.validation).map((value) => ({ value, label: value }))} onChange={(model) => state.change({ model })} />
      <Choice label="Validated" value={chosen.validation} options={validationsOf(state.context).map(({ id, label }) => ({ value: id, label }))} onChange={(validation) => state.change({ validation })} />
      {children}
    </>
  );
}

export const NOTHING_VALIDATED = 'No model was validated in this run.';
