import type { Command } from 'commander';
import { withSession, type SessionOption } from './centre-commands.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface ReportOptions extends SessionOption {
  readonly out: string;
}

export function register(program: Command, terminal: Terminal): void {
  withSession(program.command('report'))
    .description('Write every result of a run as JSON and CSV')
    .argument('<run>', 'a results.json file, or the id of a run at the coordinator')
    .requiredOption('--out <folder>', 'folder for the files')
    .action((run: string, options: ReportOptions) =>
      guarded(terminal, async () => {
        const { writeReport } = await import('./report.js');
        await writeReport(run, options, terminal);
      }),
    );
}
