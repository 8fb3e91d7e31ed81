import { Button, TextField } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { say } from '@consilium/charts';
import { Empty, Form, FormDialog, FormField, FormRefusal, Loaded, Page, Panel, PlainTable, schemaResolver, sending, SiteName } from '@consilium/interface';
import { admissionRequestSchema, inviteRequestSchema, siteReasonRequestSchema } from '@consilium/protocol/requests';
import { api, type Decision, type Site } from '../api.js';
import { To } from '../links.js';
import { ask, queries } from '../queries.js';
import { DecisionTag, SiteTag } from '../states.js';

/** Hospitals of one study, with what they decided of its latest plan. */
export function Sites() {
  const { study: name } = useParams({ strict: false }) as { study: string };
  const sites = useQuery(ask.sites);
  const { data: studies = [] } = useQuery(ask.studies);
  const { data: plans = [] } = useQuery(ask.plans(name));
  const latest = plans.filter(({ signature }) => signature !== null).at(-1);
  const { data: plan } = useQuery({ ...ask.plan(latest?.digest ?? ''), enabled: latest !== undefined });
  const members = studies.find((study) => study.name === name)?.sites ?? [];
  return <SiteList query={sites} study={name} members={members} plan={plan === undefined ? null : { label: `Plan version ${plan.version}`, decisions: plan.decisions }} />;
}

export function AllSites() {
  const sites = useQuery(ask.sites);
  return <SiteList query={sites} study={null} members={null} plan={null} />;
}

interface SiteListProps {
  readonly query: { readonly data: readonly Site[] | undefined; readonly error: unknown; readonly isPending: boolean };
  /** Null for all sites of the centre. */
  readonly study: string | null;
  /** In the order of their marks; null for all sites of the centre. */
  readonly members: readonly string[] | null;
  readonly plan: { readonly label: string; readonly decisions: readonly Decision[] } | null;
}

function SiteList({ query, study, members, plan }: SiteListProps) {
  const { data: me } = useQuery(ask.me);
  const own = (query.data ?? []).filter(({ name }) => members === null || members.includes(name));
  const online = own.filter(({ connected }) => connected).length;
  const admin = me?.role === 'administrator';
  return (
    <Page title="Sites" answer={query.data === undefined ? undefined : `${online} of ${say.plural(own.length, 'hospital')} online.${absence(own)}`} action={admin ? <Invite /> : undefined}>
      <Loaded query={query} height={240}>
        {() => (own.length === 0 ? <Empty>No hospital yet. An administrator invites the first one.</Empty> : <SiteTable sites={own} study={study} members={members} plan={plan} admin={admin} />)}
      </Loaded>
      {!admin && <p className="quiet">Hospitals are invited, admitted and shut out by an administrator.</p>}
    </Page>
  );
}

function absence(sites: readonly Site[]): string {
  const away = sites.filter(({ connected, state }) => !connected && state === 'admitted').map(({ name }) => name);
  return away.length === 0 ? '' : ` ${say.list(away)} ${away.length === 1 ? 'is' : 'are'} not connected.`;
}

function SiteTable({ sites, study, members, plan, admin }: Pick<SiteListProps, 'study' | 'members' | 'plan'> & { readonly sites: readonly Site[]; readonly admin: boolean }) {
  const now = Date.now();
  const [shown, setShown] = useState<string | null>(null);
  const open = sites.find(({ name }) => name === shown);
  return (
    <>
      <PlainTable
        caption="Hospitals"
        columns={[{ label: 'Hospital' }, { label: 'State' }, ...(plan ? [{ label: plan.label }] : []), { label: 'Last contribution' }, { label: 'Online since' }, { label: 'Last seen' }, { label: 'Agent' }, { label: 'More' }]}
        rows={sites.map((site, i) => ({
          key: site.name,
          cells: [
            study === null ? <SiteName key="name" name={site.name} place={i} /> : <To key="name" to={`/studies/${study}/sites/${encodeURIComponent(site.name)}`}><SiteName name={site.name} place={members?.indexOf(site.name) ?? i} /></To>,
            <SiteTag key="state" site={site} now={now} />,
            ...(plan ? [<DecisionTag key="decision" decision={plan.decisions.find((one) => one.site === site.name)} now={now} />] : []),
            site.lastContributionAt === null ? '–' : say.moment(site.lastContributionAt),
            site.connected && site.connectedSince !== null ? say.moment(site.connectedSince) : '–',
            site.connected ? 'now' : site.seenAt === null ? '–' : say.ago(site.seenAt, now),
            site.agentVersion,
            <Button key="more" aria-expanded={shown === site.name} onClick={() => setShown(shown === site.name ? null : site.name)}>
              {site.state === 'waiting' && admin ? 'Admit' : 'Details'}
            </Button>,
          ],
        }))}
      />
      {open && <SiteDetails site={open} admin={admin} decision={plan?.decisions.find((one) => one.site === open.name)} />}
    </>
  );
}

