import { problemSentence, type ParsedPlan, readPlan } from '@consilium/study';
import { CommandRefused } from './refusal.js';
import type { Terminal } from './terminal.js';

/** The plan of a file; its mistakes refuse the command, all at once, and its warnings are noted. */
export async function checkedPlan(file: string, terminal: Terminal): Promise<ParsedPlan> {
  const parsed = await readPlan(file);
  if ('problems' in parsed) {
    const count = parsed.problems.length;
    throw new CommandRefused(`${parsed.problems.map(problemSentence).join('\n')}\nThe plan has ${count} ${count === 1 ? 'mistake' : 'mistakes'}. Nothing was done.`);
  }
  for (const warning of parsed.warnings) terminal.note(`Note: ${warning}`);
  return parsed;
}
