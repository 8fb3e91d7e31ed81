import { Command, CommanderError } from 'commander';
import { PRODUCT_VERSION } from '@consilium/protocol';
import { register as registerCentre } from './centre-commands.js';
import { register as registerDemo } from './demo-commands.js';
import { register as registerExtract } from './extract-command.js';
import { register as registerPlan } from './plan-commands.js';
import { register as registerPredict } from './predict-command.js';
import { register as registerReport } from './report-commands.js';
import { register as registerRun } from './run-commands.js';
import { register as registerSimulate } from './simulate-commands.js';
import { register as registerSite } from './site-commands.js';
import { EXIT_USAGE, type Terminal } from './terminal.js';

/** Every command group registers itself; what a command needs is imported when it runs, so that no command loads what it does not use. */
const groups: readonly ((program: Command, terminal: Terminal) => void)[] = [
  registerSite, registerExtract, registerPredict, registerCentre, registerPlan, registerRun, registerReport, registerSimulate, registerDemo,
];

/** Who a group of commands is for: the headings of the help. */
export const readers: Readonly<Record<string, readonly string[]>> = {
  'For a hospital:': ['site', 'extract', 'predict', 'update-model'],
  'For the coordinating centre:': ['coordinator', 'centre', 'study', 'plan', 'run', 'report'],
  'Without any hospital:': ['simulate', 'demo'],
};

const AFTERWORD = `
Exit codes: 0 done, 1 refused with a sentence that says why, 2 wrong use.
Begin with consilium demo, or with docs/tutorial-first-study.md.`;

export function createProgram(terminal: Terminal): Command {
  const program = new Command('consilium')
    .description('Federated radiomics: models trained and validated across hospitals while patient records stay where they were made')
    .version(PRODUCT_VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', AFTERWORD);
  for (const register of groups) register(program, terminal);
  for (const command of program.commands) {
    const heading = Object.keys(readers).find((one) => readers[one]!.includes(command.name()));
    if (heading !== undefined) command.helpGroup(heading);
  }
  for (const command of everyCommand(program)) configure(command, terminal);
  return program;
}

/** The command itself and all below it. */
export const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

function configure(command: Command, terminal: Terminal): void {
  command
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(`${mistake(text)} Use ${nameOf(command)} --help.`),
    });
  if (command.commands.length > 0) command.helpCommand(false);
}

/** "consilium site approve" */
export const nameOf = (command: Command): string => (command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`);

/** commander's message as a sentence: "error: unknown command 'chek'\n(Did you mean check?)" becomes "Unknown command 'chek'. Did you mean check?" */
function mistake(text: string): string {
  const [first = '', suggestion] = text.trim().split('\n');
  const choice = /'([^']*)' is invalid(?: for argument '[^']*')?\. Allowed choices are (.*?)\.?$/.exec(first);
  if (choice) return `'${choice[1]}' is not allowed here. Use one of ${choice[2]}.`;
  const sentence = first.replace(/^error: /, '');
  const ended = /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
  return [`${ended.charAt(0).toUpperCase()}${ended.slice(1)}`, ...(suggestion === undefined ? [] : [suggestion.replace(/^\(|\)$/g, '')])].join(' ');
}

/** Runs one command line (without node and script). */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) terminal.exitCode(EXIT_USAGE);
  }
}
