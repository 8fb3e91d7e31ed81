import { Command, CommanderError } from 'commander';
import { PRODUCT_VERSION } from '@consilium/protocol';
import { register as registerCentre } from './centre-commands.js';
import { register as registerDemo } from './demo-commands.js';
import { register as registerPlan } from './plan-commands.js';
import { register as registerReport } from './report-commands.js';
import { register as registerRun } from './run-commands.js';
import { register as registerSimulate } from './simulate-commands.js';
import { register as registerSite } from './site-commands.js';
import { EXIT_USAGE, type Terminal } from './terminal.js';

/** Every command group registers itself; what a command needs is imported when it runs, so that no command loads what it does not use. */
const groups: readonly ((program: Command, terminal: Terminal) => void)[] = [registerSite, registerCentre, registerPlan, registerRun, registerReport, registerSimulate, registerDemo];

export function createProgram(terminal: Terminal): Command {
  const program = new Command('consilium')
    .description('Federated radiomics: models trained and validated across hospitals while patient records stay where they were made')
    .version(PRODUCT_VERSION)
    .showHelpAfterError('Use --help to see what is allowed.')
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.note(text.trimEnd()) });
  for (const register of groups) register(program, terminal);
  for (const command of [program, ...program.commands.flatMap((group) => [group, ...group.commands])]) {
    command.exitOverride().configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.note(text.trimEnd()) });
  }
  return program;
}

/** Runs one command line (without node and script). */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) terminal.exitCode(EXIT_USAGE);
  }
}
