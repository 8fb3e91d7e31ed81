import { processTerminal } from './terminal.js';

const args = process.argv.slice(2);

/** Packed into few files (scripts/bundle-programs.mjs). Extraction is started once a case: it does not wait for the other commands to load. */
const EXTRACT = new URL('./bundle/extract.js', import.meta.url).href;
const PROGRAM = new URL('./packed/program.js', import.meta.url).href;

if (args[0] === 'extract') await ((await import(EXTRACT)) as typeof import('./extract-entry.js')).extract(args);
else await ((await import(PROGRAM)) as typeof import('./program.js')).runCommandLine(args, processTerminal());
