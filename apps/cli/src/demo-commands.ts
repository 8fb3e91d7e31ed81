import { Argument, type Command } from 'commander';
import { guarded } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface DemoOptions {
  readonly exit?: true;
  readonly folder?: string;
}

export type DemoName = 'wdbc' | 'heart' | 'sarcoma' | 'sarcoma-seed' | 'phantom' | 'phantom-chance';

/** What `npm run demo` runs. */
export function register(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('Start a coordinator and its hospitals on this machine, and run a whole study with them')
    .addArgument(
      new Argument('[study]', 'wdbc: 569 patients with breast masses, divided among four sites; heart: four real hospitals; sarcoma: MR and PET of 46 patients, from images to a model; sarcoma-seed: the whole pipeline on them; these three where their data are at hand. phantom: five MR sequences of 130 made patients, the whole pipeline; phantom-chance: the same with an outcome that nothing tells').choices(['wdbc', 'heart', 'sarcoma', 'sarcoma-seed', 'phantom', 'phantom-chance']).default('wdbc'),
    )
    .option('--exit', 'stop everything when the study has ended; without it, Ctrl-C does')
    .option('--folder <folder>', 'keep everything in this new folder; without it, a temporary one is removed at the end')
    .action((study: DemoName, options: DemoOptions) =>
      guarded(terminal, async () => {
        const { runDemo } = await import('./demo/run-demo.js');
        await runDemo(study, options, terminal);
      }),
    );
}
