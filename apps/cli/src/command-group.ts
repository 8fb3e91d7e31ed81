import { Command } from 'commander';

/** The group of that name, made when the first file asks for it: several files may add commands to one group. */
export function commandGroup(program: Command, name: string, description: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name).description(description);
}
