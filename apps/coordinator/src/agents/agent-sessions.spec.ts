import { describe, expect, it } from 'vitest';
import type { Link } from '@consilium/transport';
import { AgentSessions } from './agent-sessions.js';
import { fateOf, reasonOf } from './fates.js';

const link = (sent: unknown[], name = 'A'): Link => ({ peer: { name }, closed: false, send: async (head: object) => void sent.push(head) }) as unknown as Link;
type Head = Parameters<AgentSessions['send']>[1];
const request: Head = { type: 'request', run: 'r', plan: 'p', session: null, parts: [] };
const announcement: Head = { type: 'run', run: 'r', plan: 'p', sites: ['A'], state: 'open' };

describe('the sessions of agents', () => {
  it('hold a request back until the site has been told of its runs', async () => {
    const sessions = new AgentSessions();
    const sent: unknown[] = [];
    const one = link(sent);
    sessions.add(one, new Date(0));
    expect(await sessions.send('A', request)).toBe(false);
    expect(await sessions.send('A', announcement)).toBe(true);
    sessions.markGreeted(one);
    expect(await sessions.send('A', request)).toBe(true);
    expect(sent).toEqual([announcement, request]);
  });

  it('keep the later link of a site when the earlier one ends', async () => {
    const sessions = new AgentSessions();
    const [early, late] = [link([]), link([])];
    sessions.add(early, new Date(0));
    sessions.add(late, new Date(0));
    sessions.remove(early);
    expect(sessions.linkOf('A')).toBe(late);
  });
});

describe('the fate of a contribution', () => {
  it.each([
    ['settled', 1, { run: 'closed', round: 'closed', attempt: 1 }],
    ['settled', 1, { run: 'failed', round: 'closed', attempt: 1 }],
    ['void', 1, { run: 'cancelled', round: 'cancelled', attempt: 1 }],
    ['void', 1, { run: 'open', round: 'cancelled', attempt: 1 }],
    ['void', 1, { run: 'open', round: 'open', attempt: 2 }],
    ['wanted', 1, { run: 'paused', round: 'paused', attempt: 1 }],
    ['wanted', 2, { run: 'open', round: 'open', attempt: 2 }],
    ['unknown', 1, { run: 'open', round: null, attempt: null }],
    ['void', 1, { run: 'closed', round: null, attempt: null }],
    ['void', 1, { run: 'open', round: 'open', attempt: 1, without: true }],
    ['unknown', 1, undefined],
  ] as const)('is %s for attempt %i of %j', (fate, attempt, recorded) => {
    expect(fateOf(attempt, recorded)).toBe(fate);
  });

  it.each([
    [{ run: 'cancelled', round: 'cancelled', attempt: 1 }, 'The run is cancelled.'],
    [{ run: 'closed', round: null, attempt: null }, 'came too late'],
    [{ run: 'open', round: 'open', attempt: 2 }, 'waits for attempt 2'],
    [{ run: 'open', round: 'cancelled', attempt: 1 }, 'was given up'],
    [{ run: 'open', round: 'open', attempt: 1, without: true }, 'went on without this site'],
  ] as const)('that is void has a reason: %j', (recorded, words) => {
    expect(reasonOf(recorded)).toContain(words);
  });
});
