import { useQuery } from '@tanstack/react-query';
import { Empty, Loaded, Page, PlainTable } from '@consilium/interface';
import { DecisionTag } from '../decision-tag.js';
import { To } from '../links.js';
import { ask } from '../queries.js';
import { useSay } from '../words/use-words.js';

export function Plans() {
  const { t, moment } = useSay();
  const plans = useQuery(ask.plans);
  const waiting = plans.data?.filter(({ decision }) => decision === null).length ?? 0;
  return (
    <Page title={t('plans.title')} answer={plans.data === undefined ? undefined : waiting > 0 ? t('plans.waiting', { count: waiting }) : plans.data.length > 0 ? t('plans.noneWaits') : undefined}>
      <Loaded query={plans} height={240}>
        {(offered) =>
          offered.length === 0 ? (
            <Empty>{t('plans.none')}</Empty>
          ) : (
            <PlainTable
              caption={t('plans.caption')}
              columns={[{ label: t('plans.plan') }, { label: t('plans.decision') }, { label: t('plans.version'), numeric: true }, { label: t('plans.study') }, { label: t('plans.profile') }, { label: t('plans.received') }]}
              rows={offered.map((plan) => ({
                key: plan.digest,
                cells: [
                  <To key="plan" to={`/plans/${plan.digest.slice(0, 16)}`}>{plan.title}</To>,
                  <DecisionTag key="decision" decision={plan.decision} />,
                  plan.version,
                  plan.study,
                  plan.disclosure,
                  moment(plan.receivedAt),
                ],
              }))}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
