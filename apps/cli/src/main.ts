import { processTerminal } from './terminal.js';

const args = process.argv.slice(2);
// Extraction is started once a case: it does not wait for the other commands to load.
const { runCommandLine } = args[0] === 'extract' ? await import('./extract-command.js') : await import('./program.js');
await runCommandLine(args, processTerminal());
