import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControlLabel, TextField } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Failure, Refused, useKeys, useWords } from '@consilium/interface';
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
  const review = useReview(patient.patient);
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

function useReview(patient: string) {
  return useMutation({
    mutationFn: (review: Omit<Review, 'at'>) => api.review(patient, review),
    onSuccess: (shown) => {
      queries.setQueryData(ask.patient(patient).queryKey, shown);
      void queries.invalidateQueries({ queryKey: ask.patients.queryKey });
    },
  });
}

function ExcludeDialog({ patient, open, close }: { readonly patient: Patient; readonly open: boolean; readonly close: () => void }) {
  const { t } = useSay();
  const words = useWords();
  const [reason, setReason] = useState('');
  const [withdrew, setWithdrew] = useState(false);
  const [missing, setMissing] = useState(false);
  const review = useReview(patient.patient);
  const exclude = (): void => {
    setMissing(reason.trim() === '');
    if (reason.trim() !== '') review.mutate({ decision: 'excluded', reason: reason.trim(), ...(withdrew ? { consent: 'withdrawn' } : {}) }, { onSuccess: close });
  };
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby="exclude-title">
      <DialogTitle id="exclude-title" sx={{ fontSize: 15, fontWeight: 600 }}>
        {t('patient.excludeQuestion')}
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4 }}>
        {(review.error !== null || missing) && <Failure error={missing ? new Refused(400, t('patient.needsReason')) : review.error} title={t('patient.notDone')} />}
        <p>{t('patient.excludeConsequence')}</p>
        {patient.runs > 0 && <p>{t('patient.runs', { count: patient.runs })}</p>}
        <TextField label={t('patient.reason')} helperText={t('patient.reasonHelp')} autoFocus required value={reason} onChange={(event) => setReason(event.target.value)} slotProps={{ htmlInput: { maxLength: 500 } }} sx={{ mt: 2 }} />
        <FormControlLabel control={<Checkbox checked={withdrew} onChange={(event) => setWithdrew(event.target.checked)} />} label={t('patient.consent')} />
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>{words.keep}</Button>
        <Button variant="contained" onClick={exclude}>
          {t('patient.exclude')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
