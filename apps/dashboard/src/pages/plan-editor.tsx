import { Button, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty, Failure, Page, Panel, planYaml, Refusal, useKept } from '@consilium/interface';
import { api } from '../api.js';
import { go } from '../links.js';
import { ask } from '../queries.js';

/** Writes a plan; who may only read is told who does. */
export function PlanEditor() {
  const { data: me } = useQuery(ask.me);
  if (me === undefined) return null;
  return me.role === 'investigator' ? <Page title="Write a plan"><Empty>You may read plans but not write one. A data scientist of this centre can.</Empty></Page> : <Editor />;
}

/** Checked line by line, then stored as a new version. */
function Editor() {
  const { study } = useParams({ strict: false }) as { study: string };
  const { data: plans = [] } = useQuery(ask.plans(study));
  const latest = plans.at(-1);
  const { data: before } = useQuery({ ...ask.plan(latest?.digest ?? ''), enabled: latest !== undefined });
  const [text, setText] = useKept('draft', '');
  const [missing, setMissing] = useState(false);
  const withText = (act: () => void): void => {
    setMissing(text.trim() === '');
    if (text.trim() !== '') act();
  };
  const check = useMutation({ mutationFn: () => api.checkPlan(text) });
  const store = useMutation({ mutationFn: () => api.uploadPlan(text), onSuccess: (plan) => {
      setText('');
      go(`/studies/${study}/plans/${plan.digest.slice(0, 16)}`);
    },
  });
  const problems = check.data?.problems;
  return (
    <Page
      title="Write a plan"
      answer="The plan says everything that will be computed. Hospitals approve exactly this text."
      action={
        <Button variant="contained" disabled={store.isPending} onClick={() => withText(() => store.mutate())}>
          Store plan
        </Button>
      }
      controls={
        <>
          <Button onClick={() => withText(() => check.mutate())}>
            Check
          </Button>
          {before && <Button onClick={() => setText(planYaml(before.text))}>Start from version {latest!.version}</Button>}
        </>
      }
    >
      {missing && text.trim() === '' && <Refusal title="There is no plan yet" sentence="The text is empty. Nothing was checked or stored." problems={[{ sentence: 'Write the plan, or start from an earlier version.', href: '#plan-text' }]} />}
      {store.error && <Failure error={store.error} title="The plan was not stored" />}
      {check.error && <Failure error={check.error} title="The plan was not checked" />}
      {problems && <Refusal title={`The plan has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}`} sentence="Nothing was stored." problems={problems.map((sentence) => ({ sentence, href: '#plan-text' }))} />}
      {check.data?.digest !== undefined && (
        <Panel title="The plan can be stored">
          {(check.data.warnings ?? []).length === 0 ? <p>The check found nothing to say.</p> : (check.data.warnings ?? []).map((warning) => <p key={warning}>△ {warning}</p>)}
        </Panel>
      )}
      <TextField
        id="plan-text"
        label="Plan, YAML or JSON"
        multiline
        minRows={24}
        maxRows={40}
        value={text}
        onChange={(event) => setText(event.target.value)}
        slotProps={{ htmlInput: { className: 'mono', spellCheck: false } }}
        sx={{ background: 'var(--surface)' }}
      />
    </Page>
  );
}
