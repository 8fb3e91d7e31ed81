import type { Command } from 'commander';
import { commandGroup } from './command-group.js';
import { guarded } from './refusal.js';
import { registerSiteKeys } from './site-keys-commands.js';
import type { Terminal } from './terminal.js';

export interface EnrolCommandOptions {
  readonly invite: string;
  readonly coordinator?: string;
}

export interface DecisionCommandOptions {
  readonly dir: string;
  readonly days?: string;
  readonly until?: string;
  readonly stages?: string;
  readonly reason?: string;
}

export interface ConsentOptions {
  readonly dir: string;
  readonly reason?: string;
}

export interface PasswordCommandOptions {
  readonly passwordFile?: string;
  readonly port?: string;
}

export interface LedgerCommandOptions {
  readonly dir: string;
  readonly out?: string;
  readonly format?: string;
  readonly beforeGate?: boolean;
}

export interface ReviewCommandOptions {
  readonly dir: string;
  readonly seconds?: string;
  readonly samples?: boolean;
  readonly json?: boolean;
}

type Work = (dir: string) => Promise<void>;
type Actions = typeof import('./site-actions.js');

/** The hospital's side. What a command needs is imported when it runs. */
export function register(program: Command, terminal: Terminal): void {
  const site = commandGroup(program, 'site', 'A hospital: its folder, its agent, its decisions, its ledger');
  const inFolder = (name: string, description: string, act: (actions: Actions) => Work): Command =>
    site
      .command(name)
      .description(description)
      .argument('[dir]', 'the site folder', '.')
      .action((dir: string) => guarded(terminal, async () => act(await import('./site-actions.js'))(dir)));

  inFolder('init', 'Make a site folder: key pair, settings, subfolders', ({ init }) => (dir) => init(dir, terminal));
  registerEnrol(site, terminal);
  inFolder('check', 'Look at clock, name, proxy, certificate, disk, keys, data and versions; say what to mend', ({ check }) => (dir) => check(dir, terminal));
  inFolder('start', 'Start the agent and keep it running', ({ start }) => (dir) => start(dir, terminal));
  inFolder('stop', 'Stop the site: tell the coordinator, hang up, wipe session keys, send nothing more until it is resumed; works without a network', ({ stop }) => (dir) => stop(dir, terminal));
  site
    .command('resume')
    .description('Let a stopped site work again')
    .argument('[dir]', 'the site folder', '.')
    .option('--yes', 'the reason of the stop is gone')
    .action((dir: string, options: { yes?: boolean }) => guarded(terminal, async () => (await import('./site-actions.js')).resume(dir, options, terminal)));
  inFolder('plans', 'List the plans that were offered, and what was decided', ({ plans }) => (dir) => plans(dir, terminal));
  registerExtraction(site, terminal);
  registerReview(site, terminal);
  registerDecisions(site, terminal);
  registerLedger(site, terminal);
  registerSiteKeys(site, terminal);
  registerPassword(site, terminal);
  registerConsent(site, terminal);
  site
    .command('budget')
    .description('What each study has used of the privacy budget of the site')
    .argument('[dir]', 'the site folder', '.')
    .option('--nothing-since-backup', 'after a restored backup: you know that no private answer left since it was made')
    .action((dir: string, options: { nothingSinceBackup?: true }) => guarded(terminal, async () => (await import('./site-actions.js')).budget(dir, options.nothingSinceBackup === true, terminal)));
  inFolder('purge', 'Let go of contributions that are kept and not settled; the agent must be stopped', ({ purge }) => (dir) => purge(dir, terminal));
}

function registerEnrol(site: Command, terminal: Terminal): void {
  site
    .command('enrol')
    .description('Enrol with an invite of the coordinating centre')
    .argument('[dir]', 'the site folder', '.')
    .requiredOption('--invite <code>', 'the invite, one word')
    .option('--coordinator <url>', "the coordinator's address, where it is not the invite's")
    .action((dir: string, options: EnrolCommandOptions) =>
      guarded(terminal, async () => (await import('./site-actions.js')).enrol(dir, options, terminal)),
    );
}

