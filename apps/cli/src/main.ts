import { processTerminal } from './terminal.js';

const args = process.argv.slice(2);

/** Extraction is started once a case: it does not wait for the other commands to load, and is packed into few files (scripts/bundle-programs.mjs). */
const BUNDLE = new URL('./bundle/extract.js', import.meta.url).href;

if (args[0] === 'extract') await ((await import(BUNDLE)) as typeof import('./extract-entry.js')).extract(args);
else await (await import('./program.js')).runCommandLine(args, processTerminal());
