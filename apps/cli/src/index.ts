export { commandGroup } from './command-group.js';
export { createProgram, runCommandLine } from './program.js';
export { ProgressLine } from './progress-line.js';
export { CommandRefused, guarded, usage } from './refusal.js';
export { summaryOf } from './results-summary.js';
export { EXIT_REFUSED, EXIT_USAGE, processTerminal, type Terminal } from './terminal.js';
export { textTable } from './text-table.js';
export {
  freePort, LocalFederation, siteTables, temporaryFederationFolder,
  type LocalAgent, type LocalCoordinator, type LocalSite, type PrepareOptions,
} from './local-federation/index.js';
