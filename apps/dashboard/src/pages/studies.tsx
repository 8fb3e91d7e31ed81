import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { say } from '@consilium/charts';
import { Empty, FormChecks, FormDialog, FormField, FormRefusal, Loaded, Page, PlainTable, schemaResolver, sending } from '@consilium/interface';
import { studyRequestSchema } from '@consilium/protocol/requests';
import { api, type Site } from '../api.js';
import { To } from '../links.js';
import { ask, queries } from '../queries.js';
import { RunTag } from '../states.js';

export function Studies() {
  const studies = useQuery(ask.studies);
  const { data: sites = [] } = useQuery(ask.sites);
  const { data: runs = [] } = useQuery(ask.runs);
  const { data: me } = useQuery(ask.me);
  const mayMake = me !== undefined && me.role !== 'investigator';
  const count = studies.data?.length ?? 0;
  return (
    <Page title="Studies" answer={studies.data === undefined ? undefined : `${say.plural(count, 'study', 'studies')}, ${say.plural(sites.filter(({ connected }) => connected).length, 'hospital')} online.`} action={mayMake ? <NewStudy sites={sites} /> : undefined}>
      <Loaded query={studies} height={160}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{mayMake ? 'No study yet. Admit the hospitals, then make a study with them.' : 'No study yet. An administrator or data scientist can make one.'}</Empty>
          ) : (
            <PlainTable
              caption="Studies of this centre"
              columns={[{ label: 'Study' }, { label: 'Sites online', numeric: true }, { label: 'Last run' }, { label: 'Launched' }]}
              rows={list.map((study) => {
                const last = runs.filter((run) => run.study === study.name).at(-1);
                const online = study.sites.filter((name) => sites.some((site) => site.name === name && site.connected)).length;
                return { key: study.name, cells: [<To key="to" to={`/studies/${study.name}`}>{study.title}</To>, `${online} of ${study.sites.length}`, last ? <RunTag key="run" state={last.state} /> : '–', last ? say.moment(last.launchedAt) : '–'] };
              })}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

interface StudyFields {
  readonly name: string;
  readonly title: string;
  readonly sites: readonly string[];
}

function NewStudy({ sites }: { readonly sites: readonly Site[] }) {
  const [open, setOpen] = useState(false);
  const form = useForm<StudyFields, unknown, StudyFields>({ defaultValues: { name: '', title: '', sites: [] }, resolver: schemaResolver(studyRequestSchema) });
  const { control, formState } = form;
  const admitted = sites.filter(({ state }) => state === 'admitted');
  const make = sending(form, async (study) => {
    await api.createStudy(study);
    setOpen(false);
    form.reset();
    void queries.invalidateQueries({ queryKey: ask.studies.queryKey });
  });
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        New study
      </Button>
      <FormDialog
        open={open}
        onClose={() => setOpen(false)}
        title="New study"
        onSubmit={make}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
              Make study
            </Button>
          </>
        }
      >
        <FormRefusal control={control} title="The study was not made" />
        <FormField control={control} name="title" label="Title" sx={{ mt: 2 }} />
        <FormField control={control} name="name" label="Short name: lower-case letters, figures, hyphens" />
        <FormChecks control={control} name="sites" legend="Hospitals that take part" options={admitted.map(({ name }) => ({ value: name, label: name }))}>
          <p className="quiet">No hospital is admitted yet.</p>
        </FormChecks>
      </FormDialog>
    </>
  );
}
