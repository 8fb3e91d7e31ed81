import { describe, expect, it } from 'vitest';
import { BYTES_A_MESSAGE, inMessages, PARTS_A_MESSAGE } from './answer-messages.js';

const lengths = (parts: readonly number[]) => inMessages(parts, (length) => length);

describe('the messages of an answer', () => {
  it('hold every part once, in order, and no more than a head and a body should', () => {
    const parts = Array.from({ length: 3000 }, (_, i) => (i * 7919) % (BYTES_A_MESSAGE / 8));
    const messages = lengths(parts);
    expect(messages.flat()).toEqual(parts);
    for (const message of messages) {
      expect(message.length).toBeLessThanOrEqual(PARTS_A_MESSAGE);
      expect(message.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(BYTES_A_MESSAGE);
    }
    expect(lengths(Array<number>(PARTS_A_MESSAGE + 1).fill(1)).map((message) => message.length)).toEqual([PARTS_A_MESSAGE, 1]);
  });

  it('give a part that is too large a message of its own, and what follows it another', () => {
    expect(lengths([1, BYTES_A_MESSAGE + 1, 2, 3])).toEqual([[1], [BYTES_A_MESSAGE + 1], [2, 3]]);
    expect(lengths([])).toEqual([]);
  });
});
