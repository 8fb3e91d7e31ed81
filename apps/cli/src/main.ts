import { processTerminal } from './terminal.js';

const args = process.argv.slice(2);

/** Extraction is started once a case: it does not wait for the other commands to load, nor, when its options are plain, for a parser of them. */
async function extract(): Promise<void> {
  const { plainArguments } = await import('./extract-arguments.js');
  const options = plainArguments(args.slice(1));
  if (options) await (await import('./extract-run.js')).runExtract(options, processTerminal());
  else await (await import('./extract-command.js')).runCommandLine(args, processTerminal());
}

if (args[0] === 'extract') await extract();
else await (await import('./program.js')).runCommandLine(args, processTerminal());
