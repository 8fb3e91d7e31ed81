import { InvalidArgumentError, Option, type Command } from 'commander';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface SimulateOptions {
  readonly table: string;
  readonly siteColumn: string;
  readonly out?: string;
  readonly profile?: 'open-data' | 'standard' | 'strict';
  readonly permute?: number;
}

export interface MethodOptions {
  readonly table?: string;
  readonly siteColumn: string;
  readonly params?: string;
  readonly profile: 'open-data' | 'standard' | 'strict';
  readonly list?: boolean;
}

const profiles = ['open-data', 'standard', 'strict'];

const MOST_PERMUTATIONS = 1000;

function permutations(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_PERMUTATIONS) throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_PERMUTATIONS}.`);
  return count;
}

export function register(program: Command, terminal: Terminal): void {
  const simulate = program.command('simulate').description('Run a plan, or one method, over a table that holds all sites, in this process').enablePositionalOptions();
  simulate
    .command('plan', { isDefault: true })
    .description('Run every stage of a plan and write results.json; the word plan may be left out')
    .argument('<plan>', 'the plan, YAML or JSON')
    .requiredOption('--table <file>', 'CSV file with the patients of all sites')
    .option('--site-column <name>', 'column that names the site of each patient', 'site')
    .option('--out <folder>', 'folder for results.json; printed when absent')
    .addOption(new Option('--profile <name>', "disclosure profile in place of the plan's").choices(profiles))
    .addOption(new Option('--permute <times>', "train the plan's pipeline so many times more with permuted outcomes, in place of the plan's own number, for a p-value of each model's nested AUC").argParser(permutations))
    .action((plan: string, options: SimulateOptions) =>
      guarded(terminal, async () => {
        const { simulatePlan } = await import('./simulate-plan.js');
        await simulatePlan(plan, options, terminal);
      }),
    );
  simulate
    .command('method')
    .description('Run one federated method and print its result as JSON')
    .argument('[name]', 'the method; --list names them')
    .option('--table <file>', 'CSV file with the patients of all sites')
    .option('--site-column <name>', 'column that names the site of each patient', 'site')
    .option('--params <file>', "JSON file with the method's parameters, always outcome and features among them")
    .addOption(new Option('--profile <name>', 'disclosure profile').choices(profiles).default('open-data'))
    .option('--list', 'name the methods')
    .action((name: string | undefined, options: MethodOptions) =>
      guarded(terminal, async () => {
        const { listMethods, simulateMethod } = await import('./simulate-method.js');
        if (options.list === true) listMethods(terminal);
        else await simulateMethod(name, options, terminal);
      }),
    );
}
