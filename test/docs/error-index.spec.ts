import { agentErrors, channelErrors, coordinatorErrors, dataErrors, infrastructureErrors, methodErrors, planErrors, type ErrorCode, type Retry } from '@consilium/protocol';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const rooms: readonly (readonly [string, Readonly<Record<string, ErrorCode>>])[] = [
  ['The connection: keys, handshake, frames', channelErrors],
  ['The coordinator: studies, runs, rounds', coordinatorErrors],
  ['The site: approvals, settings, outbox, ledger', agentErrors],
  ['Analysis plans', planErrors],
  ['Tables, dictionaries, images', dataErrors],
  ['Methods and disclosure', methodErrors],
  ['Machine, database, configuration', infrastructureErrors],
];

const again: Readonly<Record<Retry, string>> = { transient: 'yes', ambiguous: 'look first', permanent: 'no' };

const head = `# Error codes

Every refusal and failure has a code. Its page says what happened, what is safe and what to do. "Again" says whether doing the same once more can help.
`;

const table = ([title, codes]: (typeof rooms)[number]): string => {
  const rows = Object.values(codes).map(({ code, title: what, retry }) => `| [${code}](reference-error-${code.slice(1)}.md) | ${what} | ${again[retry]} |`);
  return `## ${title}\n\n| code | what | again |\n|---|---|---|\n${rows.join('\n')}\n`;
};

describe('the index of error codes', () => {
  it('is written from the codes themselves (vitest -u writes it anew)', async () => {
    await expect([head, ...rooms.map(table)].join('\n')).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/reference-errors.md', import.meta.url)));
  });
});