function registerConsent(site: Command, terminal: Terminal): void {
  site
    .command('withdraw-patient')
    .description('A patient withdrew consent: left out of every later question; the runs that trained on the row are marked at the coordinating centre, without saying who')
    .argument('<patient>', "the patient's identifier in the tables")
    .option('--dir <folder>', 'the site folder', '.')
    .option('--reason <text>', 'kept at the site')
    .action((patient: string, options: ConsentOptions) => guarded(terminal, async () => (await import('./site-consent.js')).withdrawPatientHere(patient, options, terminal)));
  site
    .command('lineage')
    .description("The runs whose models this site's rows trained, and how many of these patients withdrew consent since; nothing is sent")
    .argument('[dir]', 'the site folder', '.')
    .action((dir: string) => guarded(terminal, async () => (await import('./site-consent.js')).lineage(dir, terminal)));
}

function registerPassword(site: Command, terminal: Terminal): void {
  site
    .command('password')
    .description('Set the password of the site console, which opens it on this machine; a random one when none is given')
    .argument('[dir]', 'the site folder', '.')
    .option('--password-file <file>', 'a file that holds the password, of twelve characters or more')
    .option('--port <number>', 'the port of 127.0.0.1 at which the console listens; the earlier one, or 8440, when absent')
    .action((dir: string, options: PasswordCommandOptions) =>
      guarded(terminal, async () => (await import('./site-actions.js')).password(dir, options, terminal)),
    );
}

function registerExtraction(site: Command, terminal: Terminal): void {
  site
    .command('extraction')
    .description('Let the measuring of images rest, or go on: the case at hand is finished, and nothing that was measured is lost')
    .argument('[what]', 'state, pause or resume', 'state')
    .option('--dir <folder>', 'the site folder', '.')
    .action((what: string, options: { readonly dir: string }) => guarded(terminal, async () => (await import('./site-extraction-actions.js')).extraction(what, options, terminal)));
}

function registerReview(site: Command, terminal: Terminal): void {
  site
    .command('review')
    .description('What a plan would run here and what would leave, with samples computed on this site\'s data; nothing is sent')
    .argument('<plan>', "the plan's digest, or its first characters")
    .option('--dir <folder>', 'the site folder', '.')
    .option('--seconds <n>', 'how long the rehearsal may take; 60 when absent')
    .option('--samples', 'print a sample of every payload')
    .option('--json', 'everything, samples included, as JSON')
    .action((plan: string, options: ReviewCommandOptions) => guarded(terminal, async () => (await import('./site-review.js')).review(plan, options, terminal)));
}

function registerDecisions(site: Command, terminal: Terminal): void {
  const decisions = [
    ['approve', 'Approve exactly this plan'],
    ['refuse', 'Refuse a plan'],
    ['withdraw', 'Withdraw an approval: nothing more is sent for the plan'],
  ] as const;
  for (const [name, description] of decisions) {
    const command = site
      .command(name)
      .description(description)
      .argument('<plan>', "the plan's digest, or its first characters")
      .option('--dir <folder>', 'the site folder', '.')
      .option('--reason <text>', 'kept with the decision and told to the coordinating centre');
    if (name === 'approve') {
      command
        .option('--days <n>', 'for how many days; approvalDays of agent.json when absent')
        .option('--until <day>', 'until the end of this day, YYYY-MM-DD')
        .option('--stages <list>', 'only these, for example extract,describe; the run waits before the others: extract, describe, train, evaluate');
    }
    command.action((plan: string, options: DecisionCommandOptions) =>
      guarded(terminal, async () => (await import('./site-actions.js'))[name](plan, options, terminal)),
    );
  }
}

function registerLedger(site: Command, terminal: Terminal): void {
  site
    .command('ledger')
    .description('Everything that left the site: list it, verify its chain and the receipts of the coordinating centre, or export it')
    .argument('[what]', 'list, verify or export', 'list')
    .option('--dir <folder>', 'the site folder', '.')
    .option('--out <file>', 'file for the export; printed when absent')
    .option('--format <kind>', 'csv for a spreadsheet, or json with the renderings; csv when absent')
    .option('--before-gate', 'in the JSON also what the gate held back, as it was before: such a file is as confidential as the ledger')
    .action((what: string, options: LedgerCommandOptions) =>
      guarded(terminal, async () => (await import('./site-actions.js')).ledger(what, options, terminal)),
    );
}
