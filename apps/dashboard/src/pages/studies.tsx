import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControlLabel, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { say } from '@consilium/charts';
import { Empty, Failure, Loaded, Page, PlainTable } from '@consilium/interface';
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

function NewStudy({ sites }: { readonly sites: readonly Site[] }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const make = useMutation({
    mutationFn: () => api.createStudy({ name, title, sites: chosen }),
    onSuccess: () => {
      setOpen(false);
      void queries.invalidateQueries({ queryKey: ask.studies.queryKey });
    },
  });
  const admitted = sites.filter(({ state }) => state === 'admitted');
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        New study
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="new-study">
        <DialogTitle id="new-study">New study</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          {make.error && <Failure error={make.error} title="The study was not made" />}
          <TextField label="Title" value={title} onChange={(event) => setTitle(event.target.value)} sx={{ mt: 2 }} />
          <TextField label="Short name: lower-case letters, figures, hyphens" value={name} onChange={(event) => setName(event.target.value)} />
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <legend className="control-label">Hospitals that take part</legend>
            {admitted.length === 0 && <p className="quiet">No hospital is admitted yet.</p>}
            {admitted.map((site) => (
              <FormControlLabel key={site.name} control={<Checkbox checked={chosen.includes(site.name)} onChange={(_, on) => setChosen(on ? [...chosen, site.name] : chosen.filter((one) => one !== site.name))} />} label={site.name} />
            ))}
          </fieldset>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button variant="contained" onClick={() => make.mutate()}>
            Make study
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
