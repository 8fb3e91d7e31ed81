import type { Command } from 'commander';
import { withSession, type SessionOption } from './centre-commands.js';
import { commandGroup } from './command-group.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface ResumeOptions extends SessionOption {
  readonly without?: readonly string[];
}

export interface ModelOptions extends SessionOption {
  readonly out: string;
  readonly onnx?: string;
  readonly card?: string;
  readonly signsSeen?: true;
  readonly withdrawalsSeen?: true;
}

type Actions = typeof import('./run-actions.js');

/** Runs, as the coordinating centre launches and follows them. */
export function register(program: Command, terminal: Terminal): void {
  const run = commandGroup(program, 'run', 'Runs of a plan: launch, follow, pause, resume');
  const act = (work: (actions: Actions) => Promise<void>): Promise<void> => guarded(terminal, async () => work(await import('./run-actions.js')));
  const one = (name: string, description: string): Command =>
    withSession(run.command(name)).description(description).argument('<run>', 'its id, or the beginning of it');

  withSession(run.command('launch'))
    .description('Launch a run of a plan that all its sites have approved')
    .argument('<plan>', 'its digest, or the beginning of it')
    .option('--watch', 'follow it')
    .action((plan: string, options: SessionOption & { watch?: true }) => act((actions) => actions.launch(plan, options, terminal)));
  withSession(run.command('list'))
    .description('List the runs')
    .action((options: SessionOption) => act((actions) => actions.list(options, terminal)));
  one('show', 'Show a run: its state and why, its sites, its rounds').action((id: string, options: SessionOption) =>
    act((actions) => actions.show(id, options, terminal)),
  );
  one('signs', 'Show how much of a run rests on each site, and signs of bad contributions').action((id: string, options: SessionOption) =>
    guarded(terminal, async () => (await import('./run-signs.js')).signs(id, options, terminal)),
  );
  one('lineage', 'Show the models of a run, and the sites of whose training rows patients withdrew their consent since').action((id: string, options: SessionOption) =>
    guarded(terminal, async () => (await import('./run-lineage.js')).lineage(id, options, terminal)),
  );
  one('watch', 'Follow a run: stage, round, sites that answered, time left').action((id: string, options: SessionOption) =>
    act((actions) => actions.watch(id, options, terminal)),
  );
  one('pause', 'Let a run wait; contributions stay at their sites').action((id: string, options: SessionOption) =>
    act((actions) => actions.command(id, 'pause', options, terminal)),
  );
  one('resume', 'Wait on; or begin the stage again without sites, if the quorum allows')
    .option('--without <site...>', 'sites to leave out from this stage on')
    .action((id: string, options: ResumeOptions) => act((actions) => actions.resume(id, options, terminal)));
  one('cancel', 'End a run; the sites may delete what was not settled').action((id: string, options: SessionOption) =>
    act((actions) => actions.command(id, 'cancel', options, terminal)),
  );
  one('restart', 'Begin the same plan anew, as another run').action((id: string, options: SessionOption) =>
    act((actions) => actions.command(id, 'restart', options, terminal)),
  );
  withSession(run.command('model'))
    .description('Fetch a model of a closed run as a file that the centre has signed')
    .argument('<run>', 'its id, or the beginning of it')
    .argument('<model>', 'its name in the plan')
    .requiredOption('--out <file>', 'the model file, for consilium predict')
    .option('--onnx <file>', 'the same model as ONNX')
    .option('--card <file>', 'its model card as JSON')
    .option('--signs-seen', 'you have looked at the signs in what sites sent (consilium run signs)')
    .option('--withdrawals-seen', 'you have looked at the sites whose patients withdrew consent (consilium run lineage); kept in the audit record')
    .action((id: string, name: string, options: ModelOptions) => guarded(terminal, async () => (await import('./run-model.js')).model(id, name, options, terminal)));
}
