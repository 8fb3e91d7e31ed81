import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { say } from '@consilium/charts';
import { Empty, Failure, Loaded, Page, Panel, PlainTable, SiteName } from '@consilium/interface';
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
  const [words, setWords] = useState('');
  const refresh = () => void queries.invalidateQueries({ queryKey: ask.sites.queryKey });
  const admit = useMutation({ mutationFn: () => api.admit(site.name, words), onSuccess: refresh });
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
      {site.state === 'waiting' && admin && (
        <div style={{ display: 'grid', gap: 12, marginTop: 12, maxWidth: 560 }}>
          {admit.error && <Failure error={admit.error} title="The hospital was not admitted" />}
          <p>Ring the hospital. Type the words as they read them to you.</p>
          <TextField label="Words the hospital reads" value={words} onChange={(event) => setWords(event.target.value)} />
          <div>
            <Button variant="contained" onClick={() => admit.mutate()}>
              Admit
            </Button>
          </div>
        </div>
      )}
      {site.state === 'admitted' && admin && <Revoke site={site.name} onDone={refresh} />}
    </Panel>
  );
}

function Revoke({ site, onDone }: { readonly site: string; readonly onDone: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const revoke = useMutation({
    mutationFn: () => api.revoke(site, reason),
    onSuccess: () => {
      setOpen(false);
      onDone();
    },
  });
  return (
    <div style={{ marginTop: 12 }}>
      <Button onClick={() => setOpen(true)}>Shut out…</Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="revoke">
        <DialogTitle id="revoke">Shut {site} out?</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          {revoke.error && <Failure error={revoke.error} title={`${site} was not shut out`} />}
          <p>Its connection ends now and its key is refused. What it contributed stands. It can be invited again.</p>
          <TextField label="Reason, for the audit" required value={reason} onChange={(event) => setReason(event.target.value)} />
        </DialogContent>
        <DialogActions>
          <Button autoFocus onClick={() => setOpen(false)}>
            Keep it
          </Button>
          <Button variant="contained" color="error" onClick={() => revoke.mutate()}>
            Shut out
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  );
}

function Invite() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const invite = useMutation({ mutationFn: () => api.invite(name) });
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        Invite site
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="invite">
        <DialogTitle id="invite">Invite a hospital</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          {invite.error && <Failure error={invite.error} title="No invite was made" />}
          {invite.data === undefined ? (
            <TextField label="Name of the hospital" value={name} onChange={(event) => setName(event.target.value)} sx={{ mt: 2 }} />
          ) : (
            <>
              <p>Send this to the hospital. It is shown once and ends on {say.day(invite.data.expiresAt)}.</p>
              <TextField label="Invite" value={invite.data.invite} multiline slotProps={{ htmlInput: { readOnly: true, className: 'mono' } }} />
            </>
          )}
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Close</Button>
          {invite.data === undefined && (
            <Button variant="contained" onClick={() => invite.mutate()}>
              Make invite
            </Button>
          )}
        </DialogActions>
      </Dialog>
    </>
  );
}
