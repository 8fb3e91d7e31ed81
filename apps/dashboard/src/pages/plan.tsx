import { Button } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { changedLines, Choice, Digest, Failure, Loaded, Page, Panel, PlanDiffLines, planYaml, SiteName, Tag } from '@consilium/interface';
import { api, type Plan } from '../api.js';
import { go } from '../links.js';
import { planSentences } from '../plan-summary.js';
import { ask, queries } from '../queries.js';
import { approves, DecisionTag } from '../states.js';

export function PlanPage() {
  const { digest } = useParams({ strict: false }) as { digest: string };
  return <Loaded query={useQuery(ask.plan(digest))}>{(plan) => <ShownPlan plan={plan} />}</Loaded>;
}

function ShownPlan({ plan }: { readonly plan: Plan }) {
  const { against } = useSearch({ strict: false }) as { readonly against?: string };
  const { data: plans = [] } = useQuery(ask.plans(plan.study));
  const { data: before } = useQuery({ ...ask.plan(against ?? ''), enabled: against !== undefined });
  const others = plans.filter(({ digest }) => digest !== plan.digest);
  const base = `/studies/${plan.study}/plans/${plan.digest.slice(0, 16)}`;
  const now = Date.now();
  const approved = plan.sites.filter((site) => approves(plan.decisions.find((one) => one.site === site), now));
  return (
    <Page
      title={`${plan.title}, version ${plan.version}`}
      answer={plan.signature === null ? 'Not offered to the hospitals yet.' : `Approved by ${approved.length} of ${say.plural(plan.sites.length, 'hospital')}.`}
      tags={
        <>
          <Tag tone={plan.signature === null ? 'plain' : 'good'}>{plan.signature === null ? 'Not offered' : 'Offered'}</Tag>
          <span>Written {say.moment(plan.uploadedAt)} by {plan.uploadedBy}</span>
          <span>
            Plan <Digest value={plan.digest} />
          </span>
        </>
      }
      action={<PlanAction plan={plan} complete={approved.length === plan.sites.length} />}
      controls={others.length > 0 ? <Choice label="Changes against" value={against ?? ''} onChange={(value) => go(value === '' ? base : `${base}?against=${value}`)} options={[{ value: '', label: 'Nothing: the plan alone' }, ...others.map((one) => ({ value: one.digest.slice(0, 16), label: `Version ${one.version}` }))]} /> : undefined}
      aside={<Decisions plan={plan} />}
    >
      <Panel title="What will be computed">
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {planSentences(plan.text).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Panel>
      {against !== undefined && before !== undefined ? <PlanDiff from={before} to={plan} /> : <PlanText title="The text that hospitals approve" text={planYaml(plan.text)} />}
    </Page>
  );
}

function PlanText({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-body">
        <h2>{title}</h2>
      </div>
      <pre className="text-block" tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
    </section>
  );
}

function PlanDiff({ from, to }: { readonly from: Plan; readonly to: Plan }) {
  const changed = changedLines(from.text, to.text);
  return (
    <section className="panel" aria-label="Changes">
      <div className="panel-body">
        <h2>{changed === 0 ? 'The two plans are alike' : `${say.plural(changed, 'line')} differ between version ${from.version} and version ${to.version}`}</h2>
      </div>
      <PlanDiffLines from={from.text} to={to.text} label="Lines of both plans" alike={(lines) => `… ${lines} lines alike …`} />
    </section>
  );
}

function Decisions({ plan }: { readonly plan: Plan }) {
  const now = Date.now();
  return (
    <Panel
      title="What the hospitals decided"
      facts={plan.sites.map((site, place) => {
        const decision = plan.decisions.find((one) => one.site === site);
        return [site, <span key={site} title={decision?.reason ?? undefined}><DecisionTag decision={decision} now={now} /><span className="visually-hidden"><SiteName name={site} place={place} /></span></span>] as const;
      })}
    >
      {plan.decisions.filter(({ reason }) => reason).map(({ site, reason }) => (
        <p key={site}>
          {site}: {reason}
        </p>
      ))}
    </Panel>
  );
}

/** Offer it, launch it, or the reason why neither can be done. */
function PlanAction({ plan, complete }: { readonly plan: Plan; readonly complete: boolean }) {
  const { data: me } = useQuery(ask.me);
  const refresh = () => void queries.invalidateQueries({ queryKey: ask.plan(plan.digest).queryKey.slice(0, 1) });
  const sign = useMutation({ mutationFn: () => api.signPlan(plan.digest), onSuccess: refresh });
  const launch = useMutation({ mutationFn: () => api.launch(plan.digest), onSuccess: (run) => go(`/runs/${run.id}`) });
  const failure = sign.error ?? launch.error;
  if (me?.role === 'investigator') return <p className="quiet">A data scientist of this centre can launch it.</p>;
  return (
    <div style={{ display: 'grid', gap: 8, maxWidth: 420 }}>
      {plan.signature === null ? (
        <Button variant="contained" onClick={() => sign.mutate()}>
          Offer to the hospitals
        </Button>
      ) : (
        <Button variant="contained" disabled={launch.isPending} onClick={() => launch.mutate()}>
          Launch
        </Button>
      )}
      {plan.signature !== null && !complete && !failure && <p className="quiet">Some hospitals have not approved it; the launch would be refused.</p>}
      {failure && <Failure error={failure} title={plan.signature === null ? 'The plan was not offered' : 'Nothing was launched'} />}
    </div>
  );
}
