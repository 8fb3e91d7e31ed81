import { Button, Checkbox, FormControlLabel } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useController, useForm, useWatch, type Control, type FieldPath, type UseFormSetValue } from 'react-hook-form';
import { Form, FormField, FormMistake, FormRefusal, Loaded, Page, Panel, schemaResolver, Segments, sending } from '@consilium/interface';
import { settingsRequestSchema, type SettingsRequest } from '@consilium/protocol/requests';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Limits, Settings } from '../types.js';
import { useSay } from '../words/use-words.js';

/** The rules of the hospital. */
export function SettingsPage() {
  const settings = useQuery({ ...ask.settings, refetchOnWindowFocus: false });
  return <Loaded query={settings}>{(shown) => <Rules settings={shown} />}</Loaded>;
}

const allows = (allowed: readonly string[] | null, step: string): boolean => allowed === null || allowed.some((name) => (name.endsWith('*') ? step.startsWith(name.slice(0, -1)) : name === step));

/** The part of the settings that may be changed here. */
const changeable = ({ disclosure, allowedSteps, approvalDays, keepDays, hours }: Settings): SettingsRequest => ({ disclosure, allowedSteps, approvalDays, keepDays, hours });

function Rules({ settings }: { readonly settings: Settings }) {
  const { t } = useSay();
  const form = useForm({ defaultValues: changeable(settings), resolver: schemaResolver(settingsRequestSchema) });
  const { control, formState } = form;
  const [saved, setSaved] = useState(false);
  const save = sending(form, async (change) => {
    const now = await api.saveSettings(change);
    queries.setQueryData(ask.settings.queryKey, now);
    form.reset(changeable(now));
    setSaved(true);
  });
  return (
    <Page
      title={t('settings.title')}
      answer={t('settings.answer')}
      action={
        <Button type="submit" form="settings" variant="contained" disabled={formState.isSubmitting}>
          {t('settings.save')}
        </Button>
      }
    >
      <FormRefusal control={control} title={t('settings.notSaved')} />
      {saved && !formState.isDirty && !formState.isSubmitted && <p role="status">{t('settings.saved')}</p>}
      <Form id="settings" onSubmit={save} style={{ display: 'contents' }}>
        <Counts control={control} settings={settings} />
        <Steps control={control} settings={settings} />
        <HoursOf control={control} setValue={form.setValue} />
        <Group title={t('settings.approvals')}>
          <NumberField control={control} name="approvalDays" label={t('settings.approvalDays')} />
          <NumberField control={control} name="keepDays" label={t('settings.keepDays')} />
        </Group>
      </Form>
      <Places settings={settings} />
    </Page>
  );
}

interface GroupProps {
  readonly control: Control<SettingsRequest, unknown, SettingsRequest>;
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

function NumberField({ control, name, label }: GroupProps & { readonly name: FieldPath<SettingsRequest>; readonly label: string }) {
  return <FormField control={control} name={name} label={label} type="number" slotProps={{ htmlInput: { min: 0, step: 'any' } }} sx={{ width: { xs: '100%', sm: 300 } }} />;
}

function Counts({ control, settings }: GroupProps & { readonly settings: Settings }) {
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
        <NumberField key={name} control={control} name={`disclosure.${name}`} label={label} />
      ))}
    </Group>
  );
}

function Steps({ control, settings }: GroupProps & { readonly settings: Settings }) {
  const { t } = useSay();
  const words = { sum: t('settings.sum'), 'per-site': t('settings.perSite'), model: t('settings.model') };
  const { field, fieldState } = useController({ control, name: 'allowedSteps' });
  const allowed = field.value;
  const chosen = settings.steps.filter(({ name }) => allows(allowed, name)).map(({ name }) => name);
  const toggle = (step: string): void => field.onChange(chosen.includes(step) ? chosen.filter((name) => name !== step) : [...chosen, step]);
  return (
    <Group title={t('settings.steps')} help={t('settings.stepsHelp')}>
      <div>
        <FormControlLabel control={<Checkbox checked={allowed === null} onBlur={field.onBlur} onChange={(_, all) => field.onChange(all ? null : chosen)} slotProps={{ input: { ref: field.ref } }} />} label={t('settings.allSteps')} />
        <FormMistake error={fieldState.error} />
        {allowed !== null && <p className="quiet">{t('settings.chosen', { count: chosen.length })}</p>}
        {allowed !== null && (
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

function HoursOf({ control, setValue }: GroupProps & { readonly setValue: UseFormSetValue<SettingsRequest> }) {
  const { t } = useSay();
  const within = useWatch({ control, name: 'hours' }) !== null;
  return (
    <Group title={t('settings.hours')} help={t('settings.hoursHelp')}>
      <Segments
        label={t('settings.hours')}
        value={within ? 'within' : 'always'}
        options={[{ value: 'always', label: t('settings.always') }, { value: 'within', label: t('settings.within') }]}
        onChange={(value) => setValue('hours', value === 'always' ? null : { from: '19:00', to: '07:00' }, { shouldDirty: true })}
      />
      {within && (
        <>
          <FormField control={control} name="hours.from" label={t('settings.from')} type="time" />
          <FormField control={control} name="hours.to" label={t('settings.to')} type="time" />
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
