import { setTimeout as sleep } from 'node:timers/promises';
import type { CentreClient } from '../centre-client.js';
import { ProgressLine } from '../progress-line.js';
import { BETWEEN_LOOKS_MILLISECONDS, type WatchedProgress } from '../run-watch.js';
import type { Terminal } from '../terminal.js';

/** Follows a run whose number of rounds is known, until it is no longer open: a line a stage, and rounds with the time left. */
export async function followRun(centre: CentreClient, { run, rounds }: { readonly run: string; readonly rounds: number }, terminal: Terminal): Promise<void> {
  const line = new ProgressLine(terminal);
  let version = -1;
  let shown = '';
  for (;;) {
    const progress = await centre.get<WatchedProgress>(`/api/runs/${run}/progress?after=${version}&wait=20`);
    version = progress.version;
    if (progress.state !== 'open') break;
    const stage = stageOf(progress);
    if (stage !== '' && stage !== shown) {
      terminal.status('');
      terminal.note(`${stage}, from round ${progress.rounds + (shown === '' ? 0 : 1)}.`);
      shown = stage;
    }
    line.update(progress.rounds, rounds, roundText(progress));
    await sleep(BETWEEN_LOOKS_MILLISECONDS);
  }
  line.end();
}

const stageOf = ({ stage }: WatchedProgress): string => (stage === null ? '' : `Stage ${stage.index + 1} of ${stage.count}: ${stage.name}`);

const roundText = ({ missing }: WatchedProgress): string => `${missing.length === 0 ? 'All sites answered' : `Waiting for ${missing.join(', ')}`}. Round`;
