import type { Command } from 'commander';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface PredictOptions {
  readonly model: string;
  readonly table: string;
  readonly dir: string;
  readonly out?: string;
  readonly id?: string;
  readonly dictionary?: string;
  readonly settings?: readonly string[];
}

/** Predictions at a hospital by a model of a study. */
export function register(program: Command, terminal: Terminal): void {
  program
    .command('predict')
    .description('Predict for the patients of a table by a model that the coordinating centre has signed; for research use only')
    .requiredOption('--model <file>', 'the model file')
    .requiredOption('--table <file>', 'a CSV file with the columns that the model reads')
    .option('--dir <folder>', 'the site folder', '.')
    .option('--out <file>', 'file for the predictions; printed when absent')
    .option('--id <column>', 'the column of pseudonyms, where its name does not say so')
    .option('--dictionary <file>', 'data dictionary of the table')
    .option('--settings <sequence=file...>', 'the parameter file that made the features of each sequence')
    .action((options: PredictOptions) => guarded(terminal, async () => (await import('./predict-action.js')).predict(options, terminal)));
}