function SiteDetails({ site, admin, decision }: { readonly site: Site; readonly admin: boolean; readonly decision: Decision | undefined }) {
  return (
    <Panel
      title={site.name}
      facts={[
        ['Enrolled', say.moment(site.enrolledAt)],
        ...(site.admittedAt === null ? [] : [['Admitted', say.moment(site.admittedAt)] as const]),
        ...(site.revokedAt === null ? [] : [['Shut out', say.moment(site.revokedAt)] as const]),
        ['Agent version', site.agentVersion],
        ...(decision?.reason ? [['Reason given', decision.reason] as const] : []),
      ]}
    >
      <p>
        Words of its key: <strong>{site.fingerprint}</strong>
      </p>
      {site.state === 'waiting' && admin && <Admit key={site.name} site={site.name} />}
      {site.state === 'admitted' && admin && <Revoke key={site.name} site={site.name} />}
    </Panel>
  );
}

const refresh = () => void queries.invalidateQueries({ queryKey: ask.sites.queryKey });

function Admit({ site }: { readonly site: string }) {
  const form = useForm({ defaultValues: { fingerprint: '' }, resolver: schemaResolver(admissionRequestSchema) });
  const { control, formState } = form;
  return (
    <Form onSubmit={sending(form, async ({ fingerprint }) => api.admit(site, fingerprint).then(refresh))} style={{ display: 'grid', gap: 12, marginTop: 12, maxWidth: 560 }}>
      <FormRefusal control={control} title="The hospital was not admitted" />
      <p>Ring the hospital. Type the words as they read them to you.</p>
      <FormField control={control} name="fingerprint" label="Words the hospital reads" />
      <div>
        <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
          Admit
        </Button>
      </div>
    </Form>
  );
}

function Revoke({ site }: { readonly site: string }) {
  const [open, setOpen] = useState(false);
  const form = useForm({ defaultValues: { reason: '' }, resolver: schemaResolver(siteReasonRequestSchema) });
  const { control, formState } = form;
  const revoke = sending(form, async ({ reason }) => {
    await api.revoke(site, reason);
    setOpen(false);
    form.reset();
    refresh();
  });
  return (
    <div style={{ marginTop: 12 }}>
      <Button onClick={() => setOpen(true)}>Shut out…</Button>
      <FormDialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Shut ${site} out?`}
        onSubmit={revoke}
        actions={
          <>
            <Button autoFocus onClick={() => setOpen(false)}>
              Keep it
            </Button>
            <Button type="submit" variant="contained" color="error" disabled={formState.isSubmitting}>
              Shut out
            </Button>
          </>
        }
      >
        <FormRefusal control={control} title={`${site} was not shut out`} />
        <p>Its connection ends now and its key is refused. What it contributed stands. It can be invited again.</p>
        <FormField control={control} name="reason" label="Reason, for the audit" required sx={{ mt: 2 }} />
      </FormDialog>
    </div>
  );
}

function Invite() {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<Awaited<ReturnType<typeof api.invite>> | null>(null);
  const form = useForm({ defaultValues: { site: '' }, resolver: schemaResolver(inviteRequestSchema) });
  const { control, formState } = form;
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        Invite site
      </Button>
      <FormDialog
        open={open}
        onClose={() => setOpen(false)}
        title="Invite a hospital"
        onSubmit={sending(form, async ({ site }) => setMade(await api.invite(site)))}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Close</Button>
            {made === null && (
              <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
                Make invite
              </Button>
            )}
          </>
        }
      >
        <FormRefusal control={control} title="No invite was made" />
        {made === null ? (
          <FormField control={control} name="site" label="Name of the hospital" sx={{ mt: 2 }} />
        ) : (
          <>
            <p>Send this to the hospital. It is shown once and ends on {say.day(made.expiresAt)}.</p>
            <TextField label="Invite" value={made.invite} multiline slotProps={{ htmlInput: { readOnly: true, className: 'mono' } }} sx={{ mt: 2 }} />
          </>
        )}
      </FormDialog>
    </>
  );
}
