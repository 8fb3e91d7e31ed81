import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Digest, Empty, Loaded, Page, PlainTable, Tag } from '@consilium/interface';
import { Primary, To } from '../links.js';
import { ask } from '../queries.js';

export function Plans() {
  const { study } = useParams({ strict: false }) as { study: string };
  const plans = useQuery(ask.plans(study));
  const { data: me } = useQuery(ask.me);
  const mayWrite = me !== undefined && me.role !== 'investigator';
  return (
    <Page title="Plans" answer={plans.data === undefined ? undefined : plans.data.length === 0 ? 'No plan is written yet.' : `${say.plural(plans.data.length, 'plan')}; the latest is version ${plans.data.at(-1)!.version}.`} action={mayWrite ? <Primary to={`/studies/${study}/plans/new`}>Write plan</Primary> : undefined}>
      <Loaded query={plans} height={200}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{mayWrite ? 'Write the first plan. It is checked line by line, then offered to the hospitals.' : 'A data scientist writes the plan.'}</Empty>
          ) : (
            <PlainTable
              caption="Plans, the latest first"
              columns={[{ label: 'Plan' }, { label: 'Version' }, { label: 'State' }, { label: 'Written' }, { label: 'By' }, { label: 'Digest' }, { label: 'Changes' }]}
              rows={[...list].reverse().map((plan, i, all) => ({
                key: plan.digest,
                cells: [
                  <To key="to" to={`/studies/${study}/plans/${plan.digest.slice(0, 16)}`}>
                    {plan.title}
                  </To>,
                  plan.version,
                  plan.signature === null ? <Tag key="state">Not offered</Tag> : <Tag key="state" tone="good">Offered</Tag>,
                  say.moment(plan.uploadedAt),
                  plan.uploadedBy,
                  <Digest key="digest" value={plan.digest} />,
                  all[i + 1] === undefined ? '–' : <To key="diff" to={`/studies/${study}/plans/${plan.digest.slice(0, 16)}?against=${all[i + 1]!.digest.slice(0, 16)}`}>Against version {all[i + 1]!.version}</To>,
                ],
              }))}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
