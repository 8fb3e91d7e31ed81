import type { Command } from 'commander';
import { commandGroup } from './command-group.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export function register(program: Command, terminal: Terminal): void {
  commandGroup(program, 'plan', 'Analysis plans')
    .command('check')
    .description('Explain every mistake of a plan by path and line; without one, print its digest, its size and what to know before it runs')
    .argument('<file>', 'the plan, YAML or JSON')
    .option('--patients <n>', 'training patients expected, for the sample-size criteria')
    .option('--events <n>', 'events expected among them')
    .option('--table <file>', 'count them in this CSV file instead; also tells which validation sites have fewer than 100 events')
    .option('--site-column <name>', 'column of the table that names the site', 'site')
    .action((file: string, options: { patients?: string; events?: string; table?: string; siteColumn: string }) =>
      guarded(terminal, async () => {
        const { checkPlan } = await import('./plan-check.js');
        await checkPlan(file, options, terminal);
      }),
    );
}
