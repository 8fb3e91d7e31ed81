import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { agentSteps, stepSentences } from '@consilium/federation/site';
import { agentMessageSchema, type AgentMessage } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';

const path = fileURLToPath(new URL('../../docs/explanation-what-leaves.md', import.meta.url));
const text = readFileSync(path, 'utf8');
const HEADING = '## Every computation, by name\n';

const form = ({ kind, disclosure, privacyCost }: ReturnType<typeof agentSteps>[number]): string =>
  privacyCost ? 'private answer' : kind === 'sum' ? 'term of a sum' : disclosure.kind === 'model' ? 'ensemble' : 'figure of the site';

/** The word of the page for what a message carries. */
const words: Readonly<Record<AgentMessage['type'], string>> = {
  hello: 'greeting', decision: 'decision', answers: 'term of a sum', work: 'progress', session: 'mask key', 'wanted-artefact': 'wish', stopped: 'stop', withdrawals: 'withdrawal',
};

describe('the page about what leaves a hospital', () => {
  it('names every computation that an agent of this release answers, with what it makes leave (vitest -u writes the list anew)', async () => {
    const rows = [...agentSteps()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((step) => `| \`${step.name}\` | ${form(step)} | ${stepSentences[step.name]} |`);
    const list = ['An agent of this release answers these and no others. A steward may allow fewer.', '', '| step | form | what leaves |', '|---|---|---|', ...rows, ''].join('\n');
    await expect(`${text.split(HEADING)[0]!.trimEnd()}\n\n${HEADING}\n${list}`).toMatchFileSnapshot(path);
  });

  it('names every message that an agent sends', () => {
    expect(Object.keys(words).sort()).toEqual(agentMessageSchema.options.map(({ shape }) => shape.type.value).sort());
    expect(Object.values(words).filter((word) => !text.includes(`*${word}*`))).toEqual([]);
  });
});
