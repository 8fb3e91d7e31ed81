import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AgentHandshake, CoordinatorHandshake, createIdentity, FrameOpener, FrameSealer, identityFromSeed, type Session } from '@consilium/secure-channel';
import { describe, expect, it } from 'vitest';

const coordinator = createIdentity();
const site = createIdentity();

interface Ends {
  readonly agent: Session;
  readonly centre: Session;
}

/** A connection of an agent with this identity, as far as keys go. */
function connect(identity = site): Ends {
  const agent = new AgentHandshake({ identity, name: 'A', coordinatorKey: coordinator.publicKey, instance: randomBytes(16).toString('base64'), suites: ['aes-256-gcm'] });
  const centre = new CoordinatorHandshake({ identity: coordinator, suites: ['aes-256-gcm'] });
  const proof = agent.answer(centre.reply(agent.offer()).bytes);
  return { centre: centre.prove(proof).session, agent: agent.session() };
}

const sequenceOf = (frame: Buffer): number => frame.readUInt32LE(8) + frame.readUInt32LE(12) * 2 ** 32;

describe('fault 15: of many connections of one site', () => {
  it('no key seals two frames under one nonce: through reconnections, a folder restored from a snapshot, and two programs with one key', () => {
    const snapshot = site.seed();
    const ends = [...Array.from({ length: 10 }, () => connect()), ...Array.from({ length: 10 }, () => connect(identityFromSeed(snapshot)))];
    const keys = ends.flatMap(({ agent, centre }) => [agent.sendKey, centre.sendKey]);
    expect(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(keys.length);
    // A million frames in the long form. Keys change on the way (every 500 frames here), sequence numbers go on: a number is never used twice in a session.
    const frames = process.env['CONSILIUM_SUITES'] === 'all' ? 25_000 : 2_500;
    const payload = [Buffer.alloc(0)];
    for (const key of keys) {
      const sealer = new FrameSealer(key, 0, { framesPerKey: 500, millisecondsPerKey: Infinity, framesPerSession: 2 ** 48 });
      let next = 0;
      for (let i = 0; i < frames; i++) for (const frame of sealer.seal(1, payload, 0)!) if (sequenceOf(frame) !== next++) throw new Error(`A sequence number came out of order after ${next}.`);
      expect(next).toBeGreaterThan(frames);
    }
  });
});

describe('fault 12: a key of a session that fell into other hands', () => {
  it('opens no frame of an earlier or later session, nor of its own session before the key changed', () => {
    const [before, now, after] = [connect(), connect(), connect()];
    const limits = { framesPerKey: 3, millisecondsPerKey: Infinity, framesPerSession: 2 ** 48 };
    for (const { agent } of [before, after]) {
      const [frame] = new FrameSealer(agent.sendKey, 0).seal(1, [Buffer.from('a sum')], 0)!;
      expect(new FrameOpener(now.agent.sendKey).open(frame!)).toMatchObject({ ok: false, error: { code: 'E122' } });
    }
    const sealer = new FrameSealer(now.agent.sendKey, 0, limits);
    const frames = Array.from({ length: 6 }, (_, i) => sealer.seal(1, [Buffer.from(String(i))], 0)!).flat();
    const honest = new FrameOpener(now.centre.receiveKey);
    expect(frames.map((frame) => honest.open(frame).ok)).toEqual(frames.map(() => true));
    // Whoever takes the first key reads on; whoever takes a later one reads nothing from before. The key schedule runs one way: HKDF.
    const [first, later] = [frames[0]!, frames.at(-1)!];
    expect(new FrameOpener(now.centre.receiveKey).open(first).ok).toBe(true);
    expect(new FrameOpener(now.centre.receiveKey).open(later)).toMatchObject({ ok: false });
  });

  it('was agreed between keys of that connection only, which the identities sign and do not make', () => {
    const recorded = new AgentHandshake({ identity: site, name: 'A', coordinatorKey: coordinator.publicKey, instance: randomBytes(16).toString('base64') });
    const centre = new CoordinatorHandshake({ identity: coordinator });
    const reply = centre.reply(recorded.offer()).bytes;
    const proof = recorded.answer(reply);
    // With both identities and every message of the handshake, another end of it still has no key of its own to agree with.
    const thief = new CoordinatorHandshake({ identity: identityFromSeed(coordinator.seed()) });
    thief.reply(recorded.offer());
    expect(() => thief.prove(proof)).toThrow('altered on its way');
  });
});

/** Multiplication in GF(2^128) as GCM has it: bit 0 is the most significant. */
function times(x: bigint, y: bigint): bigint {
  let product = 0n;
  for (let i = 127n; i >= 0n; i--) {
    if ((x >> i) & 1n) product ^= y;
    y = y & 1n ? (y >> 1n) ^ (0xe1n << 120n) : y >> 1n;
  }
  return product;
}

const inverse = (x: bigint): bigint => {
  let [result, base] = [1n << 127n, x];
  for (let exponent = (1n << 128n) - 2n; exponent > 0n; exponent >>= 1n, base = times(base, base)) if (exponent & 1n) result = times(result, base);
  return result;
};

const blockOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (block: bigint): Buffer => Buffer.from(block.toString(16).padStart(32, '0'), 'hex');
const encrypt = (key: Uint8Array, block: Uint8Array): Buffer => createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block);

/**
 * Two blocks of ciphertext and one tag that open under both keys at nonce zero: the second block is free, and the tags of GCM are linear in it (Dodis, Grubbs, Ristenpart, Woodage 2018).
 */
function openUnderBoth(keys: readonly [Uint8Array, Uint8Array], first: Buffer): Buffer {
  const nonce = Buffer.alloc(16);
  nonce[15] = 1;
  const [h1, h2] = keys.map((key) => blockOf(encrypt(key, Buffer.alloc(16)))) as [bigint, bigint];
  const [e1, e2] = keys.map((key) => blockOf(encrypt(key, nonce))) as [bigint, bigint];
  const lengths = 256n;
  const fixed = (h: bigint, e: bigint) => times(times(times(blockOf(first), h), h), h) ^ times(lengths, h) ^ e;
  const square = (h: bigint) => times(h, h);
  const second = times(fixed(h1, e1) ^ fixed(h2, e2), inverse(square(h1) ^ square(h2)));
  return Buffer.concat([first, bytesOf(second), bytesOf(fixed(h1, e1) ^ times(second, square(h1)))]);
}

describe('fault 16: a frame that was made to open under two keys', () => {
  it('does so for the bare cipher, and is refused by the second session: the header inside the box has to be the one before it', () => {
    const [one, other] = [connect().centre.receiveKey, connect().centre.receiveKey];
    const [honest] = new FrameSealer(one, 0).seal(1, [Buffer.alloc(16, 7)], 0)!;
    const header = honest!.subarray(0, 16);
    const box = openUnderBoth([one.key, other.key], honest!.subarray(16, 32));
    const plain = [one.key, other.key].map((key) => {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAuthTag(box.subarray(32));
      return Buffer.concat([decipher.update(box.subarray(0, 32)), decipher.final()]);
    });
    expect(plain[0]!.subarray(0, 16)).toEqual(header);
    expect(plain[1]!.subarray(0, 16)).not.toEqual(header);
    const frame = Buffer.concat([header, box]);
    expect(new FrameOpener(one).open(frame).ok).toBe(true);
    expect(new FrameOpener(other).open(frame)).toMatchObject({ ok: false, error: { code: 'E122' } });
  });
});
