import { type AnalysisPlan, type ParsedPlan, planWarnings, problemSentence, readPlan } from '@consilium/study';
import { CommandRefused } from './refusal.js';
import type { Terminal } from './terminal.js';

/** The plan of a file, under another disclosure profile where one is given; its mistakes refuse the command, all at once, and its warnings are noted. */
export async function checkedPlan(file: string, terminal: Terminal, profile?: AnalysisPlan['disclosure']): Promise<ParsedPlan> {
  const parsed = await readPlan(file);
  if ('problems' in parsed) {
    const count = parsed.problems.length;
    throw new CommandRefused(`${parsed.problems.map(problemSentence).join('\n')}\nThe plan has ${count} ${count === 1 ? 'mistake' : 'mistakes'}. Nothing was done.`);
  }
  const plan = profile === undefined ? parsed.plan : { ...parsed.plan, disclosure: profile };
  for (const warning of planWarnings(plan)) terminal.note(`Note: ${warning}`);
  return { ...parsed, plan };
}
