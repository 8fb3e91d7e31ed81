import { useQuery } from '@tanstack/react-query';
import { say } from '@consilium/charts';
import { DataTable, Loaded, Page, Tag } from '@consilium/interface';
import { auditTable } from '../audit-table.js';
import { ask } from '../queries.js';

/** Who did what, in a chain that shows when an entry was changed. */
export function Audit() {
  const entries = useQuery(ask.audit);
  const { data: chain } = useQuery(ask.auditChain);
  return (
    <Page
      title="Who did what?"
      answer={chain === undefined ? undefined : `${say.plural(chain.entries, 'entry', 'entries')}; the chain is ${chain.intact ? 'whole' : `broken at entry ${chain.firstBreak}`}.`}
      tags={chain === undefined ? undefined : <Tag tone={chain.intact ? 'good' : 'bad'}>{chain.intact ? 'Chain verified' : 'Chain broken'}</Tag>}
    >
      <Loaded query={entries}>
        {(list) => (
          <div className="panel">
            <DataTable table={auditTable(list, 'The latest 200 entries')} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
