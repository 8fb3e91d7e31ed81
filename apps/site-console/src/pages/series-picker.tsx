import { Button } from '@mui/material';
import { useForm } from 'react-hook-form';
import { say } from '@consilium/charts';
import { FormCheck, FormRefusal, sending, Tag } from '@consilium/interface';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Candidate, Patient, Quality } from '../types.js';
import { useSay } from '../words/use-words.js';

interface SeriesPickerProps {
  readonly patient: Patient;
  readonly sequence: string;
  readonly series: NonNullable<Quality['series']>;
}

/** The series of the image's folder: which one the sequence is and why, and a way to another. */
export function SeriesPicker({ patient, sequence, series }: SeriesPickerProps) {
  const { t, moment } = useSay();
  const form = useForm({ defaultValues: { remember: false } });
  const { control, formState } = form;
  const busy = formState.isSubmitting;
  /** The button of a series sends the form. */
  const choose = (series: string | null, remembered?: boolean): void =>
    void sending(form, async ({ remember }) => {
      queries.setQueryData(ask.patient(patient.patient).queryKey, await api.chooseSeries(patient.patient, { sequence, series, remember: remembered ?? remember }));
      void queries.invalidateQueries({ queryKey: ['slice', patient.patient, sequence] });
      void queries.invalidateQueries({ queryKey: ask.patients.queryKey });
      // Another patient's series may be found by what was remembered.
      if (remembered ?? remember) void queries.invalidateQueries({ queryKey: ['patient'] });
    })();
  const shown = series.candidates.filter(({ id, slices }) => slices > 1 || id === series.chosen);
  const listed = shown.length > 0 ? shown : series.candidates;
  const single = series.candidates.length - listed.length;
  const at = patient.choices.find((one) => one.sequence === sequence)?.at;
  const why = {
    hospital: t('series.byHospital', { at: at === undefined ? '' : moment(at) }),
    remembered: t('series.byScanner'),
    only: t('series.byReader'),
    nobody: t('series.byNobody', { count: listed.length }),
  }[series.by];
  return (
    <section className={series.chosen === null ? 'panel bad' : 'panel'} aria-label={t('series.title')} data-series>
      <div className="panel-body">
        <h2>{t('series.title')}</h2>
        <p className="panel-note">
          {why} {single > 0 && t('series.single', { count: single })}
        </p>
        <FormRefusal control={control} title={t('patient.notDone')} />
      </div>
      <div className="table-box" tabIndex={0} role="region" aria-label={t('series.title')}>
        <table>
          <Heads />
          <tbody>
            {listed.map((one) => (
              <Line key={one.id} one={one} taken={one.id === series.chosen} busy={busy} choose={() => choose(one.id)} />
            ))}
          </tbody>
        </table>
      </div>
      <div className="panel-body">
        {listed.length > 1 && <FormCheck control={control} name="remember" size="small" label={t('series.remember', { sequence })} />}
        <WaysBack by={series.by} busy={busy} undo={(remembered) => choose(null, remembered)} />
        <p className="panel-note">
          {t('series.consequence')} {patient.runs > 0 && t('patient.runs', { count: patient.runs })}
        </p>
      </div>
    </section>
  );
}

function Heads() {
  const { t } = useSay();
  return (
    <thead>
      <tr>
        <th scope="col">{t('series.series')}</th>
        <th scope="col">{t('series.choice')}</th>
        <th scope="col">{t('series.description')}</th>
        <th scope="col">{t('series.scanner')}</th>
        <th scope="col" className="num">{t('series.slices')}</th>
        <th scope="col" className="num">{t('series.pixels')}</th>
        <th scope="col" className="num">{t('patient.bValue')}</th>
      </tr>
    </thead>
  );
}

interface WaysBackProps {
  readonly by: NonNullable<Quality['series']>['by'];
  readonly busy: boolean;
  readonly undo: (remembered: boolean) => void;
}

/** What undoes a choice: for this patient, or for all that were found by the scanner. */
function WaysBack({ by, busy, undo }: WaysBackProps) {
  const { t } = useSay();
  if (by !== 'hospital' && by !== 'remembered') return null;
  const remembered = by === 'remembered';
  return (
    <Button disabled={busy} onClick={() => undo(remembered)}>
      {remembered ? t('series.forget') : t('series.undo')}
    </Button>
  );
}

function Line({ one, taken, busy, choose }: { readonly one: Candidate; readonly taken: boolean; readonly busy: boolean; readonly choose: () => void }) {
  const { t } = useSay();
  return (
    <tr>
      <th scope="row">
        {one.modality} {one.number ?? ''} <span className="mono quiet">{one.id}</span>
      </th>
      <td>
        {taken ? (
          <Tag tone="good">{t('series.taken')}</Tag>
        ) : (
          <Button disabled={busy} onClick={choose} aria-label={t('series.takeThis', { id: one.id })}>
            {t('series.take')}
          </Button>
        )}
      </td>
      <td>
        {one.description ?? '–'} {one.lossy && <Tag tone="warn">{t('series.lossy')}</Tag>}
      </td>
      <td>{one.scanner ?? '–'}</td>
      <td className="num">{say.count(one.slices)}</td>
      <td className="num">{one.size.join(' × ')}</td>
      <td className="num">{one.bValue ?? '–'}</td>
    </tr>
  );
}
