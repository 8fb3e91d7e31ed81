import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { isFigure, isValue, rowsOf, runForest, say, selectionsOf, validationsOf, type RunContext } from '@consilium/charts';
import { Choice, Empty, Failure, FigureFrame, Page, Panel, PlainTable, ResearchUseOnly, Segments, Skeleton } from '@consilium/interface';
import type { ShownRun } from '../api.js';
import { To } from '../links.js';
import { planOf } from '../plan-summary.js';
import { ask } from '../queries.js';
import { runName } from '../shell.js';
import { useFigureView } from '../run/figure-view.js';

interface Compared {
  readonly run: ShownRun;
  readonly context: RunContext;
}

/** Runs side by side: what differs, unless everything is asked for. */
export function Compare() {
  const { runs = '', all, view } = useSearch({ strict: false }) as { readonly runs?: string; readonly all?: boolean; readonly view?: string };
  const navigate = useNavigate();
  const ids = runs.split(',').filter((id) => id !== '').slice(0, 4);
  const { data: known = [] } = useQuery(ask.runs);
  const shown = useQueries({ queries: ids.map((id) => ask.run(id)) });
  const results = useQueries({ queries: ids.map((id, i) => ({ ...ask.results(id), enabled: shown[i]?.data?.results !== undefined && shown[i]!.data!.results !== null })) });
  const plans = useQueries({ queries: shown.map(({ data }) => ({ ...ask.plan(data?.plan ?? ''), enabled: data !== undefined })) });
  const compared = shown.flatMap(({ data: run }, i): Compared[] => {
    const file = results[i]?.data;
    return run === undefined || file === undefined ? [] : [{ run, context: { results: file, resultsDigest: run.results, date: run.endedAt, siteOrder: file.sites } }];
  });
  const unfinished = shown.flatMap(({ data: run }) => (run !== undefined && run.results === null ? [runName(run.id)] : []));
  const failed = [...shown, ...results].find(({ error }) => error !== null)?.error ?? null;
  const reading = failed === null && compared.length < 2 && [...shown, ...results].some(({ isLoading }) => isLoading);
  const search = (next: Record<string, unknown>): void => void navigate({ to: '/compare', search: { runs, all, view, ...next } as never, replace: true });
  const add = known.filter(({ id, state }) => state === 'closed' && !ids.some((one) => id.startsWith(one)));
  const rows = linesOf(compared, plans.map(({ data }) => data?.text));
  const shownRows = all ? rows : rows.filter(({ values }) => new Set(values).size > 1);
  const cohorts = new Set(compared.map(({ context }) => context.results.sites.join()));
  return (
    <Page
      title="What changed between runs?"
      answer={reading ? 'The runs are being read.' : compared.length < 2 ? 'Choose two finished runs or more.' : `${say.plural(rows.filter(({ values }) => new Set(values).size > 1).length, 'thing')} of ${rows.length} differ between ${say.plural(compared.length, 'run')}.`}
      tags={<ResearchUseOnly />}
      controls={
        <>
          {add.length > 0 && <Choice label="Add a run" value="" options={[{ value: '', label: 'Choose' }, ...add.map(({ id, study }) => ({ value: id.slice(0, 8), label: `${runName(id)} of ${study}` }))]} onChange={(id) => search({ runs: [...ids, id].join(',') })} />}
          <Segments label="Show" value={all ? 'all' : 'diff'} options={[{ value: 'diff', label: 'Differences only' }, { value: 'all', label: 'Everything' }]} onChange={(value) => search({ all: value === 'all' ? true : undefined })} />
        </>
      }
    >
      {cohorts.size > 1 && <Panel title="△ Different hospitals" tone="warn">The runs rest on different hospitals. A difference of figures may be a difference of patients.</Panel>}
      {compared.length > 1 && <Figures compared={compared} />}
      {failed !== null && <Failure error={failed} title="A run is not shown" />}
      {unfinished.length > 0 && <Panel title="△ Not finished" tone="warn">{`${say.list(unfinished)} ${unfinished.length === 1 ? 'has' : 'have'} no results yet.`}</Panel>}
      {reading ? (
        <Skeleton />
      ) : compared.length < 2 ? (
        <Empty>{add.length > 0 ? 'Nothing to compare yet. Finished runs are in the list above.' : 'Nothing to compare: there are not two finished runs.'}</Empty>
      ) : shownRows.length === 0 ? (
        <Empty>Nothing differs between these runs.</Empty>
      ) : (
        <PlainTable caption={all ? 'Everything' : 'Differences only'} columns={[{ label: 'What' }, ...compared.map(({ run }) => ({ label: runName(run.id), numeric: true }))]} rows={[{ key: 'launched', cells: ['Launched', ...compared.map(({ run }) => <To key={run.id} to={`/runs/${run.id}`}>{say.moment(run.launchedAt)}</To>)] }, ...shownRows.map(({ name, values }) => ({ key: name, cells: [name, ...values] }))]} />
      )}
    </Page>
  );
}

