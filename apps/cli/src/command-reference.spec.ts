import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandReference } from './command-reference.js';
import { createProgram, everyCommand, nameOf, readers, runCommandLine } from './program.js';
import { recordedTerminal } from './test-terminal.js';

const program = createProgram(recordedTerminal());
const refusal = async (...args: string[]) => {
  const terminal = recordedTerminal();
  await runCommandLine(args, terminal);
  return { code: terminal.code, notes: terminal.notes };
};

describe('the reference of the command line', () => {
  it('is written from the commands themselves (vitest -u writes it anew)', async () => {
    await expect(commandReference(program)).toMatchFileSnapshot(fileURLToPath(new URL('../../../docs/reference-cli.md', import.meta.url)));
  });

  it('has every command under the reader it is for', () => {
    expect(program.commands.map((command) => command.name()).sort()).toEqual(Object.values(readers).flat().sort());
  });
});

describe('help', () => {
  it('describes every command and every argument and option of it', () => {
    const silent = everyCommand(program).flatMap((command) => [
      ...(command.description() === '' ? [nameOf(command)] : []),
      ...command.registeredArguments.filter(({ description }) => description === '').map((argument) => `${nameOf(command)} <${argument.name()}>`),
      ...command.options.filter(({ description }) => !description).map(({ flags }) => `${nameOf(command)} ${flags}`),
    ]);
    expect(silent).toEqual([]);
  });

  it('is shown by every command, with exit code 0', async () => {
    for (const command of everyCommand(program)) {
      const terminal = recordedTerminal();
      await runCommandLine([...nameOf(command).split(' ').slice(1), '--help'], terminal);
      expect([nameOf(command), terminal.code, terminal.output.join('').startsWith(`Usage: ${nameOf(command)}`)]).toEqual([nameOf(command), 0, true]);
    }
  });
});

describe('a command that does not exist, or is used wrongly', () => {
  it.each([
    [['chek'], "Unknown command 'chek'. Use consilium --help."],
    [['plan', 'chek'], "Unknown command 'chek'. Did you mean check? Use consilium plan --help."],
    [['plan', 'check', 'x', '--tabel', 'y'], "Unknown option '--tabel'. Did you mean --table? Use consilium plan check --help."],
    [['site', 'approve'], "Missing required argument 'plan'. Use consilium site approve --help."],
    [['report', 'x'], "Required option '--out <folder>' not specified. Use consilium report --help."],
    [['demo', 'lungs'], "'lungs' is not allowed here. Use one of wdbc, heart, sarcoma, sarcoma-seed, phantom, phantom-chance. Use consilium demo --help."],
    [['simulate', 'x', '--table', 'y', '--profile', 'none'], "'none' is not allowed here. Use one of open-data, standard, strict. Use consilium simulate plan --help."],
  ])('is answered in a line: %s', async (args, sentence) => {
    expect(await refusal(...args)).toEqual({ code: 2, notes: [sentence] });
  });
});
