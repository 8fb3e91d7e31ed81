import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { DataTable, Empty, Loaded, Page, ResearchUseOnly, Tag } from '@consilium/interface';
import { RUN_AUDIT_LIMIT, type ShownRun } from '../api.js';
import { auditTable } from '../audit-table.js';
import { ask } from '../queries.js';
import { RunTag } from '../states.js';

/** Who did what about one run and its plan. */
export function RunAudit() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  return <Loaded query={useQuery(ask.run(id))}>{(run) => <Entries run={run} />}</Loaded>;
}

function Entries({ run }: { readonly run: ShownRun }) {
  const entries = useQuery(ask.runAudit(run.id));
  const { data: chain } = useQuery(ask.auditChain);
  const tags = (
    <>
      <RunTag state={run.state} />
      {chain !== undefined && <Tag tone={chain.intact ? 'good' : 'bad'}>{chain.intact ? 'Chain verified' : `Chain broken at entry ${chain.firstBreak}`}</Tag>}
      <ResearchUseOnly />
    </>
  );
  return (
    <Page title="Who did what in this run?" answer={entries.data === undefined ? undefined : answerOf(entries.data.length)} tags={tags}>
      <Loaded query={entries}>
        {(list) =>
          list.length === 0 ? (
            <Empty>The audit record says nothing about this run or its plan.</Empty>
          ) : (
            <div className="panel">
              <DataTable table={auditTable(list, 'About this run and its plan, the latest first', { [run.id]: 'this run', [run.plan]: 'its plan' })} />
            </div>
          )
        }
      </Loaded>
      <p className="quiet">Reading pages, writing a report and downloading files are not recorded, but for models given out though patients withdrew.</p>
    </Page>
  );
}

const answerOf = (entries: number): string => (entries < RUN_AUDIT_LIMIT ? `${say.plural(entries, 'entry', 'entries')} about the run and its plan.` : `The latest ${RUN_AUDIT_LIMIT} entries about the run and its plan.`);
