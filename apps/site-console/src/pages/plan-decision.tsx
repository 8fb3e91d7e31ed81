import { Button, Checkbox, FormControlLabel, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmButton, Failure, Refused } from '@consilium/interface';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Decision, Plan, PlanStage } from '../types.js';
import { useSay } from '../words/use-words.js';

type Asked = { readonly kind: 'approve'; readonly days: number } | { readonly kind: 'refuse' | 'withdraw' };

/** Approves, refuses or withdraws; what was decided stands above it with its time. */
export function Decide({ plan }: { readonly plan: Plan }) {
  const { t } = useSay();
  const [note, setNote] = useState('');
  const [days, setDays] = useState(String(plan.approvalDays));
  const [read, setRead] = useState(false);
  const review = useQuery(ask.review(plan.digest));
  const asked = review.data?.stages.map(({ stage }) => stage) ?? [];
  const [left, setLeft] = useState<readonly PlanStage[]>([]);
  const stages = asked.filter((stage) => !left.includes(stage));
  const decide = useMutation({
    mutationFn: async (order: Asked) => {
      if (order.kind === 'approve' && !read) throw new Refused(400, t('plan.needsRead'));
      if (order.kind === 'approve' && asked.length > 0 && stages.length === 0) throw new Refused(400, t('preview.needsStage'));
      if (order.kind !== 'approve' && note.trim() === '') throw new Refused(400, t('plan.needsNote'));
      return order.kind === 'approve' ? api.approve(plan.digest, { days: order.days, reason: note, stages: left.length === 0 ? null : stages }) : order.kind === 'refuse' ? api.refuse(plan.digest, note) : api.withdraw(plan.digest, note);
    },
    onSuccess: (decided) => {
      setNote('');
      setRead(false);
      for (const known of [decided.digest, decided.digest.slice(0, 16)]) queries.setQueryData(ask.plan(known).queryKey, decided);
      void queries.invalidateQueries({ queryKey: ask.plans.queryKey });
      void queries.invalidateQueries({ queryKey: ask.state.queryKey });
    },
  });
  const approved = plan.decision?.decision === 'approved' && !plan.decision.expired;
  const titles = { approve: t('plan.notApproved'), refuse: t('plan.notRefused'), withdraw: t('plan.notWithdrawn') };
  return (
    <section className="panel" aria-label={t('plan.decide')} data-decide>
      <div className="panel-body" style={{ display: 'grid', gap: 12 }}>
        <h2>{plan.decision === null ? t('plan.decide') : t('plan.decided')}</h2>
        {plan.decision !== null && <Decided decision={plan.decision} />}
        {decide.error && <Failure error={decide.error} title={titles[decide.variables?.kind ?? 'approve']} />}
        <TextField label={t('plan.note')} helperText={t('plan.noteHelp')} value={note} onChange={(event) => setNote(event.target.value)} slotProps={{ htmlInput: { maxLength: 500 } }} />
        {!approved && plan.fit.problems.length === 0 && (
          <>
            <TextField label={t('plan.days')} type="number" value={days} onChange={(event) => setDays(event.target.value)} slotProps={{ htmlInput: { min: 1, max: 3650 } }} sx={{ maxWidth: 220 }} />
            {asked.length > 1 && <StagesOf asked={asked} left={left} onChange={setLeft} />}
            <FormControlLabel control={<Checkbox checked={read} onChange={(_, checked) => setRead(checked)} />} label={t('plan.readIt')} />
          </>
        )}
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          {!approved && plan.fit.problems.length === 0 && (
            <Button variant="contained" disabled={decide.isPending} onClick={() => decide.mutate({ kind: 'approve', days: Number(days) })}>
              {t('plan.approve')}
            </Button>
          )}
          {approved ? (
            <ConfirmButton label={t('plan.withdraw')} question={t('plan.withdrawQuestion')} consequence={t('plan.withdrawConsequence')} confirm={t('plan.withdraw')} onConfirm={() => decide.mutate({ kind: 'withdraw' })} />
          ) : (
            <Button disabled={decide.isPending} onClick={() => decide.mutate({ kind: 'refuse' })}>
              {t('plan.refuse')}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}

interface StagesProps {
  readonly asked: readonly PlanStage[];
  readonly left: readonly PlanStage[];
  readonly onChange: (left: readonly PlanStage[]) => void;
}

/** An approval may be for some stages only; the run waits at the next one. */
function StagesOf({ asked, left, onChange }: StagesProps) {
  const { t } = useSay();
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="control-label">{t('preview.whichStages')}</legend>
      {asked.map((stage) => (
        <FormControlLabel key={stage} control={<Checkbox size="small" checked={!left.includes(stage)} onChange={(_, checked) => onChange(checked ? left.filter((one) => one !== stage) : [...left, stage])} />} label={t(`preview.stages.${stage}`)} />
      ))}
    </fieldset>
  );
}

function Decided({ decision }: { readonly decision: Decision }) {
  const { t, moment, list } = useSay();
  const [at, until] = [moment(decision.decidedAt), decision.expiresAt === null ? '' : moment(decision.expiresAt)];
  const said =
    decision.decision === 'refused' ? t('plan.saidRefused', { at })
    : decision.decision === 'withdrawn' ? t('plan.saidWithdrawn', { at })
    : decision.expired ? t('plan.saidExpired', { at, until })
    : decision.expiresAt === null ? t('plan.saidForever', { at })
    : t('plan.saidApproved', { at, until });
  return (
    <p role="status">
      {said} {decision.stages !== null && t('plan.saidStages', { stages: list(decision.stages.map((stage) => t(`preview.stages.${stage}`))) })} {decision.reason !== null && t('plan.saidNote', { reason: decision.reason })}
    </p>
  );
}
