import { type Command, Option } from 'commander';
import { modelTableOptions, type ModelTableOptions } from './model-table-options.js';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface PredictOptions extends ModelTableOptions {
  readonly out?: string;
}

export interface UpdateModelOptions extends ModelTableOptions {
  readonly method: 'in-the-large' | 'slope' | 'refit';
  readonly out: string;
}

/** Predictions at a hospital by a model of a study, and such a model brought to the hospital's own patients. */
export function register(program: Command, terminal: Terminal): void {
  modelTableOptions(program.command('predict').description('Predict for the patients of a table by a model that the coordinating centre has signed; for research use only'))
    .option('--out <file>', 'file for the predictions; printed when absent')
    .action((options: PredictOptions) => guarded(terminal, async () => (await import('./predict-action.js')).predict(options, terminal)));
  modelTableOptions(program.command('update-model').description('Bring a model to the patients of a table whose outcomes are known; nothing leaves the site'))
    .addOption(new Option('--method <name>', 'what changes: the event rate (in-the-large), also the strength of predictions (slope), or all coefficients of a logistic model (refit)').choices(['in-the-large', 'slope', 'refit']).makeOptionMandatory())
    .requiredOption('--out <file>', 'the updated model file, for consilium predict at this site')
    .action((options: UpdateModelOptions) => guarded(terminal, async () => (await import('./update-model-action.js')).updateModel(options, terminal)));
}
