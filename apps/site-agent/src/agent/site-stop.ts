import { syncFolder, writeDurably } from '@consilium/operations';
import { systemClock, type Clock } from '@consilium/secure-channel';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { SessionStore } from '../aggregation/session-store.js';
import { holderOf, lockFolder } from '../folder/folder-lock.js';
import { existingSiteFolder, type SiteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { stopAgent } from './stop-agent.js';

const stoppedSchema = z.strictObject({ at: z.string(), reason: z.string().max(500).nullable(), carriedOut: z.boolean() });

/** That the site is stopped: since when, why, and whether keys are wiped and the ledger says so. */
export type Stopped = z.infer<typeof stoppedSchema>;

export interface StopOptions {
  readonly reason?: string | undefined;
  readonly clock?: Clock;
  /** How long a running agent may take to tell the coordinator and hang up; then it is ended. */
  readonly patienceMilliseconds?: number;
}

const LOOK_MILLISECONDS = 100;

/** The mark of a stopped site; undefined where it is not. A mark that cannot be read is one: when in doubt, nothing is sent. */
export function stoppedOf({ stopped }: Pick<SiteFolder, 'stopped'>): Stopped | undefined {
  if (!existsSync(stopped)) return undefined;
  try {
    return stoppedSchema.parse(JSON.parse(readFileSync(stopped, 'utf8')));
  } catch {
    return { at: new Date(0).toISOString(), reason: null, carriedOut: false };
  }
}

export const isStopped = ({ stopped }: Pick<SiteFolder, 'stopped'>): boolean => existsSync(stopped);

/**
 * Marks the site as stopped. From this moment nothing is answered; an agent at work sees the mark within a quarter of a second, tells the coordinator, hangs up and
 * wipes keys, and stays so until the mark is gone. For the button of the console; needs neither network nor agent.
 */
export async function markStopped(root: string, { reason, clock = systemClock }: StopOptions = {}): Promise<Stopped> {
  const folder = existingSiteFolder(root);
  const known = stoppedOf(folder);
  if (known) return known;
  const stopped: Stopped = { at: new Date(clock.now()).toISOString(), reason: reason ?? null, carriedOut: false };
  await writeDurably(folder.stopped, JSON.stringify(stopped));
  return stopped;
}

/** Keys are wiped and the ledger says so. */
export const markCarriedOut = (folder: SiteFolder, stopped: Stopped): Promise<void> => writeDurably(folder.stopped, JSON.stringify({ ...stopped, carriedOut: true }));

export interface StoppedSite extends Stopped {
  /** Whether an agent was at work. It has ended. */
  readonly agentEnded: boolean;
}

/** `consilium site stop`: marks the site as stopped and ends its agent. Works with a dead agent and without a network; persists until `resumeSite`. */
export async function stopSite(root: string, options: StopOptions = {}): Promise<StoppedSite> {
  const folder = existingSiteFolder(root);
  const { patienceMilliseconds = 5000, clock = systemClock } = options;
  await markStopped(root, options);
  for (let waited = 0; waited < patienceMilliseconds && (await holderOf(folder.lock)) !== undefined && !stoppedOf(folder)?.carriedOut; waited += LOOK_MILLISECONDS) await pause(LOOK_MILLISECONDS);
  const agentEnded = await stopAgent(root, patienceMilliseconds);
  if (!stoppedOf(folder)!.carriedOut) await carryOutAlone(folder, clock);
  return { ...stoppedOf(folder)!, agentEnded };
}

/** What the agent does where there is none: keys of sessions go, and the ledger says why. */
async function carryOutAlone(folder: SiteFolder, clock: Clock): Promise<void> {
  const stopped = stoppedOf(folder)!;
  await new SessionStore(folder.aggregation).forgetAll();
  const lock = await lockFolder(folder.lock);
  try {
    const ledger = await Ledger.open(folder.ledger);
    await ledger.append({ event: 'stopped', at: new Date(clock.now()).toISOString(), reason: stopped.reason, told: false });
    await ledger.close();
  } finally {
    await lock.release();
  }
  await markCarriedOut(folder, stopped);
}

/**
 * Lets a stopped site work again. False where it was not stopped. An agent that is up connects by itself; otherwise it has to be started. Approvals stand as they were.
 */
export async function resumeSite(root: string, { reason, clock = systemClock }: StopOptions = {}): Promise<boolean> {
  const folder = existingSiteFolder(root);
  if (!isStopped(folder)) return false;
  if ((await holderOf(folder.lock)) === undefined) {
    const lock = await lockFolder(folder.lock);
    try {
      const ledger = await Ledger.open(folder.ledger);
      await ledger.append({ event: 'resumed', at: new Date(clock.now()).toISOString(), reason: reason ?? null });
      await ledger.close();
    } finally {
      await lock.release();
    }
  }
  await rm(folder.stopped, { force: true });
  await syncFolder(dirname(folder.stopped));
  return true;
}
