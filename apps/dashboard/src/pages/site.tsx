import { useQueries, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Digest, Empty, Loaded, Page, Panel, PlainTable } from '@consilium/interface';
import type { Plan, Run, Site } from '../api.js';
import { To } from '../links.js';
import { ask } from '../queries.js';
import { runName } from '../shell.js';
import { approves, DecisionTag, RunTag, SiteTag } from '../states.js';

/** One hospital of a study: is it there, what did it allow, what did it take part in, by which key. */
export function SitePage() {
  const { study, site: name } = useParams({ strict: false }) as { study: string; site: string };
  const sites = useQuery(ask.sites);
  return (
    <Loaded query={sites}>
      {(list) => {
        const site = list.find((one) => one.name === name);
        return site === undefined ? <Page title={name}><Empty>No hospital of this name has enrolled. <To to={`/studies/${study}/sites`}>Hospitals of the study</To></Empty></Page> : <Shown site={site} study={study} />;
      }}
    </Loaded>
  );
}

function Shown({ site, study }: { readonly site: Site; readonly study: string }) {
  const now = Date.now();
  const { data: heads = [] } = useQuery(ask.plans(study));
  const offered = heads.filter(({ signature, sites }) => signature !== null && sites.includes(site.name)).reverse();
  const plans = useQueries({ queries: offered.map(({ digest }) => ask.plan(digest)) }).flatMap(({ data }) => (data === undefined ? [] : [data]));
  const { data: all = [] } = useQuery(ask.runs);
  const runs = all.filter((run) => run.study === study && run.sites.includes(site.name)).reverse();
  return (
    <Page
      title={site.name}
      answer={`${presence(site, now)} ${approvalSentence(site, plans, now)}`}
      tags={
        <>
          <SiteTag site={site} now={now} />
          <span>Agent {site.agentVersion}</span>
        </>
      }
      aside={<Facts site={site} />}
    >
      {offered.length === 0 ? <Empty>No plan was offered to this hospital yet.</Empty> : <Approvals site={site} plans={plans} study={study} now={now} />}
      {runs.length === 0 ? <Empty>No run of this study has asked it yet.</Empty> : <Runs runs={runs} heads={heads} />}
      <Keys site={site} />
    </Page>
  );
}

function presence(site: Site, now: number): string {
  if (site.state !== 'admitted') return site.state === 'waiting' ? 'It waits to be admitted.' : 'It is shut out.';
  if (site.connected) return site.connectedSince === null ? 'Online.' : `Online since ${say.moment(site.connectedSince)}.`;
  if (site.stoppedAt) return `Stopped by its own people on ${say.moment(site.stoppedAt)}.`;
  return site.seenAt === null ? 'It has never connected.' : `Not connected; last seen ${say.ago(site.seenAt, now)}.`;
}

function approvalSentence(site: Site, plans: readonly Plan[], now: number): string {
  if (plans.length === 0) return 'No plan is decided.';
  const approved = plans.filter((plan) => approves(plan.decisions.find((one) => one.site === site.name), now)).length;
  return `It approves ${approved} of ${say.plural(plans.length, 'offered plan')}.`;
}

const Facts = ({ site }: { readonly site: Site }) => (
  <Panel
    title="What is known of it"
    facts={[
      ['Enrolled', say.moment(site.enrolledAt)],
      ...(site.admittedAt === null ? [] : [['Admitted', say.moment(site.admittedAt)] as const]),
      ...(site.revokedAt === null ? [] : [['Shut out', say.moment(site.revokedAt)] as const]),
      ['Last contribution', site.lastContributionAt === null ? '–' : say.moment(site.lastContributionAt)],
      ['Agent version', site.agentVersion],
    ]}
  >
    Words of its key: <strong>{site.fingerprint}</strong>
  </Panel>
);

function Approvals({ site, plans, study, now }: { readonly site: Site; readonly plans: readonly Plan[]; readonly study: string; readonly now: number }) {
  return (
    <PlainTable
      caption="What it decided of each plan"
      columns={[{ label: 'Plan' }, { label: 'Version' }, { label: 'Decision' }, { label: 'Decided' }, { label: 'Reason' }]}
      rows={plans.map((plan) => {
        const decision = plan.decisions.find((one) => one.site === site.name);
        return { key: plan.digest, cells: [<To key="to" to={`/studies/${study}/plans/${plan.digest.slice(0, 16)}`}>{plan.title}</To>, plan.version, <DecisionTag key="decision" decision={decision} now={now} />, decision === undefined ? '–' : say.moment(decision.decidedAt), decision?.reason ?? '–'] };
      })}
    />
  );
}

const Runs = ({ runs, heads }: { readonly runs: readonly Run[]; readonly heads: readonly { readonly digest: string; readonly version: string }[] }) => (
  <PlainTable
    caption="Runs it takes part in, the latest first"
    columns={[{ label: 'Run' }, { label: 'State' }, { label: 'Plan' }, { label: 'Launched' }]}
    rows={runs.map((run) => ({ key: run.id, cells: [<To key="to" to={`/runs/${run.id}`}>{runName(run.id)}</To>, <RunTag key="state" state={run.state} />, `version ${heads.find(({ digest }) => digest === run.plan)?.version ?? '–'}`, say.moment(run.launchedAt)] }))}
  />
);

function Keys({ site }: { readonly site: Site }) {
  const { data: keys } = useQuery(ask.siteKeys(site.name));
  if (keys === undefined || keys.length < 2) return null;
  return <PlainTable caption="Its keys, the first one first" columns={[{ label: 'Since' }, { label: 'Key' }, { label: 'Words' }]} rows={keys.map(({ publicKey, fingerprint, since }) => ({ key: publicKey, cells: [say.moment(since), <Digest key="key" value={publicKey} />, fingerprint] }))} />;
}
