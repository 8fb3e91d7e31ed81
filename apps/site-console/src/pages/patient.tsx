import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { say } from '@consilium/charts';
import { Loaded, Page, Panel, Segments, Tag, useKeys } from '@consilium/interface';
import { go } from '../links.js';
import { ask } from '../queries.js';
import { SliceView } from '../slice-view.js';
import type { CaseView, Patient, PlaneName, Quality } from '../types.js';
import { useSay } from '../words/use-words.js';
import { ExtractAgain } from './extract-again.js';
import { ReviewButtons } from './patient-review.js';
import { SeriesPicker } from './series-picker.js';

const planes: readonly PlaneName[] = ['axial', 'coronal', 'sagittal'];
const order = { refuse: 0, flag: 1, note: 2 } as const;

const to = (patient: string, sequence?: string): string => `/patients/${encodeURIComponent(patient)}${sequence === undefined ? '' : `?sequence=${encodeURIComponent(sequence)}`}`;

/** One patient: three planes with the outline, what was found and what to do. */
export function PatientPage() {
  const { patient } = useParams({ strict: false }) as { patient: string };
  return <Loaded query={useQuery(ask.patient(patient))}>{(shown) => <Shown patient={shown} />}</Loaded>;
}

function Shown({ patient }: { readonly patient: Patient }) {
  const { t } = useSay();
  const { sequence } = useSearch({ strict: false }) as { readonly sequence?: string };
  const { before, after } = patient;
  const keys = useMemo(() => ({ ...(after === null ? {} : { j: () => go(to(after, sequence)) }), ...(before === null ? {} : { k: () => go(to(before, sequence)) }) }), [before, after, sequence]);
  useKeys(keys);
  const shown = patient.cases.find((one) => one.sequence === sequence) ?? patient.cases[0];
  const flags = patient.cases.reduce((sum, one) => sum + (one.state === 'read' ? one.quality.flags.length : 0), 0);
  const state = patient.reviews.at(-1)?.decision ?? 'reset';
  return (
    <Page
      title={patient.patient}
      answer={`${t('patient.place', { place: patient.place, of: patient.of })} ${flags > 0 ? t('patient.flags', { count: flags }) : t('patient.noFlags')}`}
      tags={state === 'reset' ? undefined : <Tag tone={state === 'excluded' ? 'bad' : 'good'}>{t(state === 'excluded' ? 'patients.excluded' : 'patients.accepted')}</Tag>}
      action={<ReviewButtons patient={patient} state={state} />}
      controls={
        <>
          {patient.cases.length > 0 && <Segments label={t('patient.sequences')} value={shown?.sequence ?? ''} options={patient.cases.map((one) => ({ value: one.sequence, label: `${one.sequence} ${signOf(one)}` }))} onChange={(value) => go(to(patient.patient, value))} />}
          <div style={{ display: 'flex', gap: 8 }}>
            <Button disabled={before === null} onClick={() => before !== null && go(to(before, sequence))}>
              {t('patient.before')}
            </Button>
            <Button disabled={after === null} onClick={() => after !== null && go(to(after, sequence))}>
              {t('patient.after')}
            </Button>
          </div>
        </>
      }
      aside={shown?.state === 'read' && shown.quality.image !== null ? <Facts quality={shown.quality} /> : undefined}
    >
      {shown && <Case patient={patient} shown={shown} />}
      <Decisions patient={patient} />
    </Page>
  );
}

const signOf = (one: CaseView): string => {
  if (one.state !== 'read') return '–';
  return one.quality.flags.some(({ severity }) => severity === 'refuse') ? '✕' : one.quality.flags.some(({ severity }) => severity === 'flag') ? '△' : '✓';
};

function Case({ patient, shown }: { readonly patient: Patient; readonly shown: CaseView }) {
  const { t } = useSay();
  if (shown.state !== 'read') return <p>{t(`patient.absent.${shown.state === 'absent' ? shown.why : shown.state}`)}</p>;
  const { image, region, series } = shown.quality;
  return (
    <>
      {image === null && <p>{t('patient.noPicture')}</p>}
      {image !== null && (
        <div className="slices">
          {planes.map((plane) => (
            <SliceView key={`${shown.sequence} ${plane} ${series?.chosen ?? ''}`} patient={patient.patient} sequence={shown.sequence} plane={plane} first={region?.slices[plane] ?? null} />
          ))}
        </div>
      )}
      {image !== null && region === null && <p className="quiet">{t('patient.noRegion')}</p>}
      <Flags quality={shown.quality} />
      {series !== null && <SeriesPicker patient={patient} sequence={shown.sequence} series={series} />}
      <ExtractAgain key={shown.sequence} patient={patient.patient} sequence={shown.sequence} />
    </>
  );
}

function Flags({ quality }: { readonly quality: Quality }) {
  const { t, told } = useSay();
  if (quality.flags.length === 0) return null;
  const fixes: Readonly<Record<string, string>> = t('patient.fixes', { returnObjects: true });
  const sorted = [...quality.flags].sort((a, b) => order[a.severity] - order[b.severity]);
  return (
    <Panel title={t('patient.flagsTitle')} tone={sorted[0]!.severity === 'refuse' ? 'bad' : 'warn'}>
      <ul className="plain-list">
        {sorted.map(({ kind, severity, sentence }) => (
          <li key={sentence}>
            <span aria-hidden="true">{severity === 'refuse' ? '✕' : '△'}</span> <span style={{ color: 'var(--ink)' }}>{told(sentence)}</span> {fixes[kind] ?? fixes['other']}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Facts({ quality: { image, region, series } }: { readonly quality: Quality }) {
  const { t, told } = useSay();
  const notes = [...(image?.notes ?? []), ...(region?.notes ?? [])];
  const taken = series?.candidates.find(({ id }) => id === series.chosen);
  return (
    <Panel
      title={t('patient.geometry')}
      facts={[
        ...(image ? [[t('patient.size'), image.size.join(' × ')] as const, [t('patient.spacing'), `${image.spacing.map((value) => Number(value.toFixed(3))).join(' × ')} mm`] as const] : []),
        ...(region ? [[t('patient.region'), t('patient.regionValue', { voxels: say.count(region.voxels), volume: region.millilitres.toFixed(2) })] as const, [t('patient.label'), region.label] as const, [t('patient.labelsThere'), region.labels.join(', ')] as const] : []),
        ...(taken ? [[t('patient.series'), t('patient.seriesValue', { modality: taken.modality, number: taken.number ?? '', slices: taken.slices })] as const, [t('patient.description'), taken.description ?? '–'] as const, ...(taken.bValue === null ? [] : [[t('patient.bValue'), taken.bValue] as const])] : []),
      ]}
    >
      {notes.length > 0 ? (
        <>
          <p>{t('patient.notes')}:</p>
          <ul className="plain-list">
            {notes.map((note) => (
              <li key={note}>{told(note)}</li>
            ))}
          </ul>
        </>
      ) : undefined}
    </Panel>
  );
}

function Decisions({ patient: { reviews } }: { readonly patient: Patient }) {
  const { t, moment } = useSay();
  if (reviews.length === 0) return null;
  const said = { accepted: 'patient.saidAccepted', excluded: 'patient.saidExcluded', reset: 'patient.saidReset' } as const;
  return (
    <Panel title={t('patient.decisions')}>
      <ul className="plain-list">
        {[...reviews].reverse().map(({ decision, reason, at }) => (
          <li key={at}>{t(said[decision], { at: moment(at), reason: reason ?? '' })}</li>
        ))}
      </ul>
    </Panel>
  );
}
