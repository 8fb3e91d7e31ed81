import { stopTestServer } from '@consilium/database/testing';
import { fileURLToPath } from 'node:url';
import { longSuitesLeftOut, longSuitesRun } from './long-suites.js';
// @ts-expect-error -- a script of the project's own commands, without types
import { bundlePrograms } from '../../scripts/bundle-programs.mjs';

/** What the suites start is packed from what was built last. */
export function setup(): Promise<void> {
  if (!longSuitesRun(process.env, process.argv.slice(2))) process.stderr.write(longSuitesLeftOut);
  return (bundlePrograms as (root: string) => Promise<void>)(fileURLToPath(new URL('../..', import.meta.url)));
}

/** The suites' PostgreSQL starts when the first of them asks for a database and stays for the others; here it is stopped, after the last. */
export const teardown = (): Promise<void> => stopTestServer();
