import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Empty, Loaded, Page, PlainTable, SiteName } from '@consilium/interface';
import type { PlanHead, Run } from '../api.js';
import { Primary, To } from '../links.js';
import { ask } from '../queries.js';
import { runName } from '../shell.js';
import { RunTag, SiteTag } from '../states.js';

export function StudyPage() {
  const { study: name } = useParams({ strict: false }) as { study: string };
  const studies = useQuery(ask.studies);
  const { data: plans = [] } = useQuery(ask.plans(name));
  const { data: all = [] } = useQuery(ask.runs);
  const { data: sites = [] } = useQuery(ask.sites);
  const { data: me } = useQuery(ask.me);
  const runs = all.filter((run) => run.study === name);
  const study = studies.data?.find((one) => one.name === name);
  const online = study?.sites.filter((one) => sites.some((site) => site.name === one && site.connected)).length ?? 0;
  const mayWrite = me !== undefined && me.role !== 'investigator';
  return (
    <Page title={study?.title ?? name} answer={study === undefined ? undefined : `${online} of ${say.plural(study.sites.length, 'hospital')} online. ${planSentence(plans)} ${runSentence(runs)}`} action={mayWrite ? <Primary to={`/studies/${name}/plans/new`}>Write plan</Primary> : undefined}>
      <Loaded query={studies} height={240}>
        {() =>
          study === undefined ? (
            <Empty>There is no study of this name.</Empty>
          ) : (
            <>
              {runs.length === 0 ? <Empty>{plans.length === 0 ? 'No plan yet. A data scientist writes one, and the hospitals approve it.' : 'No run yet. A plan that its hospitals have approved can be launched.'}</Empty> : <RunTable runs={runs} plans={plans} />}
              <PlainTable caption="Hospitals" columns={[{ label: 'Hospital' }, { label: 'State' }, { label: 'Last contribution' }]} rows={study.sites.map((one, place) => {
                const site = sites.find((known) => known.name === one);
                return { key: one, cells: [<SiteName key="name" name={one} place={place} />, site ? <SiteTag key="state" site={site} now={Date.now()} /> : '–', site?.lastContributionAt ? say.moment(site.lastContributionAt) : '–'] };
              })} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

const planSentence = (plans: readonly PlanHead[]): string => (plans.length === 0 ? 'No plan is written.' : `The latest plan is version ${plans.at(-1)!.version}${plans.at(-1)!.signature === null ? ', not offered yet' : ''}.`);

const runSentence = (runs: readonly Run[]): string => {
  const going = runs.filter(({ state }) => state === 'open' || state === 'paused');
  return going.length > 0 ? `${say.plural(going.length, 'run')} under way.` : runs.length === 0 ? 'Nothing has run.' : `${say.plural(runs.length, 'run')}, the last one ${runs.at(-1)!.state === 'closed' ? 'finished' : runs.at(-1)!.state}.`;
};

function RunTable({ runs, plans }: { readonly runs: readonly Run[]; readonly plans: readonly PlanHead[] }) {
  const closed = runs.filter(({ state }) => state === 'closed');
  return (
    <div>
      <PlainTable
        caption="Runs, the latest first"
        columns={[{ label: 'Run' }, { label: 'State' }, { label: 'Plan' }, { label: 'Launched' }, { label: 'By' }, { label: 'Took' }]}
        rows={[...runs].reverse().map((run) => ({
          key: run.id,
          cells: [
            <To key="to" to={`/runs/${run.id}`}>
              {runName(run.id)}
            </To>,
            <RunTag key="state" state={run.state} />,
            `version ${plans.find(({ digest }) => digest === run.plan)?.version ?? '–'}`,
            say.moment(run.launchedAt),
            run.launchedBy,
            run.endedAt === null ? '–' : say.duration((new Date(run.endedAt).getTime() - new Date(run.launchedAt).getTime()) / 1000),
          ],
        }))}
      />
      {closed.length > 1 && (
        <p style={{ marginTop: 8 }}>
          <To to={`/compare?runs=${closed.slice(-2).map(({ id }) => id.slice(0, 8)).join(',')}`}>Compare the last two finished runs</To>
        </p>
      )}
    </div>
  );
}
