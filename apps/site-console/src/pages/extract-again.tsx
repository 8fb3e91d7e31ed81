import { Button } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { Failure } from '@consilium/interface';
import { api } from '../api.js';
import { queries } from '../queries.js';
import { useSay } from '../words/use-words.js';

/** Measures one case anew, for every approved plan that reads the sequence. */
export function ExtractAgain({ patient, sequence }: { readonly patient: string; readonly sequence: string }) {
  const { t } = useSay();
  const again = useMutation({ mutationFn: () => api.extractAgain(patient, sequence), onSuccess: () => void queries.invalidateQueries({ queryKey: ['extraction'] }) });
  return (
    <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap', alignItems: 'center' }}>
      <Button disabled={again.isPending} onClick={() => again.mutate()}>
        {t('patient.again', { sequence })}
      </Button>
      {again.data && (
        <p className="quiet" role="status">
          {again.data.plans === 0 ? t('patient.againNone', { sequence }) : t('patient.againDone', { count: again.data.plans })}
        </p>
      )}
      {again.error && <Failure error={again.error} title={t('patient.notDone')} />}
    </div>
  );
}
