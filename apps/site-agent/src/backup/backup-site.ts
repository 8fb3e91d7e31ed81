import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { systemClock, type Clock } from '@consilium/secure-channel';
import { open, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { readEnrolment } from '../enrolment/enrolment.js';
import { lockFolder } from '../folder/folder-lock.js';
import { existingSiteFolder, type SiteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { sealBackup, SHORTEST_PASSPHRASE, type BackedUpFile } from './sealed-backup.js';

export interface BackupOptions {
  readonly out: string;
  readonly passphrase: string;
  readonly clock?: Clock;
}

/**
 * What a backup leaves out: the tables and images, which have their own; what can be had again (models, extracted features, logs); and what must not come back. A restored session key would sign a session twice
 * over, and a restored approval might be one that was withdrawn since.
 */
const leftOut = ({ lock, data, artefacts, extraction, quality, logs, aggregation, approvals }: SiteFolder): readonly string[] => [lock, data, artefacts, extraction, quality, logs, aggregation, approvals];

/** Writes the state of a site to one sealed file: its key, settings, ledger, plans, runs, outbox and budgets. E312 while the agent works in the folder. */
export async function backupSite(root: string, { out, passphrase, clock = systemClock }: BackupOptions): Promise<{ readonly files: number; readonly bytes: number }> {
  if (passphrase.length < SHORTEST_PASSPHRASE) throw new ConsiliumError(agentErrors.backupUnreadable, `A passphrase has at least ${SHORTEST_PASSPHRASE} characters. No backup was made.`);
  const folder = existingSiteFolder(root);
  const { site } = readEnrolment(folder);
  const lock = await lockFolder(folder.lock);
  try {
    const madeAt = new Date(clock.now()).toISOString();
    const ledger = await Ledger.open(folder.ledger);
    await ledger.append({ event: 'backed-up', at: madeAt }).finally(() => ledger.close());
    const files = await filesBelow(folder);
    const sealed = await sealBackup({ madeAt, site, files }, passphrase);
    const handle = await open(out, 'wx', 0o600);
    try {
      await handle.writeFile(sealed);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { files: files.length, bytes: sealed.length };
  } finally {
    await lock.release();
  }
}

async function filesBelow(folder: SiteFolder): Promise<BackedUpFile[]> {
  const without = new Set(leftOut(folder));
  const files: BackedUpFile[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const at = join(path, entry.name);
      if (without.has(at) || entry.name.endsWith('.unfinished')) continue;
      if (entry.isDirectory()) await visit(at);
      else if (entry.isFile()) files.push({ path: relative(folder.root, at).split(sep).join('/'), bytes: await readFile(at) });
    }
  };
  await visit(folder.root);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
