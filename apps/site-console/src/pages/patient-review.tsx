import { Button } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { Failure, FormCheck, FormDialog, FormField, FormRefusal, schemaResolver, sending, useKeys, useWords } from '@consilium/interface';
import { exclusionRequestSchema, type ReviewRequest } from '@consilium/protocol/requests';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Patient, Review } from '../types.js';
import { useSay } from '../words/use-words.js';

interface ReviewProps {
  readonly patient: Patient;
  readonly state: Review['decision'];
}

/** Accept (A), exclude with a reason (X), take back. */
export function ReviewButtons({ patient, state }: ReviewProps) {
  const { t } = useSay();
  const [open, setOpen] = useState(false);
  const review = useMutation({ mutationFn: (decided: ReviewRequest) => sendReview(patient.patient, decided) });
  const accept = () => review.mutate({ decision: 'accepted', reason: null });
  const keys = useMemo(() => ({ a: () => accept(), x: () => setOpen(true) }), [patient.patient]);
  useKeys(keys);
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
        {state !== 'excluded' && <Button onClick={() => setOpen(true)}>{t('patient.exclude')}… (X)</Button>}
        {state !== 'reset' && <Button onClick={() => review.mutate({ decision: 'reset', reason: null })}>{t('patient.reset')}</Button>}
        {state !== 'accepted' && (
          <Button variant="contained" disabled={review.isPending} onClick={accept}>
            {t('patient.accept')} (A)
          </Button>
        )}
      </div>
      {review.error && !open && <Failure error={review.error} title={t('patient.notDone')} />}
      <ExcludeDialog key={patient.patient} patient={patient} open={open} close={() => setOpen(false)} />
    </div>
  );
}

async function sendReview(patient: string, review: ReviewRequest): Promise<void> {
  queries.setQueryData(ask.patient(patient).queryKey, await api.review(patient, review));
  void queries.invalidateQueries({ queryKey: ask.patients.queryKey });
}

interface ExclusionFields {
  readonly reason: string;
  readonly withdrew: boolean;
}

function ExcludeDialog({ patient, open, close }: { readonly patient: Patient; readonly open: boolean; readonly close: () => void }) {
  const { t } = useSay();
  const words = useWords();
  const form = useForm<ExclusionFields, unknown, ReviewRequest>({
    defaultValues: { reason: '', withdrew: false },
    resolver: schemaResolver(exclusionRequestSchema, ({ reason, withdrew }) => ({ decision: 'excluded', reason, ...(withdrew ? { consent: 'withdrawn' } : {}) })),
  });
  const { control, formState } = form;
  const exclude = sending(form, async (exclusion) => {
    await sendReview(patient.patient, exclusion);
    close();
    form.reset();
  });
  return (
    <FormDialog
      open={open}
      onClose={close}
      title={t('patient.excludeQuestion')}
      onSubmit={exclude}
      actions={
        <>
          <Button onClick={close}>{words.keep}</Button>
          <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
            {t('patient.exclude')}
          </Button>
        </>
      }
    >
      <FormRefusal control={control} title={t('patient.notDone')} />
      <p>{t('patient.excludeConsequence')}</p>
      {patient.runs > 0 && <p>{t('patient.runs', { count: patient.runs })}</p>}
      <FormField control={control} name="reason" label={t('patient.reason')} helperText={t('patient.reasonHelp')} autoFocus required slotProps={{ htmlInput: { maxLength: 500 } }} sx={{ mt: 2 }} />
      <FormCheck control={control} name="withdrew" label={t('patient.consent')} />
    </FormDialog>
  );
}
