import { useQuery } from '@tanstack/react-query';
import { say } from '@consilium/charts';
import { Loaded, Page, Panel, Refusal, Tag, type Tone } from '@consilium/interface';
import type { SiteState } from '../api.js';
import { To } from '../links.js';
import { ask } from '../queries.js';
import { useSay } from '../words/use-words.js';
import { StopPanel } from './stop-panel.js';

/** The hospital's home: is all well, what waits, what left. */
export function StatePage() {
  const state = useQuery(ask.state);
  return <Loaded query={state}>{(shown) => <State state={shown} />}</Loaded>;
}

function State({ state }: { readonly state: SiteState }) {
  const { t, told } = useSay();
  const { trouble } = state.connection;
  return (
    <Page title={state.site} answer={state.stopped ? t('state.stoppedAnswer') : <Answer state={state} />} tags={<ConnectionTag state={state} />} aside={<StopPanel state={state} />}>
      {trouble && <Refusal title={t('state.trouble')} sentence={told(trouble.sentence)} help={told(trouble.help)} code={trouble.code} />}
      <div className="panels">
        <Waiting state={state} />
        <Working state={state} />
        <Left state={state} />
      </div>
      <Panel
        wide
        title={t('state.site')}
        facts={[
          [t('state.centre'), <span key="centre" className="mono">{state.coordinator}</span>],
          [t('state.version'), state.version],
          [t('state.words'), state.fingerprint],
        ]}
      />
    </Page>
  );
}

const tones: Readonly<Record<SiteState['connection']['state'], Tone>> = { connected: 'good', connecting: 'warn', waiting: 'warn', refused: 'bad', closed: 'warn' };

function ConnectionTag({ state: { connection, stopped } }: { readonly state: SiteState }) {
  const { t, moment } = useSay();
  const since = moment(stopped?.at ?? connection.since);
  if (stopped) return <Tag tone="bad" sign="■">{t('state.stoppedSince', { since })}</Tag>;
  const sentences = { connected: t('state.connected', { since }), connecting: t('state.connecting'), waiting: t('state.away', { since }), refused: t('state.refused', { since }), closed: t('state.closed') };
  return (
    <span className="wrapping">
      <Tag tone={tones[connection.state]}>{sentences[connection.state]}</Tag>
    </span>
  );
}

/** What waits and what left, in a sentence each. */
function Answer({ state: { plans, today } }: { readonly state: SiteState }) {
  const { t } = useSay();
  return (
    <>
      {plans.length > 0 ? t('state.plansWaiting', { count: plans.length }) : t('state.noPlanWaits')} {today.bytes > 0 ? t('state.leftToday', { bytes: say.bytes(today.bytes) }) : t('state.nothingToday')}
    </>
  );
}

function Waiting({ state: { plans } }: { readonly state: SiteState }) {
  const { t } = useSay();
  return (
    <Panel title={t('state.waiting')} {...(plans.length > 0 ? { tone: 'warn' as const } : {})}>
      {plans.length === 0 && <p>{t('state.noPlanWaits')}</p>}
      <ul className="plain-list">
        {plans.map(({ digest, title, version, study }) => (
          <li key={digest}>
            <To to={`/plans/${digest.slice(0, 16)}`}>{t('state.planLine', { title, version, study })}</To>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Working({ state: { runs, unsettled } }: { readonly state: SiteState }) {
  const { t } = useSay();
  return (
    <Panel title={t('state.working')}>
      {runs.length === 0 && <p>{t('state.noRun')}</p>}
      <ul className="plain-list">
        {runs.map(({ run, state, title }) => (
          <li key={run}>{t(state === 'open' ? 'state.runOpen' : 'state.runPaused', { title: title ?? run.slice(0, 6) })}</li>
        ))}
      </ul>
      {unsettled > 0 && <p>{t('state.unsettled', { count: unsettled })}</p>}
    </Panel>
  );
}

function Left({ state: { today, last, ledger } }: { readonly state: SiteState }) {
  const { t, moment } = useSay();
  return (
    <Panel
      title={t('state.left')}
      facts={[
        [t('state.today'), today.parts === 0 ? t('state.nothing') : t('state.todayValue', { count: today.parts, bytes: say.bytes(today.bytes) })],
        [t('state.last'), last === null ? t('state.never') : moment(last.at)],
        [t('state.records'), say.count(ledger.records)],
      ]}
    >
      <To to="/ledger">{t('state.openLedger')}</To>
    </Panel>
  );
}
