import { Button } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { say } from '@consilium/charts';
import { Choice, Failure, Loaded, Page, Panel, PlainTable, Tag } from '@consilium/interface';
import { consistencyChecks, filledChecklists, type Check, type FilledChecklist, type ItemState, type ReportSource } from '@consilium/report';
import type { ShownRun } from '../api.js';
import { ask } from '../queries.js';
import { runName } from '../shell.js';
import { NotYet, RunTags } from './result-page.js';
import { Withdrawals } from './withdrawals.js';
import { reportSource, writtenReport } from './report-writing.js';

const TITLE = 'Can I publish it?';

/** What checklists ask, whether figures agree, and the report itself: written in the browser, from what the coordinator keeps. */
export function Report() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  return <Loaded query={useQuery(ask.run(id))}>{(run) => (run.results === null ? <NotYet title={TITLE} run={run} /> : <OfRun run={run} />)}</Loaded>;
}

function OfRun({ run }: { readonly run: ShownRun }) {
  const source = useQuery({ queryKey: ['report', run.id], queryFn: () => reportSource(run), staleTime: Number.POSITIVE_INFINITY });
  return <Loaded query={source}>{(found) => <Assessed run={run} source={found} />}</Loaded>;
}

function Assessed({ run, source }: { readonly run: ShownRun; readonly source: ReportSource }) {
  const { part } = useSearch({ strict: false }) as { readonly part?: string };
  const navigate = useNavigate();
  const lists = useMemo(() => filledChecklists(source), [source]);
  const checks = useMemo(() => consistencyChecks(source), [source]);
  const list = lists.find(({ checklist }) => checklist.id === part) ?? lists[0]!;
  return (
    <Page title={TITLE} answer={answerOf(lists, checks)} tags={<RunTags run={run} results={source.results} version={String(source.results.plan.version)} />}>
      <Withdrawals run={run.id} />
      <Written run={run} source={source} />
      <Agreement checks={checks} />
      <PlainTable
        caption="Checklists"
        columns={[{ label: 'List' }, { label: 'Filled by this run', numeric: true }, { label: 'Needs you', numeric: true }, { label: 'Not applicable', numeric: true }, { label: 'Score' }]}
        rows={lists.map(({ checklist, counts, score }) => ({ key: checklist.id, cells: [checklist.title, counts.filled, counts['needs-you'], counts['not-applicable'], score ?? '–'] }))}
      />
      <Choice label="Items of" value={list.checklist.id} options={lists.map(({ checklist }) => ({ value: checklist.id, label: checklist.title }))} onChange={(id) => void navigate({ to: '.' as never, search: { part: id } as never, replace: true, resetScroll: false })} />
      <Items list={list} />
    </Page>
  );
}

function answerOf(lists: readonly FilledChecklist[], checks: readonly Check[]): string {
  const total = (state: ItemState): number => lists.reduce((sum, { counts }) => sum + counts[state], 0);
  const contradictions = checks.reduce((sum, { failures }) => sum + failures.length, 0);
  const agree = contradictions === 0 ? 'No figure contradicts another.' : `${say.plural(contradictions, 'contradiction')} between figures: do not publish before they are explained.`;
  return `${agree} Of ${say.plural(lists.reduce((sum, { rows }) => sum + rows.length, 0), 'checklist item')}, ${total('filled')} are filled by this run and ${total('needs-you')} need you.`;
}

const tones = { filled: ['good', 'Filled'], 'needs-you': ['warn', 'Needs you'], 'not-applicable': ['plain', 'Not applicable'] } as const;

const Items = ({ list }: { readonly list: FilledChecklist }) => (
  <PlainTable
    caption={list.checklist.title}
    columns={[{ label: 'Item' }, { label: 'Topic' }, { label: 'State' }, { label: 'Answer, or what is asked of you' }]}
    rows={list.rows.map(({ item, answer }) => ({ key: item.id, cells: [item.id, item.topic, <Tag key="state" tone={tones[answer.state][0]}>{tones[answer.state][1]}</Tag>, answer.note] }))}
  />
);

function Agreement({ checks }: { readonly checks: readonly Check[] }) {
  const failed = checks.filter(({ failures }) => failures.length > 0);
  return (
    <>
      {failed.map(({ id, title, failures }) => (
        <Panel key={id} title={`✕ ${title}`} tone="bad">
          <ul>
            {failures.slice(0, 20).map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
          </ul>
        </Panel>
      ))}
      <PlainTable
        caption="Do the figures agree with each other?"
        columns={[{ label: 'Check' }, { label: 'Compared', numeric: true }, { label: 'Result' }]}
        rows={checks.map(({ id, title, compared, failures }) => ({
          key: id,
          cells: [title, say.count(compared), failures.length > 0 ? <Tag key="result" tone="bad">{say.plural(failures.length, 'contradiction')}</Tag> : compared === 0 ? 'Nothing to compare' : <Tag key="result" tone="good">Agree</Tag>],
        }))}
      />
    </>
  );
}

/** The report as a file. It is written when it is asked for: drawing every figure takes some seconds. */
function Written({ run, source }: { readonly run: ShownRun; readonly source: ReportSource }) {
  const write = useMutation({ mutationFn: async () => URL.createObjectURL(new Blob([await writtenReport(source)], { type: 'text/html' })) });
  const address = write.data;
  useEffect(() => (address === undefined ? undefined : () => URL.revokeObjectURL(address)), [address]);
  const print = (): void => {
    const view = window.open(address);
    view?.addEventListener('load', () => view.print());
  };
  return (
    <section className="panel" aria-label="The report" data-report>
      <div className="panel-body">
        <h2>The report</h2>
        <p className="panel-note">One file with every figure, table, methods text and checklist. It opens without a network, and prints to PDF.</p>
        {write.error && <Failure error={write.error} title="The report was not written" />}
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 12, alignItems: 'center' }}>
          {address === undefined ? (
            <>
              <Button variant="contained" disabled={write.isPending} onClick={() => write.mutate()}>
                Write report
              </Button>
              <span role="status">{write.isPending ? 'Drawing every figure: this takes some seconds.' : ''}</span>
            </>
          ) : (
            <>
              <Button href={address} download={`${runName(run.id).toLowerCase().replace(' ', '-')}-report.html`}>
                Save HTML
              </Button>
              <Button href={address} target="_blank">
                Open
              </Button>
              <Button onClick={print}>Print or save as PDF</Button>
              <span role="status">The report is written.</span>
            </>
          )}
        </div>
      </div>
    </section>
  );
}
