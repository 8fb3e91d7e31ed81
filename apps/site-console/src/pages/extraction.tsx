import { Button } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Choice, Empty, Failure, Loaded, Page, PlainTable } from '@consilium/interface';
import { api } from '../api.js';
import { go, To } from '../links.js';
import { ask, queries } from '../queries.js';
import type { Extraction, Hours } from '../types.js';
import { useSay } from '../words/use-words.js';

/** How long still? */
export function ExtractionPage() {
  const { t } = useSay();
  const { plan } = useSearch({ strict: false }) as { readonly plan?: string };
  const extraction = useQuery(ask.extraction(plan));
  const shown = extraction.data;
  const done = shown?.cases.filter(({ state }) => state !== 'to-do').length ?? 0;
  return (
    <Page
      title={t('extraction.title')}
      action={shown && shown.plan !== null ? <RestButton resting={shown.rest !== null} /> : undefined}
      answer={shown && shown.cases.length > 0 ? t('extraction.answer', { done: say.count(done), total: say.count(shown.cases.length) }) : undefined}
      controls={shown && shown.plans.length > 1 ? <Choice label={t('extraction.plan')} value={shown.plan ?? ''} options={shown.plans.map(({ digest, title, version }) => ({ value: digest, label: `${title}, ${version}` }))} onChange={(digest) => go(`/extraction?plan=${digest}`)} /> : undefined}
    >
      <Loaded query={extraction} height={320}>
        {(found) => (found.plan === null ? <Empty>{t('extraction.noPlan')}</Empty> : found.cases.length === 0 ? <Empty>{t('extraction.noImages')}</Empty> : <Progress extraction={found} done={done} />)}
      </Loaded>
    </Page>
  );
}

/** Lets extraction rest, or go on. Nothing that was measured is lost. */
function RestButton({ resting }: { readonly resting: boolean }) {
  const { t } = useSay();
  const change = useMutation({ mutationFn: () => api.restExtraction(!resting), onSuccess: () => void queries.invalidateQueries({ queryKey: ['extraction'] }) });
  return (
    <div style={{ display: 'grid', gap: 8, maxWidth: 420 }}>
      <Button variant="contained" disabled={change.isPending} onClick={() => change.mutate()}>
        {t(resting ? 'extraction.resume' : 'extraction.pause')}
      </Button>
      {change.error && <Failure error={change.error} title={t('patient.notDone')} />}
    </div>
  );
}

const STALE_MILLISECONDS = 120_000;

function Progress({ extraction, done }: { readonly extraction: Extraction; readonly done: number }) {
  const { t, told } = useSay();
  const total = extraction.cases.length;
  const failed = extraction.cases.filter(({ state }) => state === 'refused');
  return (
    <>
      <div className="progress" role="progressbar" aria-label={t('extraction.progress')} aria-valuenow={done} aria-valuemin={0} aria-valuemax={total}>
        <div style={{ width: `${(100 * done) / total}%` }} />
      </div>
      <p>{useLeft(extraction, done < total)}</p>
      <BySequence extraction={extraction} />
      {failed.length === 0 && extraction.cases.some(({ state }) => state === 'measured') && <p className="quiet">{t('extraction.noFailures')}</p>}
      {failed.length > 0 && (
        <PlainTable
          caption={t('extraction.failures')}
          columns={[{ label: t('extraction.patient') }, { label: t('extraction.sequence') }, { label: t('extraction.why') }]}
          rows={failed.map(({ patient, sequence, sentence }) => ({ key: `${patient} ${sequence}`, cells: [<To key="patient" to={`/patients/${encodeURIComponent(patient)}?sequence=${encodeURIComponent(sequence)}`}>{patient}</To>, sequence, told(sentence ?? '')] }))}
        />
      )}
    </>
  );
}

/** What goes on, in a sentence. */
function useLeft({ work, hours, rest, now }: Extraction, more: boolean): string {
  const { t, moment } = useSay();
  if (rest !== null) return t('extraction.resting', { at: moment(rest.at) });
  if (!more) return '';
  if (hours !== null && !isWithin(hours, new Date(now))) return t('extraction.outside', { from: hours.from, to: hours.to });
  const live = work.filter(({ told, done, total }) => done < total && new Date(now).getTime() - told < STALE_MILLISECONDS).at(-1);
  if (!live) return t('extraction.idle');
  if (live.secondsLeft === null) return t('extraction.unknownLeft');
  const minutes = Math.round(live.secondsLeft / 60);
  const left = minutes < 1 ? t('extraction.underMinute') : minutes < 90 ? t('extraction.minutes', { count: minutes }) : t('extraction.hours', { count: Math.round(minutes / 60) });
  return t('extraction.running', { left });
}

function isWithin({ from, to }: Hours, at: Date): boolean {
  const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  const [begin, end, now] = [minutes(from), minutes(to), at.getHours() * 60 + at.getMinutes()];
  return begin === end || (begin < end ? now >= begin && now < end : now >= begin || now < end);
}

function BySequence({ extraction: { cases } }: { readonly extraction: Extraction }) {
  const { t } = useSay();
  const sequences = [...new Set(cases.map(({ sequence }) => sequence))];
  const count = (sequence: string, state: Extraction['cases'][number]['state']) => say.count(cases.filter((one) => one.sequence === sequence && one.state === state).length);
  return (
    <PlainTable
      caption={t('extraction.bySequence')}
      columns={[{ label: t('extraction.sequence') }, { label: t('extraction.measured'), numeric: true }, { label: t('extraction.refused'), numeric: true }, { label: t('extraction.absent'), numeric: true }, { label: t('extraction.toDo'), numeric: true }]}
      rows={sequences.map((sequence) => ({ key: sequence, cells: [sequence, count(sequence, 'measured'), count(sequence, 'refused'), count(sequence, 'absent'), count(sequence, 'to-do')] }))}
    />
  );
}
