import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Empty, Form, FormField, FormRefusal, Page, Panel, planYaml, Refusal, sending, useKept } from '@consilium/interface';
import { api } from '../api.js';
import { go } from '../links.js';
import { ask } from '../queries.js';

/** Writes a plan; who may only read is told who does. */
export function PlanEditor() {
  const { data: me } = useQuery(ask.me);
  if (me === undefined) return null;
  return me.role === 'investigator' ? <Page title="Write a plan"><Empty>You may read plans but not write one. A data scientist of this centre can.</Empty></Page> : <Editor />;
}

/** Of the text: as wide as the page, and not longer than a screen or two. */
const size = { multiline: true, fullWidth: true, minRows: 24, maxRows: 40 };

type Checked = Awaited<ReturnType<typeof api.checkPlan>>;

const notEmpty = (plan: string): true | string => plan.trim() !== '' || 'The text is empty. Nothing was checked or stored. Write the plan, or start from an earlier version.';

/** Checked line by line, then stored as a new version. */
function Editor() {
  const { study } = useParams({ strict: false }) as { study: string };
  const { data: plans = [] } = useQuery(ask.plans(study));
  const latest = plans.at(-1);
  const { data: before } = useQuery({ ...ask.plan(latest?.digest ?? ''), enabled: latest !== undefined });
  const [draft, keep] = useKept('draft', '');
  const form = useForm({ defaultValues: { text: draft } });
  const { control, formState } = form;
  const text = useWatch({ control, name: 'text' });
  useEffect(() => keep(text), [text, keep]);
  const [asked, setAsked] = useState<'check' | 'store'>('check');
  const [checked, setChecked] = useState<Checked | null>(null);
  const check = sending(form, async (plan) => setChecked(await api.checkPlan(plan.text)));
  const store = sending(form, async (plan) => {
    const { digest } = await api.uploadPlan(plan.text);
    keep('');
    go(`/studies/${study}/plans/${digest.slice(0, 16)}`);
  });
  const act = (what: 'check' | 'store') => {
    setAsked(what);
    setChecked(null);
    return what === 'check' ? check() : store();
  };
  return (
    <Page
      title="Write a plan"
      answer="The plan says everything that will be computed. Hospitals approve exactly this text."
      action={
        <Button variant="contained" disabled={formState.isSubmitting} onClick={() => void act('store')}>
          Store plan
        </Button>
      }
      controls={
        <>
          <Button disabled={formState.isSubmitting} onClick={() => void act('check')}>
            Check
          </Button>
          {before && <Button onClick={() => form.setValue('text', planYaml(before.text), { shouldDirty: true, shouldValidate: true })}>Start from version {latest!.version}</Button>}
        </>
      }
    >
      <FormRefusal control={control} title={asked === 'store' ? 'The plan was not stored' : 'The plan was not checked'} />
      {checked && <Findings checked={checked} />}
      <Form onSubmit={() => act('check')}>
        <FormField
          control={control}
          name="text"
          rules={{ validate: notEmpty }}
          id="plan-text"
          label="Plan, YAML or JSON"
          {...size}
          slotProps={{ htmlInput: { className: 'mono', spellCheck: false } }}
          sx={{ '& .MuiInputBase-root': { background: 'var(--surface)' } }}
        />
      </Form>
    </Page>
  );
}

/** What a check found; each mistake leads to the text. */
function Findings({ checked }: { readonly checked: Checked }) {
  const { problems, warnings = [] } = checked;
  if (problems) return <Refusal title={`The plan has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}`} sentence="Nothing was stored." problems={problems.map((sentence) => ({ sentence, href: '#plan-text' }))} />;
  return <Panel title="The plan can be stored">{warnings.length === 0 ? <p>The check found nothing to say.</p> : warnings.map((warning) => <p key={warning}>△ {warning}</p>)}</Panel>;
}
