import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { loadIdentity, systemClock, type Clock } from '@consilium/secure-channel';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders, siteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { PrivacyBudget } from '../privacy/privacy-budget.js';
import { openBackup } from './sealed-backup.js';

export interface RestoreOptions {
  readonly from: string;
  readonly passphrase: string;
  readonly clock?: Clock;
}

export interface RestoredSite {
  readonly site: string;
  readonly madeAt: string;
  readonly words: string;
}

/**
 * Makes a site folder from a backup. No nonce can come back with it: keys of connections and of masks are made anew for every connection and session and are in no backup. What may have changed since the backup is not
 * taken for known: no plan is approved, and no private answer is given until a person has looked at the budget. The folder must be new or empty.
 */
export async function restoreSite(root: string, { from, passphrase, clock = systemClock }: RestoreOptions): Promise<RestoredSite> {
  const folder = siteFolder(root);
  if (existsSync(folder.root) && readdirSync(folder.root).length > 0) throw new ConsiliumError(agentErrors.restoreRefused);
  const { madeAt, site, files } = await openBackup(await readFile(from), passphrase);
  await makeFolders(folder);
  for (const { path, bytes } of files) {
    const at = join(folder.root, path);
    await mkdir(dirname(at), { recursive: true, mode: 0o700 });
    await writeDurably(at, bytes);
  }
  const identity = await loadIdentity(folder.identity);
  const at = new Date(clock.now()).toISOString();
  await PrivacyBudget.markRestored(folder.privacy, at);
  const ledger = await Ledger.open(folder.ledger);
  await ledger.append({ event: 'restored', at, madeAt }).finally(() => ledger.close());
  return { site, madeAt, words: identity.fingerprint.words };
}
