import { useQuery } from '@tanstack/react-query';
import { say } from '@consilium/charts';
import { Panel } from '@consilium/interface';
import type { Lineage } from '../api.js';
import { ask } from '../queries.js';

/** A count that a hospital tells in steps of its minimum count. */
const stepped = ({ atLeast, below }: Lineage['withdrawn'][number]): string => (below - atLeast === 1 ? say.plural(atLeast, 'patient') : `${say.count(atLeast)} to ${say.count(below - 1)} patients`);

/** Hospitals of whose training rows patients withdrew their consent since; nothing where there are none. */
export function Withdrawals({ run }: { readonly run: string }) {
  const { data } = useQuery(ask.lineage(run));
  if (data === undefined || data.withdrawn.length === 0) return null;
  return (
    <Panel title="△ Patients of the training rows withdrew consent since" tone="warn" wide facts={data.withdrawn.map((one) => [one.site, `${stepped(one)}, told on ${say.moment(one.toldAt)}`] as const)}>
      {data.models.length === 0 ? 'The results of the run rest on them.' : `Every model of the run rests on them: ${say.list(data.models)}.`} A new run of the same plan trains without them. Until then a model is given out only on purpose, and the audit record says to whom.
    </Panel>
  );
}
