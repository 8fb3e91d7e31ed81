import { createHash } from 'node:crypto';
import { MaskedSumAccumulator } from '@consilium/federation';
import { addWords, maskBlocks, readMaskedTerm, safeThreshold, sumRing, wordsOf } from '@consilium/secure-aggregation';
import { afterEach, describe, expect, it } from 'vitest';
import { MaskedSites, sumOf, termOf, type Captured } from './masked-sites.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => String.fromCharCode(65 + i));
const session = (text: string): string => createHash('sha256').update(text).digest('hex');

let opened: MaskedSites[] = [];
afterEach(async () => {
  for (const sites of opened) await sites.close();
  opened = [];
});
const open = async (...parts: Parameters<typeof MaskedSites.open>): Promise<MaskedSites> => {
  const sites = await MaskedSites.open(...parts);
  opened.push(sites);
  return sites;
};

/** A site's term as elements of the ring, without a mask. */
const bareOf = (site: string): Uint32Array => readMaskedTerm(maskBlocks(termOf(site), [], 2)).words;

const difference = (a: Uint32Array, b: Uint32Array): Uint32Array => {
  const digits = new Float64Array(a.length);
  addWords(digits, a, 1);
  addWords(digits, b, -1);
  return wordsOf(sumRing, digits);
};

/** Elements of the ring that two lists have in common, place by place. */
const shared = (a: Uint32Array, b: Uint32Array): number => {
  let same = 0;
  for (let at = 0; at < a.length; at += sumRing.words) if (a.subarray(at, at + sumRing.words).every((word, i) => word === b[at + i])) same++;
  return same;
};

/** What somebody who keeps every message finds of one site: its term itself, or the difference of two of its messages, which would be 0 under one mask. */
function expectNoTerm(captured: readonly Captured[]): void {
  for (const [i, { site, bytes }] of captured.entries()) {
    const { words } = readMaskedTerm(bytes);
    expect(shared(words, bareOf(site)), `a message of ${site}`).toBe(0);
    for (const other of captured.slice(i + 1).filter((one) => one.site === site)) {
      const apart = difference(words, readMaskedTerm(other.bytes).words);
      expect(shared(apart, new Uint32Array(apart.length)), `two messages of ${site}`).toBe(0);
      expect(shared(apart, bareOf(site))).toBe(0);
    }
  }
}

