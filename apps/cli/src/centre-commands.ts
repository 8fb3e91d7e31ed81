import { Option, type Command } from 'commander';
import { commandGroup } from './command-group.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface SessionOption {
  readonly session?: string;
}

export interface StartOptions {
  readonly data: string;
  readonly host?: string;
  readonly port?: string;
  readonly publicUrl?: string;
  readonly databaseUrl?: string;
}

export interface LoginOptions extends SessionOption {
  readonly url: string;
  readonly name: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly caDigest?: string;
}

/** The coordinating centre's side: the coordinator itself, its sites, studies and plans. */
export function register(program: Command, terminal: Terminal): void {
  registerCoordinator(program, terminal);
  registerSignIn(program, terminal);
  registerSites(program, terminal);
  registerStudies(program, terminal);
  registerPlans(program, terminal);
}

/** Which sign-in a command uses; for people with more than one coordinator. */
export const withSession = (command: Command): Command => command.addOption(new Option('--session <file>', 'where the sign-in is kept').hideHelp());

function registerCoordinator(program: Command, terminal: Terminal): void {
  commandGroup(program, 'coordinator', 'The coordinator itself')
    .command('start')
    .description('Start the coordinator and keep it running; the first start makes keys, certificate, database and administrator')
    .requiredOption('--data <folder>', 'its data folder')
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option('--port <number>', 'port to listen at', '8443')
    .option('--public-url <url>', 'the address hospitals reach')
    .option('--database-url <url>', 'a PostgreSQL of your own')
    .action((options: StartOptions) => guarded(terminal, async () => (await import('./centre-start.js')).startCoordinator(options, terminal)));
}

function registerSignIn(program: Command, terminal: Terminal): void {
  const centre = commandGroup(program, 'centre', 'The coordinating centre: sign in, sites, invites');
  withSession(centre.command('login'))
    .description('Sign in to a coordinator; the password is read from a file or typed')
    .requiredOption('--url <url>', 'address of the coordinator')
    .option('--name <account>', 'your account', 'administrator')
    .option('--password-file <file>', 'a file that holds the password')
    .option('--ca <file>', 'certificate (PEM) of the private authority')
    .option('--ca-digest <sha256>', 'its digest, as the coordinator printed it')
    .action((options: LoginOptions) => guarded(terminal, async () => (await import('./centre-actions.js')).login(options, terminal)));
  withSession(centre.command('logout'))
    .description('End the sign-in here and at the coordinator')
    .action((options: SessionOption) => guarded(terminal, async () => (await import('./centre-actions.js')).logout(options, terminal)));
}

function registerSites(program: Command, terminal: Terminal): void {
  const centre = commandGroup(program, 'centre', 'The coordinating centre: sign in, sites, invites');
  withSession(centre.command('sites'))
    .description('List the sites, their state and their fingerprint words')
    .action((options: SessionOption) => guarded(terminal, async () => (await import('./centre-actions.js')).sites(options, terminal)));
  withSession(centre.command('keys'))
    .description("List a site's keys, each the successor of the one before, with their fingerprint words")
    .argument('<site>', 'its name')
    .action((site: string, options: SessionOption) => guarded(terminal, async () => (await import('./centre-actions.js')).keys(site, options, terminal)));
  withSession(centre.command('invite'))
    .description('Make an invite for a site; it works once and is shown once')
    .argument('<site>', 'the name the site shall have')
    .action((site: string, options: SessionOption) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).invite(site, options, terminal)),
    );
  withSession(centre.command('admit'))
    .description('Admit a site, with the words it read to you by telephone')
    .argument('<site>', 'its name')
    .argument('<words...>', 'the ten words')
    .action((site: string, words: string[], options: SessionOption) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).admit(site, words, options, terminal)),
    );
  withSession(centre.command('release'))
    .description('Let a site in again whose key was suspended because two programs used it at once')
    .argument('<site>', 'its name')
    .requiredOption('--reason <text>', 'for the audit record')
    .action((site: string, options: SessionOption & { reason: string }) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).release(site, options, terminal)),
    );
  withSession(centre.command('revoke'))
    .description('Shut a site out; its live connection ends at once')
    .argument('<site>', 'its name')
    .requiredOption('--reason <text>', 'for the audit record')
    .action((site: string, options: SessionOption & { reason: string }) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).revoke(site, options, terminal)),
    );
}

function registerStudies(program: Command, terminal: Terminal): void {
  const study = commandGroup(program, 'study', 'Studies and their sites');
  withSession(study.command('create'))
    .description('Make a study of admitted sites')
    .argument('<name>', 'small letters, digits and hyphens')
    .argument('<sites...>', 'names of admitted sites')
    .option('--title <text>', 'what it is about')
    .action((name: string, sites: string[], options: SessionOption & { title?: string }) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).createStudy(name, sites, options, terminal)),
    );
  withSession(study.command('add'))
    .description('Add admitted sites to a study')
    .argument('<name>', 'the study')
    .argument('<sites...>', 'names of admitted sites')
    .action((name: string, sites: string[], options: SessionOption) =>
      guarded(terminal, async () => (await import('./centre-actions.js')).addSites(name, sites, options, terminal)),
    );
  withSession(study.command('list'))
    .description('List the studies')
    .action((options: SessionOption) => guarded(terminal, async () => (await import('./centre-actions.js')).studies(options, terminal)));
}

function registerPlans(program: Command, terminal: Terminal): void {
  const plan = commandGroup(program, 'plan', 'Analysis plans');
  withSession(plan.command('upload'))
    .description('Check a plan and store it at the coordinator; --sign offers it to its sites')
    .argument('<file>', 'the plan, YAML or JSON')
    .option('--sign', 'sign it too')
    .action((file: string, options: SessionOption & { sign?: true }) =>
      guarded(terminal, async () => (await import('./plan-actions.js')).upload(file, options, terminal)),
    );
  withSession(plan.command('sign'))
    .description('Sign a stored plan, which offers it to its sites')
    .argument('<plan>', 'its digest, or the beginning of it')
    .action((digest: string, options: SessionOption) =>
      guarded(terminal, async () => (await import('./plan-actions.js')).sign(digest, options, terminal)),
    );
  withSession(plan.command('list'))
    .description('List the stored plans')
    .action((options: SessionOption) => guarded(terminal, async () => (await import('./plan-actions.js')).list(options, terminal)));
  withSession(plan.command('show'))
    .description('Show a stored plan and what each site decided')
    .argument('<plan>', 'its digest, or the beginning of it')
    .action((digest: string, options: SessionOption) =>
      guarded(terminal, async () => (await import('./plan-actions.js')).show(digest, options, terminal)),
    );
}
