import { systemClock, type Clock } from '@consilium/secure-channel';
import { lockFolder } from '../folder/folder-lock.js';
import { existingSiteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { keyText, Outbox, type Unsettled } from './outbox.js';

/** Lets go of every kept contribution, with a ledger entry. The agent must be stopped (E312). What is asked again is computed again. */
export async function purgeOutbox(root: string, clock: Clock = systemClock): Promise<readonly Unsettled[]> {
  const folder = existingSiteFolder(root);
  const lock = await lockFolder(folder.lock);
  try {
    const ledger = await Ledger.open(folder.ledger);
    const outbox = await Outbox.open(folder.outbox, clock);
    const kept = outbox.unsettled();
    if (kept.length > 0) await ledger.append({ event: 'purged', at: new Date(clock.now()).toISOString(), keys: kept.map(keyText), why: 'by the steward' });
    await outbox.release(kept);
    await outbox.close();
    await ledger.close();
    return kept;
  } finally {
    await lock.release();
  }
}
