import { settledStatement, type CoordinatorMessage, type Receipt, type RequestMessage } from '@consilium/protocol';
import { createIdentity, verifySignature } from '@consilium/secure-channel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReceiptLines } from './receipt-lines.js';

const identity = createIdentity();
const question: RequestMessage = { type: 'request', run: 'run', plan: 'a'.repeat(64), session: null, parts: [] };
const part = (round: string) => ({ run: 'run', round, attempt: 1, digest: 'b'.repeat(64) });

let sent: { readonly site: string; readonly message: CoordinatorMessage }[] = [];
const lines = () =>
  new ReceiptLines(
    {
      connected: new Set(['north', 'south']),
      send: (site, message) => {
        sent.push({ site, message });
        return Promise.resolve(true);
      },
    },
    identity,
  );

beforeEach(() => {
  sent = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

const holds = ({ parts, signature }: Receipt, rounds: readonly string[]) => {
  expect(parts.map(({ round }) => round)).toEqual(rounds);
  expect(verifySignature({ publicKey: identity.publicKey, ...settledStatement(parts), signature })).toBe(true);
};

describe('word that contributions are settled', () => {
  it('is gathered for a quarter of a second, signed once, and goes with the next question to its site', async () => {
    const receipts = lines();
    for (const round of ['1', '2']) {
      receipts.settle('north', part(round), 100);
      await receipts.send('north', question);
    }
    expect(sent.map(({ message }) => 'settled' in message)).toEqual([false, false]);
    vi.advanceTimersByTime(250);
    receipts.settle('north', part('3'), 100);
    await receipts.send('south', question);
    await receipts.send('north', question);
    await receipts.send('north', question);
    expect(sent.slice(2).map(({ site, message }) => [site, 'settled' in message])).toEqual([['south', false], ['north', true], ['north', false]]);
    holds((sent[3]!.message as RequestMessage).settled!, ['1', '2', '3']);
  });

  it('goes by itself where no question follows, and at once when the run ends', () => {
    const receipts = lines();
    receipts.settle('north', part('1'), 100);
    vi.advanceTimersByTime(300);
    expect(sent).toHaveLength(1);
    receipts.settle('north', part('2'), 100);
    receipts.settle('south', part('2'), 100);
    receipts.tellAll();
    vi.advanceTimersByTime(1_000);
    expect(sent.map(({ site, message }) => [site, message.type])).toEqual([['north', 'settled'], ['north', 'settled'], ['south', 'settled']]);
    holds(sent[1]!.message as Receipt & CoordinatorMessage, ['2']);
  });

  it('goes with the next question where a site keeps more than a mebibyte', async () => {
    const receipts = lines();
    receipts.settle('north', part('1'), 8_000_000);
    await receipts.send('north', question);
    holds((sent[0]!.message as RequestMessage).settled!, ['1']);
  });

  it('goes in messages of their own where it is much', () => {
    const receipts = lines();
    for (let round = 0; round < 4_500; round++) receipts.settle('north', part(String(round)), 1);
    vi.advanceTimersByTime(300);
    void receipts.send('north', question);
    expect(sent.map(({ message }) => (message.type === 'settled' ? message.parts.length : message.type))).toEqual([2_000, 2_000, 500, 'request']);
  });
});
