import { useMutation, useQuery } from '@tanstack/react-query';
import { say } from '@consilium/charts';
import { ConfirmButton, Failure } from '@consilium/interface';
import { Button } from '@mui/material';
import { api, type ShownRun } from '../api.js';
import { go, Primary } from '../links.js';
import { ask, queries } from '../queries.js';
import { approves } from '../states.js';

interface CommandsProps {
  readonly run: ShownRun;
  readonly state: ShownRun['state'];
  /** Hospitals that are not connected, or have not answered. */
  readonly missing: readonly string[];
}

/** What may be done with a run by the person who looks at it, or who may. */
export function Commands({ run, state, missing }: CommandsProps) {
  const { data: me } = useQuery(ask.me);
  const command = useMutation({
    mutationFn: ({ name, without = [] }: { readonly name: 'pause' | 'resume' | 'cancel'; readonly without?: readonly string[] }) => api.command(run.id, name, name === 'resume' ? { without } : {}),
    onSettled: () => void queries.invalidateQueries({ queryKey: ask.run(run.id).queryKey }),
  });
  const again = useMutation({ mutationFn: () => api.command(run.id, 'restart'), onSuccess: ({ id }) => go(`/runs/${id}`) });
  if (state === 'closed') return <Primary to={`/runs/${run.id}/performance`}>See whether it works</Primary>;
  if (me === undefined) return null;
  if (me.role === 'investigator') return <p className="quiet">{state === 'open' || state === 'paused' ? 'You may read this run but not pause it.' : 'You may read this run but not launch it again.'} A data scientist of this centre can.</p>;
  const failure = command.error ?? again.error;
  return (
    <div style={{ display: 'grid', gap: 8, maxWidth: 420 }}>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
        {state === 'open' && (
          <Button variant="contained" onClick={() => command.mutate({ name: 'pause' })}>
            Pause
          </Button>
        )}
        {state === 'paused' && (
          <Button variant="contained" onClick={() => command.mutate({ name: 'resume' })}>
            Resume
          </Button>
        )}
        {state === 'paused' && <ResumeWithout run={run} missing={missing} onResume={(without) => command.mutate({ name: 'resume', without })} />}
        {state === 'open' || state === 'paused' ? (
          <ConfirmButton label="Cancel run…" question="Cancel this run?" consequence="It ends without results and cannot be resumed. Finished rounds stay in its record." confirm="Cancel the run" danger onConfirm={() => command.mutate({ name: 'cancel' })} />
        ) : (
          <Button variant="contained" disabled={again.isPending} onClick={() => again.mutate()}>
            Launch the plan again
          </Button>
        )}
      </div>
      {failure && <Failure error={failure} title={command.error ? 'The run was not changed' : 'Nothing was launched'} />}
    </div>
  );
}

/** Going on without the hospitals a paused run waits for: those that are away, have not answered, or no longer approve the plan. */
function ResumeWithout({ run, missing, onResume }: { readonly run: ShownRun; readonly missing: readonly string[]; readonly onResume: (without: readonly string[]) => void }) {
  const { data: plan } = useQuery(ask.plan(run.plan));
  const present = run.siteSets.at(-1)?.sites ?? run.sites;
  const now = Date.now();
  const without = present.filter((site) => missing.includes(site) || (plan !== undefined && !approves(plan.decisions.find((one) => one.site === site), now)));
  if (without.length === 0 || without.length === present.length) return null;
  return (
    <ConfirmButton
      label={`Resume without ${say.list(without)}…`}
      question={`Go on without ${say.list(without)}?`}
      consequence="The stage starts again with the other hospitals, which check the smaller group against the plan. It cannot be taken back in this run, and stands in its record."
      confirm={`Resume without ${without.length === 1 ? 'it' : 'them'}`}
      onConfirm={() => onResume(without)}
    />
  );
}
