import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';
import type { ResumeOptions } from './run-commands.js';
import { watchRun } from './run-watch.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

export interface ListedRun {
  readonly id: string;
  readonly plan: string;
  readonly study: string;
  readonly state: string;
  readonly reason: string | null;
  readonly sites: readonly string[];
  readonly launchedAt: string;
  readonly endedAt: string | null;
}

interface ShownRun extends ListedRun {
  readonly rounds: { readonly open: number; readonly closed: number };
  readonly siteSets: readonly {
    readonly generation: number;
    readonly sites: readonly string[];
    readonly decidedBy: string;
    readonly decidedAt: string;
  }[];
}

const SHORT = 12;
const time = (text: string | null): string => text?.slice(0, 16).replace('T', ' ') ?? '—';

export async function launch(plan: string, options: SessionOption & { readonly watch?: true }, terminal: Terminal): Promise<void> {
  const centre = await client(options);
  const run = await centre.post<ListedRun>('/api/runs', { plan });
  terminal.out(`Run ${run.id} is launched with ${run.sites.join(', ')}.`);
  if (options.watch) await watchRun(centre, run.id, terminal);
}

export async function list(options: SessionOption, terminal: Terminal): Promise<void> {
  const runs = await (await client(options)).get<ListedRun[]>('/api/runs');
  if (runs.length === 0) return terminal.out('There is no run. Use consilium run launch PLAN.');
  terminal.out(
    textTable(
      ['run', 'study', 'plan', 'state', 'launched', 'ended'],
      runs.map((run) => [run.id, run.study, run.plan.slice(0, SHORT), run.state, time(run.launchedAt), time(run.endedAt)]),
    ),
  );
}

export async function show(id: string, options: SessionOption, terminal: Terminal): Promise<void> {
  const run = await (await client(options)).get<ShownRun>(`/api/runs/${encodeURIComponent(id)}`);
  terminal.out(
    `Run ${run.id} of plan ${run.plan.slice(0, SHORT)} (${run.study}) is ${run.state}. ${run.rounds.closed} rounds are closed, ${run.rounds.open} wait.`,
  );
  if (run.reason !== null) terminal.out(run.reason);
  terminal.out(
    textTable(
      ['sites', 'decided by', 'on'],
      run.siteSets.map((set) => [set.sites.join(', '), set.decidedBy, time(set.decidedAt)]),
    ),
  );
}

export async function watch(id: string, options: SessionOption, terminal: Terminal): Promise<void> {
  await watchRun(await client(options), id, terminal);
}

const sentences = { pause: 'waits', cancel: 'is cancelled', restart: 'is launched' } as const;

export async function command(id: string, verb: keyof typeof sentences, options: SessionOption, terminal: Terminal): Promise<void> {
  const run = await (await client(options)).post<ListedRun>(`/api/runs/${encodeURIComponent(id)}/${verb}`);
  terminal.out(`Run ${run.id} ${sentences[verb]}.`);
}

export async function resume(id: string, options: ResumeOptions, terminal: Terminal): Promise<void> {
  const without = options.without ?? [];
  const run = await (await client(options)).post<ListedRun>(`/api/runs/${encodeURIComponent(id)}/resume`, { without });
  terminal.out(
    without.length === 0
      ? `Run ${run.id} goes on, with the whole deadline again.`
      : `Run ${run.id} begins the stage again without ${without.join(', ')}. The sites are told of the change.`,
  );
}
