import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { plainArguments } from './extract-arguments.js';
import { register, type ExtractOptions } from './extract-command.js';
import { recordedTerminal } from './test-terminal.js';

/** The options as the command's own parser reads them; null when it refuses them. */
function parsed(args: readonly string[]): ExtractOptions | null {
  const program = new Command();
  register(program, recordedTerminal());
  const command = program.commands[0]!;
  let options: ExtractOptions | null = null;
  command.action((found: ExtractOptions) => void (options = found));
  for (const one of [program, command]) one.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    program.parse(['extract', ...args], { from: 'user' });
  } catch {
    return null;
  }
  return options;
}

const BOTH = ['--settings', 's.yaml', '--out', 'f.csv'];

describe('plain options of extract', () => {
  it.each([
    [...BOTH, '--image', 'a', '--mask', 'b'],
    ['--batch', 'cases.csv', ...BOTH, '--threads', '2', '--perturb', '10', '--seed', '0', '--format', 'json'],
    [...BOTH, '--label', 'all'],
    [...BOTH, '--label', '1,12'],
  ].map((args) => [args]))('are read as the parser reads them: %j', (args) => {
    expect(plainArguments(args)).toStrictEqual({ ...parsed(args) });
  });

  it.each([
    [['--help'], ['--image', 'a'], [...BOTH, '--label', '0'], [...BOTH, '--threads', '0'], [...BOTH, '--format', 'xml'], [...BOTH, '--speed', '2'], [...BOTH, '--out'], ['--settings', 's.yaml'], [...BOTH, 'more', 'words']],
  ])('what the parser refuses is left to it', (...lists) => {
    for (const args of lists) expect([args, plainArguments(args), parsed(args)]).toStrictEqual([args, null, null]);
  });

  it.each([[[...BOTH, '--threads=2'], [...BOTH, '--out', 'g.csv'], [...BOTH, '--image', '-']]])('other forms are left to it too', (...lists) => {
    for (const args of lists) expect([args, plainArguments(args)]).toStrictEqual([args, null]);
  });
});
