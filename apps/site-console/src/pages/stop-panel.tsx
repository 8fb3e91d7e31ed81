import { Button, TextField } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { Failure, Panel, Tag } from '@consilium/interface';
import { api, type SiteState, type StopEffects } from '../api.js';
import { ask, queries } from '../queries.js';
import { useSay } from '../words/use-words.js';

const refresh = () => queries.invalidateQueries({ queryKey: ask.state.queryKey });

/** The red button, asked once in place; after it what was done, and the way back. */
export function StopPanel({ state }: { readonly state: SiteState }) {
  const [effects, setEffects] = useState<StopEffects | null>(null);
  return state.stopped ? <Stopped stopped={state.stopped} effects={effects} onResumed={() => setEffects(null)} /> : <StopNow onStopped={setEffects} />;
}

function StopNow({ onStopped }: { readonly onStopped: (effects: StopEffects) => void }) {
  const { t } = useSay();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const stop = useMutation({
    mutationFn: () => api.stop(reason),
    onSuccess: async (effects) => {
      onStopped(effects);
      await refresh();
    },
  });
  return (
    <Panel title={asking ? t('stop.question') : t('stop.title')} tone="bad">
      {stop.error && <Failure error={stop.error} title={t('stop.notStopped')} />}
      <p>{asking ? t('stop.consequence') : t('stop.lead')}</p>
      {asking ? (
        <div style={{ display: 'grid', gap: 12, marginTop: 12 }}>
          <TextField label={t('stop.reason')} value={reason} onChange={(event) => setReason(event.target.value)} slotProps={{ htmlInput: { maxLength: 500 } }} />
          <div style={{ display: 'flex', gap: 8 }}>
            <Button variant="contained" color="error" autoFocus disabled={stop.isPending} onClick={() => stop.mutate()}>
              ■ {t('stop.confirm')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('stop.keepOn')}</Button>
          </div>
        </div>
      ) : (
        <div style={{ marginTop: 12 }}>
          <Button variant="contained" color="error" onClick={() => setAsking(true)}>
            ■ {t('stop.button')}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface StoppedProps {
  readonly stopped: NonNullable<SiteState['stopped']>;
  /** Of the stop that was pressed on this page; null where it was elsewhere. */
  readonly effects: StopEffects | null;
  readonly onResumed: () => void;
}

function Stopped({ stopped, effects, onResumed }: StoppedProps) {
  const { t, moment } = useSay();
  const [password, setPassword] = useState('');
  const resume = useMutation({
    mutationFn: () => api.resume(password),
    onSuccess: async () => {
      onResumed();
      await refresh();
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    resume.mutate();
  };
  return (
    <Panel title={t('stop.stopped', { at: moment(stopped.at) })} tone="bad">
      <p>{t('stop.untouched')}</p>
      {stopped.reason !== null && <p>{t('stop.because', { reason: stopped.reason })}</p>}
      {effects && <Effects effects={effects} />}
      {resume.error && <Failure error={resume.error} title={t('stop.notResumed')} />}
      <form onSubmit={submit} style={{ display: 'grid', gap: 12, marginTop: 12 }}>
        <TextField label={t('stop.password')} type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        <div>
          <Button type="submit" variant="contained" disabled={resume.isPending}>
            {t('stop.resume')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Effects({ effects }: { readonly effects: StopEffects }) {
  const { t } = useSay();
  const names = ['lasting', 'connection', 'maskKeys'] as const;
  return (
    <div role="status">
      <p style={{ marginTop: 8 }}>{t('stop.effects')}:</p>
      <ul className="plain-list">
        {names.map((name) => (
          <li key={name}>
            <Tag tone={effects[name] ? 'good' : 'bad'}>{effects[name] ? t('stop.done') : t('stop.notDone')}</Tag> {t(`stop.${name}`)}
          </li>
        ))}
      </ul>
      {names.some((name) => !effects[name]) && <p>{t('stop.notDoneHelp')}</p>}
    </div>
  );
}
