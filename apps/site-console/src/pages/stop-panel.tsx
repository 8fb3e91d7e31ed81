import { Button } from '@mui/material';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Form, FormField, FormRefusal, Panel, sending, Tag } from '@consilium/interface';
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
  const form = useForm({ defaultValues: { reason: '' } });
  const { control, formState } = form;
  const stop = sending(form, async ({ reason }) => {
    onStopped(await api.stop(reason));
    await refresh();
  });
  return (
    <Panel title={asking ? t('stop.question') : t('stop.title')} tone="bad">
      <FormRefusal control={control} title={t('stop.notStopped')} />
      <p>{asking ? t('stop.consequence') : t('stop.lead')}</p>
      {asking ? (
        <Form onSubmit={stop} style={{ display: 'grid', gap: 12, marginTop: 12 }}>
          <FormField control={control} name="reason" label={t('stop.reason')} slotProps={{ htmlInput: { maxLength: 500 } }} />
          <div style={{ display: 'flex', gap: 8 }}>
            <Button type="submit" variant="contained" color="error" autoFocus disabled={formState.isSubmitting}>
              ■ {t('stop.confirm')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('stop.keepOn')}</Button>
          </div>
        </Form>
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
  const form = useForm({ defaultValues: { password: '' } });
  const { control, formState } = form;
  const resume = sending(form, async ({ password }) => {
    await api.resume(password);
    onResumed();
    await refresh();
  });
  return (
    <Panel title={t('stop.stopped', { at: moment(stopped.at) })} tone="bad">
      <p>{t('stop.untouched')}</p>
      {stopped.reason !== null && <p>{t('stop.because', { reason: stopped.reason })}</p>}
      {effects && <Effects effects={effects} />}
      <FormRefusal control={control} title={t('stop.notResumed')} />
      <Form onSubmit={resume} style={{ display: 'grid', gap: 12, marginTop: 12 }}>
        <FormField control={control} name="password" rules={{ required: t('signIn.needsPassword') }} label={t('stop.password')} type="password" autoComplete="current-password" required />
        <div>
          <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
            {t('stop.resume')}
          </Button>
        </div>
      </Form>
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
