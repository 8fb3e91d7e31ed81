import { readFile } from 'node:fs/promises';
import { findMethod, methodCatalogue } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { canonicalJson } from '@consilium/study';
import { readSites } from './read-sites.js';
import { CommandRefused, usage } from './refusal.js';
import type { MethodOptions } from './simulate-commands.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** `consilium simulate method --list`. */
export function listMethods(terminal: Terminal): void {
  terminal.out(textTable(['method', 'what it computes'], methodCatalogue.map(({ name, title }) => [name, title])));
}

/** `consilium simulate method NAME`: one federated method over a table, its result as JSON. */
export async function simulateMethod(name: string | undefined, options: MethodOptions, terminal: Terminal): Promise<void> {
  const names = methodCatalogue.map((method) => method.name).join(', ');
  if (name === undefined) throw usage(`Name a method: ${names}.`);
  const method = findMethod(name);
  if (method === undefined) throw usage(`There is no method ${name}. Methods: ${names}.`);
  if (options.table === undefined || options.params === undefined) throw usage('Give --table FILE.csv and --params FILE.json.');
  const parameters = await readParameters(options.params);
  const parsed = method.parameters.safeParse(parameters);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'parameters'}: ${issue.message}.`);
    throw new CommandRefused(`${options.params} does not fit the method ${name}.\n${lines.join('\n')}\nNothing was computed.`);
  }
  const tables = await readSites({ file: options.table, siteColumn: options.siteColumn, dictionary: null }, terminal);
  const federation = inProcessFederation({ tables, profile: options.profile });
  terminal.out(canonicalJson(await method.run(federation, parameters)));
}

async function readParameters(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw usage(`${file} is not JSON. Check quotes, commas and brackets.`);
    throw error;
  }
}
