import { channelErrors } from '@consilium/protocol';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FRAME_OVERHEAD_BYTES, FrameOpener, FrameSealer, HEADER_BYTES, KEY_LIMITS, type FrameKey, type KeyLimits, type OpenedFrame } from './frames.js';
import { SUITES } from './suites.js';

const payload = Buffer.from('the sum over at least twenty patients');

function pairFor(suite: FrameKey['suite'], limits: KeyLimits = KEY_LIMITS): { sealer: FrameSealer; opener: () => FrameOpener; key: FrameKey } {
  const key: FrameKey = { suite, direction: 'agent-to-coordinator', key: randomBytes(32) };
  return { sealer: new FrameSealer(key, 0, limits), opener: () => new FrameOpener(key), key };
}

const errorOf = (opened: OpenedFrame): string | undefined => (opened.ok ? undefined : opened.error.code);
const sealed = (sealer: FrameSealer, bytes: Uint8Array = payload): Buffer => sealer.seal(7, [bytes], 0)![0]!;

describe.each(SUITES)('frames sealed with %s', (suite) => {
  it('open to what was sealed, piece by piece or whole', () => {
    const { sealer, opener } = pairFor(suite);
    const open = opener();
    for (const pieces of [[], [payload], [payload.subarray(0, 5), new Uint8Array(0), payload.subarray(5)], [randomBytes(1 << 20)]]) {
      const [frame] = sealer.seal(9, pieces, 0)!;
      expect(frame).toHaveLength(FRAME_OVERHEAD_BYTES + Buffer.concat(pieces).length);
      const opened = open.open(frame!);
      expect(opened.ok && opened.type).toBe(9);
      expect(opened.ok && Buffer.compare(Buffer.from(opened.payload), Buffer.concat(pieces))).toBe(0);
    }
  });

  it('fault 4: are refused with any one bit flipped, at every byte', () => {
    const { sealer, opener } = pairFor(suite);
    const frame = sealed(sealer);
    for (let i = 0; i < frame.length; i++) {
      const altered = Buffer.from(frame);
      altered[i]! ^= 1 << (i % 8);
      const opened = opener().open(altered);
      expect(opened.ok, `byte ${i}`).toBe(false);
      expect(errorOf(opened)).toMatch(/^E12[0-4]$/);
    }
    expect(opener().open(frame).ok).toBe(true);
  });

  it('fault 5: are refused truncated to any length, and with bytes added', () => {
    const { sealer, opener } = pairFor(suite);
    const frame = sealed(sealer);
    for (let length = 0; length < frame.length; length++) expect(errorOf(opener().open(frame.subarray(0, length)))).toBe(channelErrors.frameTruncated.code);
    expect(errorOf(opener().open(Buffer.concat([frame, Buffer.alloc(1)])))).toBe(channelErrors.frameTruncated.code);
  });

  it('faults 6, 7: are refused a second time, out of order and after a gap', () => {
    const { sealer, opener } = pairFor(suite);
    const [first, second, third] = [sealed(sealer), sealed(sealer), sealed(sealer)];
    const replayed = opener();
    expect(replayed.open(first).ok).toBe(true);
    expect(errorOf(replayed.open(first))).toBe(channelErrors.frameReplayed.code);
    expect(errorOf(opener().open(second))).toBe(channelErrors.frameMissing.code);
    const dropped = opener();
    expect(dropped.open(first).ok).toBe(true);
    expect(errorOf(dropped.open(third))).toBe(channelErrors.frameMissing.code);
  });

  it('fault 6: are refused as replays also where the clear header is renumbered', () => {
    const { sealer, opener } = pairFor(suite);
    const frame = sealed(sealer);
    const open = opener();
    expect(open.open(frame).ok).toBe(true);
    const renumbered = Buffer.from(frame);
    renumbered.writeUInt32LE(1, 8);
    expect(errorOf(open.open(renumbered))).toBe(channelErrors.frameAltered.code);
  });

  it('fault 8: are refused when they come back to their sender or belong to another session', () => {
    const { sealer, key } = pairFor(suite);
    const frame = sealed(sealer);
    expect(errorOf(new FrameOpener({ ...key, direction: 'coordinator-to-agent' }).open(frame))).toBe(channelErrors.frameReflected.code);
    const turned = Buffer.from(frame);
    turned[1] = 2;
    expect(errorOf(new FrameOpener({ ...key, direction: 'coordinator-to-agent' }).open(turned))).toBe(channelErrors.frameAltered.code);
    expect(errorOf(pairFor(suite).opener().open(frame))).toBe(channelErrors.frameAltered.code);
  });

  it('open no more after one refusal', () => {
    const { sealer, opener } = pairFor(suite);
    const [first, second] = [sealed(sealer), sealed(sealer)];
    const open = opener();
    expect(open.open(second).ok).toBe(false);
    expect(errorOf(open.open(first))).toBe(channelErrors.frameMissing.code);
  });

  it('change their key by count and by time, and old frames do not open under the next key', () => {
    const { sealer, opener } = pairFor(suite, { framesPerKey: 4, millisecondsPerKey: 1000, framesPerSession: 2 ** 48 });
    const open = opener();
    const counts: number[] = [];
    for (let i = 0; i < 10; i++) {
      const frames = sealer.seal(7, [payload], i < 8 ? 0 : 5000)!;
      counts.push(frames.length);
      for (const frame of frames) expect(open.open(frame).ok).toBe(true);
    }
    expect(counts).toStrictEqual([1, 1, 1, 2, 1, 1, 2, 1, 2, 1]);
  });

  it('end when the sequence numbers are used up, without sealing two under one', () => {
    const { sealer } = pairFor(suite, { ...KEY_LIMITS, framesPerSession: 3 });
    for (let i = 0; i < 3; i++) expect(sealer.seal(7, [payload], 0)).not.toBeNull();
    expect(sealer.seal(7, [payload], 0)).toBeNull();
  });
});

describe('independent witnesses', () => {
  it('another implementation opens a frame of xsalsa20-poly1305', () => {
    const { sealer, key } = pairFor('xsalsa20-poly1305');
    sealed(sealer);
    const frame = sealed(sealer);
    const nonce = new Uint8Array(24);
    nonce[16] = 1;
    const plain = xsalsa20poly1305(key.key, nonce).decrypt(frame.subarray(HEADER_BYTES));
    expect(Buffer.from(plain.subarray(HEADER_BYTES))).toStrictEqual(payload);
  });

  it('node opens a frame of aes-256-gcm with the counter as nonce', () => {
    const { sealer, key } = pairFor('aes-256-gcm');
    sealed(sealer);
    const frame = sealed(sealer);
    const nonce = Buffer.alloc(12);
    nonce[4] = 1;
    const decipher = createDecipheriv('aes-256-gcm', key.key, nonce);
    decipher.setAuthTag(frame.subarray(-16));
    const plain = Buffer.concat([decipher.update(frame.subarray(HEADER_BYTES, -16)), decipher.final()]);
    expect(plain.subarray(HEADER_BYTES)).toStrictEqual(payload);
  });
});