describe('fault 35: a site that drops out of a masked sum', () => {
  it.each(['key', 'term'] as const)('before its %s, whichever of four it is, gives no sum; the sum begun anew over the survivors is theirs, and no message holds a term', async (before) => {
    const all = names(4);
    const sites = await open(all, 3);
    for (const lost of all) {
      const run = `run ${lost}`;
      await sites.announce(run, all);
      const first = { run, group: all, session: session(`${run} 1`), attempt: 1, lost: { site: lost, before } };
      if (before === 'key') expect(await sites.round(first)).toBeUndefined();
      else await expect(sites.round(first)).rejects.toMatchObject({ code: 'E614', message: expect.stringContaining('did not cancel') });
      const left = all.filter((site) => site !== lost);
      await sites.announce(run, left);
      expect(await sites.round({ run, group: left, session: session(`${run} 2`), attempt: 1 })).toEqual(sumOf(left));
    }
    expectNoTerm(sites.captured);
  });

  it('after its term is in the sum, and a site that comes back gives the same masked bytes, so that nothing is learned from the second', async () => {
    const all = names(4);
    const sites = await open(all, 3);
    await sites.announce('run', all);
    const round = { run: 'run', group: all, session: session('one'), attempt: 1 };
    expect(await sites.round(round)).toEqual(sumOf(all));
    const keys = await Promise.all(all.map((site) => sites.keyOf(site, 'run', round.session)));
    for (const site of all) expect(sites.masked(site, round, keys)).toEqual(sites.captured.find((one) => one.site === site)!.bytes);
  });

  it.each([3, 4, 5, 6, 7])('ends right for every group of %i sites that reaches the threshold, and is refused by each site for every group that does not', async (count) => {
    const all = names(count);
    const quorum = safeThreshold(count);
    const sites = await open(all, quorum);
    for (let chosen = 1; chosen < 1 << count; chosen++) {
      const group = all.filter((_, i) => (chosen >> i) & 1);
      const run = group.join('');
      if (group.length < quorum) {
        await expect(sites.announce(run, group)).rejects.toMatchObject({ code: 'E307', message: expect.stringContaining(`fewer sites than the plan's quorum of ${quorum}`) });
        continue;
      }
      await sites.announce(run, group);
      expect(await sites.round({ run, group, session: session(run), attempt: 1 }), run).toEqual(sumOf(group));
    }
    expectNoTerm(sites.captured);
  });

  it('is not taken out of a sum by the coordinator: the terms of any smaller group, of one attempt or of two, stay noise', async () => {
    const all = names(4);
    const sites = await open(all, 3);
    await sites.announce('run', all);
    for (const attempt of [1, 2]) expect(await sites.round({ run: 'run', group: all, session: session(`attempt ${attempt}`), attempt })).toEqual(sumOf(all));
    for (let chosen = 1; chosen < 2 ** 8; chosen++) {
      const group = sites.captured.filter((_, i) => (chosen >> i) & 1);
      const whole = [sites.captured.slice(0, 4), sites.captured.slice(4)].some((attempt) => attempt.every((one) => group.includes(one)));
      if (whole) continue;
      const sum = new MaskedSumAccumulator(group.length);
      for (const { bytes } of group) sum.add(bytes);
      expect(() => sum.total(), `group ${chosen.toString(2)}`).toThrow('did not cancel');
    }
  });
});

describe('fault 34: a coordinator and all sites but a few that work together', () => {
  it('learn the sum over two honest sites and no term of either', async () => {
    const all = names(4);
    const sites = await open(all, 3);
    await sites.announce('run', all);
    await sites.round({ run: 'run', group: all, session: session('one'), attempt: 1 });
    // C and D give away what they sent and what they masked it with: of the sum over A and B, all else can be taken away.
    const honest = sites.captured.filter(({ site }) => site < 'C').map(({ bytes }) => readMaskedTerm(bytes).words);
    const own = sites.captured.filter(({ site }) => site >= 'C').map(({ site, bytes }) => difference(readMaskedTerm(bytes).words, bareOf(site)));
    const digits = new Float64Array(honest[0]!.length);
    for (const words of [...honest, ...own]) addWords(digits, words, 1);
    const both = new Float64Array(digits.length);
    for (const site of ['A', 'B']) addWords(both, bareOf(site), 1);
    expect(wordsOf(sumRing, digits)).toEqual(wordsOf(sumRing, both));
    for (const [i, words] of honest.entries()) {
      for (const [s, streams] of own.entries()) {
        const less = new Float64Array(words.length);
        addWords(less, words, 1);
        addWords(less, streams, 1);
        expect(shared(wordsOf(sumRing, less), bareOf('AB'[i]!)), `without what ${'CD'[s]} shares`).toBe(0);
      }
    }
  });

  it('cannot make a sum of so few that one is left: it is refused before anything is masked', async () => {
    const sites = await open(names(4), 3, { secureAggregation: 'required' });
    await sites.announce('run', names(4));
    for (const group of [['A'], ['A', 'B'], ['A', 'B', 'C']]) {
      const keys = await Promise.all(group.map((site) => sites.keyOf(site, 'run', session('few'))));
      const asked = () => sites.masked('A', { run: 'run', group, session: session('few'), attempt: 1 }, keys);
      if (group.length < 3) expect(asked).toThrow('at least 3 sites');
      else expect(asked()).toHaveLength(maskBlocks(termOf('A'), [], 3).length);
    }
  });
});
