import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT_USAGE, type Terminal } from './terminal.js';

/** What the user asked of `consilium extract`. */
export interface ExtractOptions {
  readonly image?: string;
  readonly mask?: string;
  readonly batch?: string;
  readonly settings: string;
  readonly out: string;
  readonly label?: readonly number[] | 'all';
  readonly threads: number;
  readonly format?: 'csv' | 'json';
  readonly perturb?: number;
  readonly seed: number;
}

/** This command loads neither the server framework nor the schema validator: a batch starts one process a case, and its start is part of every case. */
export function register(program: Command, terminal: Terminal): void {
  program
    .command('extract')
    .description('Compute radiomic features of one image and mask, or of many, with a pyradiomics parameter file')
    .option('--image <file>', 'image: NRRD, NIfTI, MetaImage, or a folder with a DICOM series')
    .option('--mask <file>', 'mask: NRRD, NIfTI, MetaImage, DICOM SEG or RTSTRUCT')
    .option('--batch <file>', 'CSV with the columns case, image, mask and, if wanted, label; instead of --image and --mask')
    .requiredOption('--settings <file>', 'pyradiomics parameter file, YAML or JSON')
    .requiredOption('--out <file>', 'where the features go')
    .option('--label <n>', 'label of the region, several with commas, or "all"; instead of that of the settings', labels)
    .option('--threads <n>', 'threads that share the work', whole(1), 1)
    .addOption(new Option('--format <name>', 'form of the output: csv (feature,value) or json (with flags and reasons); by the name of --out when absent').choices(['csv', 'json']))
    .option('--perturb <n>', 'repeat each case with n small changes and report ICC(3,1) per feature; needs --batch', whole(2))
    .option('--seed <n>', 'seed of the changes', whole(0), 1)
    .action(async (options: ExtractOptions) => {
      const { runExtract } = await import('./extract-run.js');
      await runExtract(options, terminal);
    });
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`It is a whole number, at least ${least}.`);
    return value;
  };
}

function labels(text: string): readonly number[] | 'all' {
  return text === 'all' ? 'all' : text.split(',').map(whole(1));
}

/** Runs one command line that begins with `extract`, without the other commands. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  const program = new Command('consilium');
  register(program, terminal);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.note(text.trimEnd()) });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) terminal.exitCode(EXIT_USAGE);
  }
}
