import { setTimeout as sleep } from 'node:timers/promises';
import type { RunProgress } from '@consilium/coordinator';
import type { CentreClient } from './centre-client.js';
import { duration } from './progress-line.js';
import { EXIT_REFUSED, type Terminal } from './terminal.js';

/** Where lines cannot be redrawn: one a stage, and one so often while it lasts. */
const PLAIN_MILLISECONDS = 10_000;

/** Between two questions: rounds may pass faster than anybody reads, and the coordinator answers an account so often a minute. */
export const BETWEEN_LOOKS_MILLISECONDS = 400;

export interface WatchedProgress extends RunProgress {
  readonly state: string;
  readonly reason: string | null;
}

/** Follows a run until it ends or waits for people. Ending the watch does nothing to the run. */
export async function watchRun(centre: CentreClient, id: string, terminal: Terminal): Promise<void> {
  const started = terminal.now();
  let version = -1;
  let shown = '';
  let told = -Infinity;
  for (;;) {
    const progress = await centre.get<WatchedProgress>(`/api/runs/${encodeURIComponent(id)}/progress?after=${version}&wait=20`);
    version = progress.version;
    const line = progressText(progress, Date.now());
    if (terminal.interactive) terminal.status(line);
    else if (progress.state === 'open' && (stageOf(progress) !== shown || terminal.now() - told > PLAIN_MILLISECONDS)) {
      terminal.note(line);
      told = terminal.now();
      shown = stageOf(progress);
    }
    if (progress.state === 'open') {
      await sleep(BETWEEN_LOOKS_MILLISECONDS);
      continue;
    }
    terminal.status('');
    return sayEnd(progress, terminal, started);
  }
}

const stageOf = ({ stage, step }: WatchedProgress): string => (stage === null || step === null ? '' : stage.name);

/** "Stage train (3 of 4), round 12, logistic-regression/statistics: 2 of 4 sites answered, waiting for C, D. 40 min until the deadline." */
export function progressText(progress: WatchedProgress, now: number): string {
  const { stage, step, rounds, answered, missing, deadline, total, done, message } = progress;
  if (!progress.executing || step === null) return progress.state === 'open' ? 'The run is taken up.' : `The run is ${progress.state}.`;
  const where = `${stage === null ? '' : `Stage ${stage.name} (${stage.index + 1} of ${stage.count}), `}round ${rounds}, ${step}`;
  const who = `${answered.length} of ${answered.length + missing.length} sites answered${missing.length === 0 ? '' : `, waiting for ${missing.join(', ')}`}`;
  const left = deadline === null || missing.length === 0 ? '' : ` ${duration(Math.max(0, Date.parse(deadline) - now))} until the deadline.`;
  const part = total > 0 ? ` ${message}: ${done} of ${total}.` : '';
  const work = Object.entries(progress.work).map(([site, one]) => ` ${site}: ${one.message}, ${Math.round((100 * one.done) / one.total)} % done.`);
  return `${where}: ${who}.${left}${part}${work.join('')}`;
}

function sayEnd({ run, state, reason }: WatchedProgress, terminal: Terminal, started: number): void {
  if (state === 'closed')
    return terminal.out(
      `Run ${run} is closed, ${duration(terminal.now() - started)} after the watch began. Use consilium report ${run} --out FOLDER.`,
    );
  terminal.note(`Run ${run} is ${state}.${reason === null ? '' : ` ${reason}`}`);
  terminal.exitCode(EXIT_REFUSED);
}
