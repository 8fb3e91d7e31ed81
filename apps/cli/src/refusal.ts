import type { RoundRefused } from '@consilium/federation';
import { ConsiliumError } from '@consilium/protocol';
import { EXIT_REFUSED, EXIT_USAGE, type Terminal } from './terminal.js';

/** A command refused what was asked: its sentences go to the user, nothing else does. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';

  constructor(
    message: string,
    readonly exitCode: number = EXIT_REFUSED,
  ) {
    super(message);
  }
}

/** Wrong arguments: a file that is not there, a name that does not exist. */
export const usage = (message: string): CommandRefused => new CommandRefused(message, EXIT_USAGE);

/** Runs a command; a refusal becomes one sentence and an exit code, a programming mistake keeps its stack. */
export async function guarded(terminal: Terminal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CommandRefused) {
      terminal.note(error.message);
      terminal.exitCode(error.exitCode);
    } else if (error instanceof ConsiliumError) {
      terminal.note(`${error.code}: ${error.message}\n${error.definition.help}`);
      terminal.exitCode(EXIT_REFUSED);
    } else if (isRoundRefused(error)) {
      terminal.note([...new Set(error.refusals.map(({ site, refusal }) => `${site}: ${refusal.sentence}`))].join('\n'));
      terminal.exitCode(EXIT_REFUSED);
    } else if (isFileError(error)) {
      terminal.note(`${fileSentence(error)} Nothing was done.`);
      terminal.exitCode(EXIT_USAGE);
    } else throw error;
  }
}

/** By its name: no command waits for the federation's methods to load in order to say that a file is absent. */
const isRoundRefused = (error: unknown): error is RoundRefused => error instanceof Error && error.name === 'RoundRefused';

interface FileError extends Error {
  readonly code: string;
  readonly path: string;
}

const isFileError = (error: unknown): error is FileError =>
  error instanceof Error && 'code' in error && 'path' in error && typeof error.code === 'string' && typeof error.path === 'string';

function fileSentence(error: FileError): string {
  if (error.code === 'ENOENT') return `There is no file ${error.path}.`;
  if (error.code === 'EACCES' || error.code === 'EPERM') return `This account may not use ${error.path}.`;
  if (error.code === 'EISDIR') return `${error.path} is a folder, not a file.`;
  return `${error.path} cannot be used (${error.code}).`;
}
