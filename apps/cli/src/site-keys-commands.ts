import type { Command } from 'commander';
import { guarded } from './refusal.js';
import type { BackupCommandOptions } from './site-keys-actions.js';
import type { Terminal } from './terminal.js';

/** A site's key and its backups. */
export function registerSiteKeys(site: Command, terminal: Terminal): void {
  site
    .command('rotate-key')
    .description('Give the site a new key, signed by the present one; the agent must be stopped')
    .argument('[dir]', 'the site folder', '.')
    .action((dir: string) => guarded(terminal, async () => (await import('./site-keys-actions.js')).rotate(dir, terminal)));
  site
    .command('backup')
    .description('Write the state of the site to one sealed file; the agent must be stopped')
    .argument('[dir]', 'the site folder', '.')
    .requiredOption('--out <file>', 'the file to write; it must not exist')
    .requiredOption('--passphrase-file <file>', 'a file whose first line is the passphrase, of twelve characters or more')
    .action((dir: string, options: BackupCommandOptions) => guarded(terminal, async () => (await import('./site-keys-actions.js')).backup(dir, options, terminal)));
  site
    .command('restore')
    .description('Make a site folder from a backup; approvals are given anew')
    .argument('<file>', 'the backup')
    .argument('[dir]', 'a new or empty folder', '.')
    .requiredOption('--passphrase-file <file>', 'a file whose first line is its passphrase')
    .action((file: string, dir: string, options: Pick<BackupCommandOptions, 'passphraseFile'>) =>
      guarded(terminal, async () => (await import('./site-keys-actions.js')).restore(file, dir, options, terminal)),
    );
}
