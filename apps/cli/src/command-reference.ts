import type { Argument, Command, Option } from 'commander';
import { nameOf, readers } from './program.js';

const HEAD = `# The command line

\`consilium COMMAND --help\` shows the same on the screen. In a copy of the project the command is \`npx consilium\`, or \`consilium\` after
\`export PATH="$PWD/node_modules/.bin:$PATH"\`.

Exit codes: 0 done; 1 refused, with a sentence that says why; 2 wrong use. Results go to standard output, progress and refusals to standard error.

Commands that ask the coordinator need a sign-in (\`consilium centre login\`). \`--session FILE\` uses the one in that file, for people with more than one coordinator.
`;

/** docs/reference-cli.md, from the commands themselves. */
export function commandReference(program: Command): string {
  const sections = Object.entries(readers).flatMap(([heading, names]) => [
    `## ${heading.replace(/:$/, '')}\n`,
    ...names.flatMap((name) => section(program.commands.find((command) => command.name() === name)!)),
  ]);
  return [HEAD, ...sections].join('\n');
}

/** A command, or the commands of a group after what the group is. */
function section(command: Command): string[] {
  if (command.commands.length === 0) return [page(command)];
  return [`### ${nameOf(command)}\n\n${sentence(command.description())}\n`, ...command.commands.map((one) => page(one))];
}

function page(command: Command): string {
  const signs = command.registeredArguments.map(signOf).join(' ');
  const usage = `\`${[nameOf(command), signs].filter((part) => part !== '').join(' ')}\``;
  const rows = [...command.registeredArguments.filter(({ description }) => description !== '').map(argumentRow), ...command.options.filter(({ hidden }) => !hidden).map(optionRow)];
  const table = rows.length === 0 ? '' : `\n| | |\n|---|---|\n${rows.join('\n')}\n`;
  const depth = command.parent?.parent ? '####' : '###';
  return `${depth} ${nameOf(command)}\n\n${usage}\n\n${sentence(command.description())}\n${table}`;
}

const signOf = (argument: Argument): string => {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
};

const argumentRow = (argument: Argument): string => row(signOf(argument), argument.description, argument.defaultValue as unknown, argument.argChoices);

const optionRow = (option: Option): string => row(option.flags, `${option.description}${option.mandatory ? '. Needed' : ''}`, option.defaultValue as unknown, option.argChoices);

function row(sign: string, description: string, byDefault: unknown, choices?: readonly string[]): string {
  const allowed = choices === undefined ? '' : ` (${choices.map((choice) => `\`${choice}\``).join(', ')})`;
  const fallback = typeof byDefault === 'string' || typeof byDefault === 'number' ? `. Default: \`${byDefault}\`` : '';
  return `| \`${sign}\` | ${sentence(`${description}${allowed}${fallback}`).replaceAll('|', '\\|')} |`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
