import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import nacl from 'tweetnacl';
import { addStream } from './mask-stream.js';
import { maskBlocks, readMaskedTerm } from './masked-sums.js';
import { agreedKey, newSessionKeys, sessionKeysOf } from './key-agreement.js';
import { pairStreams, seedFor, type MaskPurpose } from './pair-seeds.js';
import { addWords, numbersOf, sumRing, wordsOf } from './ring.js';

const purpose: MaskPurpose = { run: 'run', round: 'round', attempt: 1, question: 'q', list: 'l', sites: ['A', 'B', 'C', 'D'] };

function sessionOf(sites: readonly string[]) {
  const keys = new Map(sites.map((site) => [site, newSessionKeys()]));
  return (self: string) => new Map(sites.filter((site) => site !== self).map((site) => [site, agreedKey(keys.get(self)!.secretKey, keys.get(site)!.publicKey)!]));
}

const totalOf = (terms: readonly Uint8Array[], name: string): number[] => {
  const words = terms.map((bytes) => readMaskedTerm(bytes).blocks.get(name)!);
  const digits = new Float64Array(words[0]!.length);
  for (const one of words) addWords(digits, one, 1);
  return [...numbersOf(sumRing, wordsOf(sumRing, digits))];
};

describe('masked terms', () => {
  it.each([2, 3, 4, 50])('add up to the sum of the terms, to the bit, over %i sites', (count) => {
    const sites = Array.from({ length: count }, (_, i) => `S${i}`);
    const keysOf = sessionOf(sites);
    const block = (i: number) => Float64Array.of(i * 0.1 - 1, -(2 ** 40) / (i + 1), 1e-12 * i);
    const terms = sites.map((site, i) => maskBlocks({ b: Float64Array.of(i), a: block(i) }, pairStreams(site, keysOf(site), { ...purpose, sites }), count));
    const bare = sites.map((_, i) => maskBlocks({ a: block(i), b: Float64Array.of(i) }, [], count));
    expect(totalOf(terms, 'a')).toEqual(totalOf(bare, 'a'));
    expect(totalOf(terms, 'b')).toEqual([(count * (count - 1)) / 2]);
    expect(totalOf(terms.slice(1), 'b')).not.toEqual(totalOf(bare.slice(1), 'b'));
  });

  it('carry a one each, whose sum tells whether all masks cancelled', () => {
    const keysOf = sessionOf(purpose.sites);
    const checkOf = (terms: readonly Uint8Array[]) => {
      const digits = new Float64Array(sumRing.words);
      for (const bytes of terms) addWords(digits, readMaskedTerm(bytes).check, 1);
      return numbersOf(sumRing, wordsOf(sumRing, digits))[0];
    };
    const term = (site: string, changed: Partial<MaskPurpose> = {}) => maskBlocks({ a: Float64Array.of(0) }, pairStreams(site, keysOf(site), { ...purpose, ...changed }), 4);
    expect(checkOf(purpose.sites.map((site) => term(site)))).toBe(4);
    for (const changed of [{ list: 'other' }, { attempt: 2 }, { round: 'other' }, { run: 'other' }, { question: 'other' }]) {
      expect(checkOf([term('A', changed), ...['B', 'C', 'D'].map((site) => term(site))])).not.toBe(4);
    }
  });

  it('look like noise: each bit of the words is a one half the time, whatever the term', () => {
    const keysOf = sessionOf(purpose.sites);
    const numbers = 4096;
    const { blocks } = readMaskedTerm(maskBlocks({ a: new Float64Array(numbers) }, pairStreams('A', keysOf('A'), purpose), 4));
    const words = blocks.get('a')!;
    for (let bit = 0; bit < 32; bit++) {
      const ones = words.reduce((count, word) => count + ((word >>> bit) & 1), 0);
      // Five standard deviations of a fair coin, √n / 2.
      expect(Math.abs(ones - words.length / 2)).toBeLessThan((5 * Math.sqrt(words.length)) / 2);
    }
  });

  it('are refused where a number could leave the ring, before anything is masked', () => {
    for (const x of [NaN, Infinity, 2 ** 60, -(2 ** 60)]) expect(() => maskBlocks({ a: Float64Array.of(x) }, [], 4)).toThrow('too large to be added exactly');
    expect(() => maskBlocks({ a: Float64Array.of(2 ** 60 - 2 ** 10) }, [], 4)).not.toThrow();
  });

  it('are refused when they are read in any other shape', () => {
    const bytes = maskBlocks({ a: Float64Array.of(1, 2) }, [], 4);
    for (const cut of [0, 4, 9, bytes.length - 1, bytes.length - 4, bytes.length - 16]) expect(() => readMaskedTerm(bytes.subarray(0, cut))).toThrow('shape');
    const spoilt = (at: number, byte: number) => Uint8Array.from(bytes, (value, i) => (i === at ? byte : value));
    for (const [at, byte] of [[0, 0], [4, 200], [8, 0x7b], [13, 0x39]] as const) expect(() => readMaskedTerm(spoilt(at, byte))).toThrow('shape');
    expect([...readMaskedTerm(Buffer.concat([Buffer.alloc(1), bytes]).subarray(1)).blocks.get('a')!]).toEqual([...readMaskedTerm(bytes).blocks.get('a')!]);
  });
});

describe('the stream of a mask', () => {
  it('is AES-256 in counter mode from zero, also over the borders of its chunks', () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    const digits = new Float64Array(200_000);
    addStream(digits, { seed, sign: -1 });
    const whole = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16)).update(Buffer.alloc(4 * digits.length));
    for (const at of [0, 1, 65_535, 65_536, 131_072, 199_999]) expect(-digits[at]!).toBe(whole.readUInt32LE(4 * at));
  });

  it('has another seed for every purpose, and the same from either side of a pair', () => {
    const [a, b] = [newSessionKeys(), newSessionKeys()];
    const key = agreedKey(a.secretKey, b.publicKey)!;
    expect(agreedKey(b.secretKey, a.publicKey)).toEqual(key);
    const purposes = [purpose, { ...purpose, attempt: 2 }, { ...purpose, sites: ['A', 'B', 'C'] }, { ...purpose, list: 'm' }, { ...purpose, round: 'r2' }, { ...purpose, question: 'p' }, { ...purpose, run: 'run2' }];
    expect(new Set(purposes.map((one) => Buffer.from(seedFor(key, one)).toString('hex'))).size).toBe(purposes.length);
    expect(seedFor(key, { ...purpose, sites: ['D', 'C', 'B', 'A'] })).toEqual(seedFor(key, purpose));
  });

  it('is agreed as NaCl agrees on the key of a box, and from a secret key as NaCl knows it', () => {
    for (let i = 0; i < 20; i++) {
      const [own, peer] = [nacl.box.keyPair(), nacl.box.keyPair()];
      expect(agreedKey(own.secretKey, peer.publicKey)).toEqual(nacl.box.before(peer.publicKey, own.secretKey));
      expect(sessionKeysOf(own.secretKey).publicKey).toEqual(own.publicKey);
    }
  });

  it('is never agreed with a weak key', () => {
    const { secretKey } = newSessionKeys();
    expect(agreedKey(secretKey, new Uint8Array(32))).toBeNull();
    expect(agreedKey(secretKey, Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)))).toBeNull();
    expect(agreedKey(secretKey, new Uint8Array(31))).toBeNull();
    expect(sessionKeysOf(secretKey).publicKey).toHaveLength(32);
  });
});