/** The same models in each run, and the way to what the plans say differently. */
function Figures({ compared }: { readonly compared: readonly Compared[] }) {
  const [view, setView] = useFigureView();
  const [first, ...others] = compared as readonly [Compared, ...Compared[]];
  const finding = runForest(compared.map(({ run, context }) => ({ name: runName(run.id), context })));
  const changed = others.filter(({ run }) => run.study === first.run.study && run.plan !== first.run.plan);
  return (
    <>
      {isFigure(finding) ? <FigureFrame figure={finding.figure} number={1} view={view} onView={setView} prefix="runs-" /> : <Empty>{finding.absent}</Empty>}
      {changed.length > 0 && (
        <ul className="plain-list">
          {changed.map(({ run, context }) => (
            <li key={run.id}>
              <To to={`/studies/${run.study}/plans/${run.plan.slice(0, 16)}?against=${first.run.plan.slice(0, 16)}`}>{`What plan version ${context.results.plan.version} of ${runName(run.id)} says differently from that of ${runName(first.run.id)}`}</To>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Candidates of the selections of a run, those of all sequences together; null where it selects nothing or a rule hides how many. */
function candidatesOf(context: RunContext): string | null {
  const all = selectionsOf(context).filter(({ part }) => part !== 'Rad-Signature').map(({ selection }) => (isValue(selection) ? (selection.candidates ?? null) : null));
  return all.length === 0 || all.includes(null) ? null : say.count(all.reduce<number>((sum, one) => sum + one!, 0));
}

interface Line {
  readonly name: string;
  readonly values: readonly string[];
}

function linesOf(compared: readonly Compared[], plans: readonly (string | undefined)[]): Line[] {
  const column = (name: string, value: (one: Compared, i: number) => string): Line => ({ name, values: compared.map(value) });
  const pooled = new Map<string, string[]>();
  compared.forEach(({ context }, i) => {
    for (const { id, label } of validationsOf(context)) {
      const rows = rowsOf(context, id);
      if (!isValue(rows)) continue;
      for (const headline of rows.headline) {
        const name = `AUC of ${headline.model}, ${label.toLowerCase()}`;
        const values = pooled.get(name) ?? compared.map(() => 'No pooled AUC');
        values[i] = 'auc' in headline ? say.estimate(headline.auc, { low: headline.confidence[0], high: headline.confidence[1] }, 'auc', false) : 'No pooled AUC';
        pooled.set(name, values);
      }
    }
  });
  return [
    column('Plan version', ({ context }) => String(context.results.plan.version)),
    column('Plan digest', ({ run }) => say.shortDigest(run.plan)),
    column('Disclosure profile', ({ context }) => context.results.disclosure),
    column('Hospitals', ({ context }) => context.results.sites.join(', ')),
    column('Candidate features', ({ context }, i) => candidatesOf(context) ?? (plans[i] === undefined ? '–' : say.count(planOf(plans[i]).features?.columns.length ?? 0))),
    column('Features kept', ({ context }) => {
      const selection = selectionsOf(context).at(-1)?.selection;
      return isValue(selection) && selection.selected ? say.count(selection.selected.length) : '–';
    }),
    ...[...pooled].map(([name, values]) => ({ name, values })),
    column('Results digest', ({ run }) => (run.results === null ? '–' : say.shortDigest(run.results))),
  ];
}
