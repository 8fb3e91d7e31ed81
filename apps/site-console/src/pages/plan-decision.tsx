import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { ConfirmButton, Form, FormCheck, FormChecks, FormField, FormRefusal, schemaResolver, sending } from '@consilium/interface';
import { approvalRequestSchema, refusalRequestSchema, type ApprovalRequest, type RefusalRequest } from '@consilium/protocol/requests';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import type { Decision, Plan, PlanStage } from '../types.js';
import { useSay } from '../words/use-words.js';

type Verb = 'approve' | 'refuse' | 'withdraw';

interface DecisionFields {
  /** Which button was pressed: an approval and a refusal are different requests. */
  readonly verb: Verb;
  readonly reason: string;
  readonly days: number;
  /** Null for all of them. */
  readonly stages: readonly PlanStage[] | null;
  readonly read: boolean;
}

const resolver = schemaResolver<DecisionFields, ApprovalRequest | RefusalRequest>(
  ({ verb }) => (verb === 'approve' ? approvalRequestSchema : refusalRequestSchema),
  ({ verb, reason, days, stages }) => (verb === 'approve' ? { days, reason, stages } : { reason }),
);

const send = (digest: string, verb: Verb, request: ApprovalRequest | RefusalRequest): Promise<Plan> => ('days' in request ? api.approve(digest, request) : verb === 'refuse' ? api.refuse(digest, request.reason) : api.withdraw(digest, request.reason));

/** Approves, refuses or withdraws; what was decided stands above it with its time. */
export function Decide({ plan }: { readonly plan: Plan }) {
  const { t } = useSay();
  const review = useQuery(ask.review(plan.digest));
  const asked = review.data?.stages.map(({ stage }) => stage) ?? [];
  const form = useForm<DecisionFields, unknown, ApprovalRequest | RefusalRequest>({ defaultValues: { verb: 'approve', reason: '', days: plan.approvalDays, stages: null, read: false }, resolver });
  const { control, formState } = form;
  const decide = (verb: Verb): Promise<void> => {
    form.setValue('verb', verb);
    return sending(form, async (request) => {
      if (verb === 'approve' && !form.getValues('read')) return form.setError('read', { type: 'required', message: t('plan.needsRead') }, { shouldFocus: true });
      const decided = await send(plan.digest, verb, request);
      form.reset({ ...form.getValues(), reason: '', read: false });
      for (const known of [decided.digest, decided.digest.slice(0, 16)]) queries.setQueryData(ask.plan(known).queryKey, decided);
      void queries.invalidateQueries({ queryKey: ask.plans.queryKey });
      void queries.invalidateQueries({ queryKey: ask.state.queryKey });
    })();
  };
  const approved = plan.decision?.decision === 'approved' && !plan.decision.expired;
  const mayApprove = !approved && plan.fit.problems.length === 0;
  const titles = { approve: t('plan.notApproved'), refuse: t('plan.notRefused'), withdraw: t('plan.notWithdrawn') };
  return (
    <section className="panel" aria-label={t('plan.decide')} data-decide>
      <Form onSubmit={async () => (mayApprove ? decide('approve') : undefined)}>
        <div className="panel-body" style={{ display: 'grid', gap: 12 }}>
          <h2>{plan.decision === null ? t('plan.decide') : t('plan.decided')}</h2>
          {plan.decision !== null && <Decided decision={plan.decision} />}
          <FormRefusal control={control} title={titles[form.getValues('verb')]} />
          <FormField control={control} name="reason" label={t('plan.note')} helperText={t('plan.noteHelp')} slotProps={{ htmlInput: { maxLength: 500 } }} />
          {mayApprove && (
            <>
              <FormField control={control} name="days" label={t('plan.days')} type="number" slotProps={{ htmlInput: { min: 1, max: 3650 } }} sx={{ maxWidth: 220 }} />
              {asked.length > 1 && <FormChecks control={control} name="stages" size="small" allAreNull legend={t('preview.whichStages')} options={asked.map((stage) => ({ value: stage, label: t(`preview.stages.${stage}`) }))} />}
              <FormCheck control={control} name="read" label={t('plan.readIt')} />
            </>
          )}
          <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
            {mayApprove && (
              <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
                {t('plan.approve')}
              </Button>
            )}
            {approved ? (
              <ConfirmButton label={t('plan.withdraw')} question={t('plan.withdrawQuestion')} consequence={t('plan.withdrawConsequence')} confirm={t('plan.withdraw')} onConfirm={() => void decide('withdraw')} />
            ) : (
              <Button disabled={formState.isSubmitting} onClick={() => void decide('refuse')}>
                {t('plan.refuse')}
              </Button>
            )}
          </div>
        </div>
      </Form>
    </section>
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
