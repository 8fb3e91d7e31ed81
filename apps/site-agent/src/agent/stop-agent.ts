import { setTimeout as pause } from 'node:timers/promises';
import { holderOf } from '../folder/folder-lock.js';
import { existingSiteFolder } from '../folder/site-folder.js';

const LOOK_MILLISECONDS = 100;

/**
 * Stops the agent of a folder from another program. False when none was running. An agent that does not end within the time is killed:
 * its outbox and ledger are made for that.
 */
export async function stopAgent(root: string, patienceMilliseconds = 20_000): Promise<boolean> {
  const { lock } = existingSiteFolder(root);
  const pid = await holderOf(lock);
  if (pid === undefined || pid <= 0) return false;
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; (await holderOf(lock)) === pid; waited += LOOK_MILLISECONDS) {
    if (waited >= patienceMilliseconds) process.kill(pid, 'SIGKILL');
    await pause(LOOK_MILLISECONDS);
  }
  return true;
}
