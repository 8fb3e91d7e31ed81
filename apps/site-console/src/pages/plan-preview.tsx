import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { say } from '@consilium/charts';
import { Failure, Panel, Skeleton, Tag } from '@consilium/interface';
import { PayloadOf, viewSentence } from '../payload.js';
import { ask } from '../queries.js';
import type { PlanReview, StepReview } from '../types.js';
import { stepsInChinese } from '../words/chinese-steps.js';
import { useSay } from '../words/use-words.js';

/** Exactly what would be sent: the plan rehearsed on this site's own data, step by step. */
export function PlanPreview({ digest }: { readonly digest: string }) {
  const { t } = useSay();
  const review = useQuery(ask.review(digest));
  if (review.error) return <Failure error={review.error} title={t('preview.failed')} />;
  if (!review.data)
    return (
      <Panel title={t('preview.title')}>
        <p role="status">{t('preview.rehearsing')}</p>
        <Skeleton height={160} />
      </Panel>
    );
  return <Rehearsed review={review.data} />;
}

function Rehearsed({ review }: { readonly review: PlanReview }) {
  const { t, told } = useSay();
  const steps = review.stages.flatMap(({ steps: of }) => of);
  // A step may be asked for in several stages, each time for other rows and columns.
  const [chosen, setChosen] = useState<StepReview | null>(null);
  const shown = chosen ?? steps.find(({ sample }) => sample !== null);
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  return (
    <section className="panel" aria-label={t('preview.title')} data-preview>
      <div className="panel-body">
        <h2>{t('preview.title')}</h2>
        <p className="panel-note">
          {steps.length > 0 && t('preview.lead', { count: steps.length, bytes: say.bytes(bytes) })} {steps.length > 0 && !review.complete && t('preview.incomplete')}
        </p>
        {review.notes.map((note) => (
          <p key={note} className="panel-note">
            {told(note)}
          </p>
        ))}
      </div>
      {steps.length > 0 && <div className="split">
        <div className="split-list">
          {review.stages.map(({ stage, steps: of }) => (
            <section key={stage} aria-label={t(`preview.stages.${stage}`)}>
              <h3>{t(`preview.stages.${stage}`)}</h3>
              <p className="quiet">{t(`preview.stageSentences.${stage}`)}</p>
              <ul className="plain-list">
                {of.map((step) => (
                  <li key={step.step}>
                    <StepButton step={step} chosen={step === shown} onChoose={() => setChosen(step)} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
        {shown && <Payload key={steps.indexOf(shown)} step={shown} masked={review.masked} />}
      </div>}
    </section>
  );
}

function StepButton({ step, chosen, onChoose }: { readonly step: StepReview; readonly chosen: boolean; readonly onChoose: () => void }) {
  const { t } = useSay();
  return (
    <button type="button" className="step-button" aria-pressed={chosen} onClick={onChoose}>
      <span className="mono">{step.step}</span> <Tag tone={step.withheld ? 'warn' : step.passed > 0 ? 'good' : 'plain'}>{step.withheld && step.passed > 0 ? t('preview.partly') : step.withheld ? t('preview.withheld') : step.passed > 0 ? t('preview.passes') : t('preview.notReached')}</Tag>
    </button>
  );
}

function Payload({ step, masked }: { readonly step: StepReview; readonly masked: boolean }) {
  const words = useSay();
  const { t, told, language } = words;
  return (
    <div className="split-detail">
      <div className="panel-body">
        <h3 className="mono">{step.step}</h3>
        <p>{language === 'zh' ? (stepsInChinese[step.step] ?? step.sends) : step.sends}</p>
        <p className="panel-note">{t('preview.asked', { count: step.asked, passed: step.passed, bytes: say.bytes(step.bytes) })}</p>
        {masked && step.kind === 'sum' && <p className="panel-note">{t('plan.masked')}</p>}
        {step.withheld && <p className="panel-note">{t('preview.why', { rule: step.withheld.rule, sentence: told(step.withheld.sentence) })}</p>}
        {step.sample && <p className="panel-note">{viewSentence(step.sample.view, words)}</p>}
        {step.sample && <p className="panel-note">{step.sample.exact ? t('preview.exact', { bytes: say.bytes(step.sample.size) }) : t('preview.alike', { bytes: say.bytes(step.sample.size) })}</p>}
      </div>
      {step.sample ? <PayloadOf rendering={step.sample.rendering} label={step.step} /> : <p className="panel-body quiet">{t('preview.nothing')}</p>}
    </div>
  );
}
