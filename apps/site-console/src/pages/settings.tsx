import { Button, Checkbox, FormControlLabel, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Failure, Loaded, Page, Panel, Segments } from '@consilium/interface';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Limits, Settings, SettingsChange } from '../types.js';
import { useSay } from '../words/use-words.js';

/** The rules of the hospital. */
export function SettingsPage() {
  const settings = useQuery({ ...ask.settings, refetchOnWindowFocus: false });
  return <Loaded query={settings}>{(shown) => <Form settings={shown} />}</Loaded>;
}

const allows = (allowed: readonly string[] | null, step: string): boolean => allowed === null || allowed.some((name) => (name.endsWith('*') ? step.startsWith(name.slice(0, -1)) : name === step));

function Form({ settings }: { readonly settings: Settings }) {
  const { t } = useSay();
  const { disclosure, allowedSteps, approvalDays, keepDays, hours } = settings;
  const [change, setChange] = useState<SettingsChange>({ disclosure, allowedSteps, approvalDays, keepDays, hours });
  const save = useMutation({
    mutationFn: () => api.saveSettings(change),
    onSuccess: (saved) => queries.setQueryData(ask.settings.queryKey, saved),
  });
  const edit = (next: Partial<SettingsChange>): void => {
    save.reset();
    setChange({ ...change, ...next });
  };
  return (
    <Page
      title={t('settings.title')}
      answer={t('settings.answer')}
      action={
        <Button variant="contained" disabled={save.isPending} onClick={() => save.mutate()}>
          {t('settings.save')}
        </Button>
      }
    >
      {save.error && <Failure error={save.error} title={t('settings.notSaved')} />}
      {save.isSuccess && <p role="status">{t('settings.saved')}</p>}
      <Counts change={change} settings={settings} edit={edit} />
      <Steps change={change} settings={settings} edit={edit} />
      <HoursOf change={change} edit={edit} />
      <Group title={t('settings.approvals')}>
        <NumberField label={t('settings.approvalDays')} value={change.approvalDays} onChange={(value) => edit({ approvalDays: value })} />
        <NumberField label={t('settings.keepDays')} value={change.keepDays} onChange={(value) => edit({ keepDays: value })} />
      </Group>
      <Places settings={settings} />
    </Page>
  );
}

interface GroupProps {
  readonly change: SettingsChange;
  readonly edit: (next: Partial<SettingsChange>) => void;
}

function Group({ title, help, children }: { readonly title: string; readonly help?: string; readonly children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-body" style={{ display: 'grid', gap: 12 }}>
        <h2>{title}</h2>
        {help !== undefined && <p className="quiet">{help}</p>}
        <div style={{ display: 'flex', gap: 16, flexWrap: 'wrap', alignItems: 'flex-start' }}>{children}</div>
      </div>
    </section>
  );
}

function NumberField({ label, value, onChange }: { readonly label: string; readonly value: number; readonly onChange: (value: number) => void }) {
  return <TextField label={label} type="number" value={String(value)} onChange={(event) => onChange(Number(event.target.value))} slotProps={{ htmlInput: { min: 0, step: 'any' } }} sx={{ width: { xs: '100%', sm: 300 } }} />;
}

function Counts({ change, settings, edit }: GroupProps & { readonly settings: Settings }) {
  const { t } = useSay();
  const standard = settings.profiles['standard']!;
  const fields: readonly (readonly [keyof Limits, string])[] = [
    ['minimumCell', t('settings.minimumCell')],
    ['minimumPatients', t('settings.minimumPatients')],
    ['minimumPerClass', t('settings.minimumPerClass')],
    ['minimumBin', t('settings.minimumBin')],
    ['minimumLeaf', t('settings.minimumLeaf')],
    ['minimumDifference', t('settings.minimumDifference')],
    ['parametersPerPatient', t('settings.parametersPerPatient')],
  ];
  return (
    <Group title={t('settings.counts')} help={t('settings.countsHelp', { cell: standard.minimumCell, patients: standard.minimumPatients, class: standard.minimumPerClass })}>
      {fields.map(([name, label]) => (
        <NumberField key={name} label={label} value={change.disclosure[name]} onChange={(value) => edit({ disclosure: { ...change.disclosure, [name]: value } })} />
      ))}
    </Group>
  );
}

function Steps({ change, settings, edit }: GroupProps & { readonly settings: Settings }) {
  const { t } = useSay();
  const words = { sum: t('settings.sum'), 'per-site': t('settings.perSite'), model: t('settings.model') };
  const chosen = settings.steps.filter(({ name }) => allows(change.allowedSteps, name)).map(({ name }) => name);
  const toggle = (step: string): void => edit({ allowedSteps: chosen.includes(step) ? chosen.filter((name) => name !== step) : [...chosen, step] });
  return (
    <Group title={t('settings.steps')} help={t('settings.stepsHelp')}>
      <div>
        <FormControlLabel control={<Checkbox checked={change.allowedSteps === null} onChange={(_, all) => edit({ allowedSteps: all ? null : chosen })} />} label={t('settings.allSteps')} />
        {change.allowedSteps !== null && <p className="quiet">{t('settings.chosen', { count: chosen.length })}</p>}
        {change.allowedSteps !== null && (
          <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(280px, 1fr))' }}>
            {settings.steps.map(({ name, leaves }) => (
              <FormControlLabel
                key={name}
                control={<Checkbox size="small" checked={chosen.includes(name)} onChange={() => toggle(name)} />}
                label={
                  <>
                    <span className="mono">{name}</span> <span className="quiet">{words[leaves]}</span>
                  </>
                }
              />
            ))}
          </div>
        )}
      </div>
    </Group>
  );
}

function HoursOf({ change, edit }: GroupProps) {
  const { t } = useSay();
  const { hours } = change;
  return (
    <Group title={t('settings.hours')} help={t('settings.hoursHelp')}>
      <Segments
        label={t('settings.hours')}
        value={hours === null ? 'always' : 'within'}
        options={[{ value: 'always', label: t('settings.always') }, { value: 'within', label: t('settings.within') }]}
        onChange={(value) => edit({ hours: value === 'always' ? null : { from: '19:00', to: '07:00' } })}
      />
      {hours !== null && (
        <>
          <TextField label={t('settings.from')} type="time" value={hours.from} onChange={(event) => edit({ hours: { ...hours, from: event.target.value } })} />
          <TextField label={t('settings.to')} type="time" value={hours.to} onChange={(event) => edit({ hours: { ...hours, to: event.target.value } })} />
        </>
      )}
    </Group>
  );
}

function Places({ settings }: { readonly settings: Settings }) {
  const { t } = useSay();
  return (
    <Panel
      wide
      title={t('settings.places')}
      facts={[
        ...settings.tables.map(({ name, file }) => [t('settings.table', { name }), <span key={name} className="mono">{file}</span>] as const),
        [t('settings.images'), settings.images === null ? t('settings.noImages') : <span key="images" className="mono">{settings.images.place}</span>],
        [t('settings.password'), t('settings.passwordHelp')],
      ]}
    >
      {t('settings.placesHelp')}
    </Panel>
  );
}
