import type { Command } from 'commander';
import { withSession, type SessionOption } from './centre-commands.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface ReportOptions extends SessionOption {
  readonly out: string;
  readonly plan?: string;
  /** False with --no-pdf. */
  readonly pdf: boolean;
}

export function register(program: Command, terminal: Terminal): void {
  withSession(program.command('report'))
    .description('Write every result of a run: the report as HTML and PDF, and JSON and CSV')
    .argument('<run>', 'a results.json file, a folder that holds one, or the id of a run at the coordinator')
    .requiredOption('--out <folder>', 'folder for the files')
    .option('--plan <file>', 'the plan of a results.json file, for the methods text and the checklists; of a run the coordinator has it')
    .option('--no-pdf', 'leave the PDF out')
    .action((run: string, options: ReportOptions) =>
      guarded(terminal, async () => {
        const { writeReport } = await import('./report.js');
        await writeReport(run, options, terminal);
      }),
    );
}
