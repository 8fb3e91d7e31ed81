import type { Command } from 'commander';

/** A model file and a table of patients at a site. */
export interface ModelTableOptions {
  readonly model: string;
  readonly table: string;
  readonly dir: string;
  readonly id?: string;
  readonly dictionary?: string;
  readonly settings?: readonly string[];
}

export const modelTableOptions = (command: Command): Command =>
  command
    .requiredOption('--model <file>', 'the model file')
    .requiredOption('--table <file>', 'a CSV file with the columns that the model reads')
    .option('--dir <folder>', 'the site folder', '.')
    .option('--id <column>', 'the column of pseudonyms, where its name does not say so')
    .option('--dictionary <file>', 'data dictionary of the table')
    .option('--settings <sequence=file...>', 'the parameter file that made the features of each sequence');
