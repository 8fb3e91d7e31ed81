import { plainArguments } from './extract-arguments.js';
import { runExtract } from './extract-run.js';
import { processTerminal } from './terminal.js';

/** `consilium extract` with its command line, in the form that is packed into a few files. A parser is loaded only where the options are not plain. */
export async function extract(args: readonly string[]): Promise<void> {
  const options = plainArguments(args.slice(1));
  if (options) await runExtract(options, processTerminal());
  else await (await import('./extract-command.js')).runCommandLine(args, processTerminal());
}
