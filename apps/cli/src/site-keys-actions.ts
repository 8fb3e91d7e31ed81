import { readFile } from 'node:fs/promises';
import { backupSite, restoreSite, rotateKey } from '@consilium/site-agent';
import { usage } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface BackupCommandOptions {
  readonly out: string;
  readonly passphraseFile: string;
}

/** The first line of a file, so that no passphrase stands in a command line. */
async function passphraseIn(file: string): Promise<string> {
  const [line = ''] = (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/);
  if (line === '') throw usage('The passphrase file cannot be read, or its first line is empty. Nothing was done.');
  return line;
}

export async function rotate(dir: string, terminal: Terminal): Promise<void> {
  const { site, words, earlierWords } = await rotateKey(dir);
  terminal.out(`${site} has a new key, signed by the one before. The old one is accepted nowhere any more, and its secret half is gone.`);
  terminal.out(`Words of the new key: ${words}`);
  terminal.out(`Words of the old key: ${earlierWords}`);
  terminal.out('Plans whose sums are masked name the keys of their sites: their stewards are shown the new one and approve once more. Make a new backup.');
}

export async function backup(dir: string, { out, passphraseFile }: BackupCommandOptions, terminal: Terminal): Promise<void> {
  const { files, bytes } = await backupSite(dir, { out, passphrase: await passphraseIn(passphraseFile) });
  terminal.out(`The backup is written: ${files} files, ${bytes} bytes. It holds the secret key of the site, sealed with the passphrase; tables, images and approvals are not in it.`);
}

export async function restore(file: string, dir: string, { passphraseFile }: Pick<BackupCommandOptions, 'passphraseFile'>, terminal: Terminal): Promise<void> {
  const { site, madeAt, words } = await restoreSite(dir, { from: file, passphrase: await passphraseIn(passphraseFile) });
  terminal.out(`${site} is restored as it was at ${madeAt.slice(0, 16).replace('T', ' ')} (UTC).`);
  terminal.out(`Fingerprint of the site: ${words}`);
  terminal.out('No plan is approved here: approve again those that still hold. Never run two folders of one site. Put the tables back, then use consilium site check and consilium site start.');
}
