import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { changedLines, Digest, Loaded, Page, Panel, PlainTable, PlanDiffLines, planYaml } from '@consilium/interface';
import { DecisionTag } from '../decision-tag.js';
import { ask } from '../queries.js';
import type { Plan } from '../types.js';
import { planSentences } from '../words/plan-sentences.js';
import { useSay } from '../words/use-words.js';
import { PlanPreview } from './plan-preview.js';
import { Decide } from './plan-decision.js';

/** Do you let this plan run here? */
export function PlanPage() {
  const { digest } = useParams({ strict: false }) as { digest: string };
  return <Loaded query={useQuery(ask.plan(digest))}>{(plan) => <ShownPlan plan={plan} />}</Loaded>;
}

function ShownPlan({ plan }: { readonly plan: Plan }) {
  const { t } = useSay();
  const head = t('plan.head', { title: plan.title, version: plan.version, study: plan.study });
  const unfit = plan.fit.problems.length > 0;
  return (
    <Page title={t('plan.title')} answer={`${head} ${unfit ? t('plan.unfit') : t('plan.patients', { count: plan.fit.patients })}`} tags={<DecisionTag decision={plan.decision} />} aside={<Facts plan={plan} />}>
      <div style={{ display: 'grid', gap: 16 }}>
        <Sentences title={t('plan.problems')} tone="bad" sentences={plan.fit.problems} />
        <InPlainWords plan={plan} />
        <Sentences title={t('plan.warnings')} tone="warn" sentences={plan.fit.warnings} />
        <Changes plan={plan} />
      </div>
      {plan.fit.problems.length === 0 && <PlanPreview digest={plan.digest} />}
      <Participants plan={plan} />
      <PlanText plan={plan} />
      <Decide plan={plan} />
    </Page>
  );
}

function Sentences({ title, tone, sentences }: { readonly title: string; readonly tone: 'warn' | 'bad'; readonly sentences: readonly string[] }) {
  const { told } = useSay();
  if (sentences.length === 0) return null;
  return (
    <Panel title={title} tone={tone}>
      <ul className="plain-list">
        {sentences.map((sentence) => (
          <li key={sentence}>{told(sentence)}</li>
        ))}
      </ul>
    </Panel>
  );
}

function InPlainWords({ plan }: { readonly plan: Plan }) {
  const words = useSay();
  return (
    <Panel title={words.t('plan.plain')}>
      <ul className="plain-list">
        {planSentences(plan.text, words).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {plan.masked && <li>{words.t('plan.masked')}</li>}
      </ul>
    </Panel>
  );
}

function Facts({ plan }: { readonly plan: Plan }) {
  const { t, moment, list } = useSay();
  const { limits } = plan;
  return (
    <Panel
      title={t('plan.facts')}
      facts={[
        [t('plan.profile'), plan.disclosure],
        [t('plan.limitCell'), limits.minimumCell],
        [t('plan.limitPatients'), limits.minimumPatients],
        [t('plan.limitClass'), limits.minimumPerClass],
        [t('plan.hospitals'), list(plan.sites)],
        [t('plan.received'), moment(plan.receivedAt)],
        [t('plan.digest'), <Digest key="digest" value={plan.digest} />],
        [t('plan.signedBy'), plan.signedBy],
      ]}
    />
  );
}

/** Against the latest version of the study that was approved here. */
function Changes({ plan }: { readonly plan: Plan }) {
  const { t } = useSay();
  const [before] = plan.earlier;
  if (!before || plan.decision !== null) return null;
  const changed = changedLines(before.text, plan.text);
  if (changed === 0) return <p className="quiet">{t('plan.unchanged', { version: before.version })}</p>;
  const title = t('plan.changed', { version: before.version });
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-body">
        <h2>{title}</h2>
      </div>
      <PlanDiffLines from={before.text} to={plan.text} label={title} alike={() => '…'} />
    </section>
  );
}

function Participants({ plan: { participants } }: { readonly plan: Plan }) {
  const { t } = useSay();
  if (participants.length === 0) return null;
  return (
    <>
      <PlainTable caption={t('plan.participants')} columns={[{ label: t('plan.hospital') }, { label: t('plan.keyWords') }]} rows={participants.map(({ site, words }) => ({ key: site, cells: [site, words] }))} />
      <p className="quiet">{t('plan.compare')}</p>
    </>
  );
}

function PlanText({ plan }: { readonly plan: Plan }) {
  const { t } = useSay();
  const [open, setOpen] = useState(false);
  return (
    <section className="panel" aria-label={t('plan.text')}>
      <div className="panel-body">
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('plan.hideText') : t('plan.showText')}
        </Button>
      </div>
      {open && (
        <pre className="text-block" tabIndex={0} role="region" aria-label={t('plan.text')}>
          {planYaml(plan.text)}
        </pre>
      )}
    </section>
  );
}
