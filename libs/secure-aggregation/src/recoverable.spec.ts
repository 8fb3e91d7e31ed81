import { describe, expect, it } from 'vitest';
import { addStream } from './mask-stream.js';
import { readMaskedTerm } from './masked-sums.js';
import { RecoverableMember, safeThreshold, type MemberKeys, type Revelation } from './recoverable-member.js';
import { addWords, numbersOf, sumRing, wordsOf } from './ring.js';
import { unmaskingStreams } from './unmask-survivors.js';

const purpose = { run: 'run', round: 'round', attempt: 1, question: 'q', list: 'l' };
const names = (count: number) => Array.from({ length: count }, (_, i) => String.fromCharCode(65 + i));
const term = (site: string) => ({ v: Float64Array.of(site.charCodeAt(0) * 0.1, -(2 ** 30) * site.charCodeAt(0)) });

/** A sum in which members fall away before their `step`: 1 shares, 2 masked term, 3 revelation. */
class Simulation {
  readonly members: Map<string, RecoverableMember>;
  readonly list: MemberKeys[];
  sharers: string[] = [];
  survivors: string[] = [];
  terms = new Map<string, Uint8Array>();
  boxes = new Map<string, Map<string, Uint8Array>>();
  revelations: Revelation[] = [];

  constructor(
    readonly sites: readonly string[],
    readonly threshold = safeThreshold(sites.length),
  ) {
    this.members = new Map(sites.map((site) => [site, new RecoverableMember({ site, threshold, purpose })]));
    this.list = [...this.members.values()].map(({ keys }) => keys);
  }

  share(there: readonly string[]): this {
    for (const site of there) this.boxes.set(site, this.members.get(site)!.shareOut(this.list));
    this.sharers = [...there];
    return this;
  }

  boxesFor(site: string): Map<string, Uint8Array> {
    return new Map(this.sharers.map((from) => [from, this.boxes.get(from)!.get(site)!]));
  }

  mask(there: readonly string[]): this {
    for (const site of there) this.terms.set(site, this.members.get(site)!.mask(term(site), this.boxesFor(site)));
    this.survivors = [...there];
    return this;
  }

  reveal(there: readonly string[]): this {
    this.revelations = there.map((site) => this.members.get(site)!.reveal(this.survivors));
    return this;
  }

  total(): number[] {
    const digits = new Float64Array(2 * sumRing.words);
    for (const site of this.survivors) addWords(digits, readMaskedTerm(this.terms.get(site)!).blocks.get('v')!, 1);
    const { threshold, list, sharers, survivors, revelations } = this;
    for (const stream of unmaskingStreams({ threshold, list, sharers, survivors, revelations, purpose })) addStream(digits, stream);
    return [...numbersOf(sumRing, wordsOf(sumRing, digits))];
  }
}

/** Σ round(x · 2^64) by whole numbers: the reference for sums of the survivors. */
const exact = (sites: readonly string[]): number[] =>
  [0, 1].map((at) => {
    const total = sites.reduce((sum, site) => {
      const x = term(site).v[at]!;
      // The numbers of this test have no bit below 2^-53, and the whole ones no fraction.
      return sum + (Number.isInteger(x) ? BigInt(x) << 64n : BigInt(x * 2 ** 53) << 11n);
    }, 0n);
    return Number(total) * 2 ** -64;
  });

describe('a recoverable sum', () => {
  it('is that of the survivors for every group that reaches the threshold, and refused for every other, for 3 to 7 sites', () => {
    for (let count = 3; count <= 7; count++) {
      const sites = names(count);
      const whole = new Simulation(sites).share(sites).mask(sites);
      for (let chosen = 1; chosen < 1 << count; chosen++) {
        const group = sites.filter((_, i) => (chosen >> i) & 1);
        if (group.length >= safeThreshold(count)) {
          expect(new Simulation(sites).share(sites).mask(group).reveal(group).total(), group.join()).toEqual(exact(group));
          continue;
        }
        // No member of a group that is too small gives a share, and of the whole group's shares theirs are too few.
        for (const site of group) expect(() => whole.members.get(site)!.reveal(group), group.join()).toThrow('members are left');
      }
      whole.reveal(sites);
      const all = whole.revelations;
      for (let chosen = 1; chosen < 1 << count; chosen++) {
        whole.revelations = all.filter((_, i) => (chosen >> i) & 1);
        if (whole.revelations.length >= safeThreshold(count)) expect(whole.total()).toEqual(exact(sites));
        else expect(() => whole.total()).toThrow('gave their shares');
      }
    }
  });

  it.each([1, 2, 3])('is right when any one of four members falls away before step %i', (step) => {
    const sites = names(4);
    for (const lost of sites) {
      const left = sites.filter((site) => site !== lost);
      const sum = new Simulation(sites).share(step <= 1 ? left : sites).mask(step <= 2 ? left : sites).reveal(left);
      expect(sum.total()).toEqual(exact(step <= 2 ? left : sites));
    }
  });

  it('is right when different members fall away at every step, and fails whole when too few are left to reveal', () => {
    const sites = names(7);
    const sum = new Simulation(sites).share(sites.slice(1)).mask(sites.slice(2));
    expect(sum.reveal(sites.slice(2)).total()).toEqual(exact(sites.slice(2)));
    const failing = new Simulation(sites).share(sites).mask(sites).reveal(sites.slice(3));
    expect(() => failing.total()).toThrow('4 of 5 members gave their shares');
  });

  it('uncovers no term: with a term and fewer shares than the threshold nothing but noise is left', () => {
    const sum = new Simulation(names(4)).share(names(4)).mask(names(4));
    sum.revelations = ['B', 'C'].map((site) => sum.members.get(site)!.reveal(names(4)));
    expect(() => sum.total()).toThrow('2 of 3 members');
    expect(sum.revelations.every(({ maskKeys }) => maskKeys.size === 0)).toBe(true);
  });
});

describe('a member refuses', () => {
  it('shares of both secrets of one peer: a second list of survivors gets nothing', () => {
    const sum = new Simulation(names(4)).share(names(4)).mask(names(4));
    const member = sum.members.get('A')!;
    expect([...member.reveal(['A', 'B', 'C', 'D']).selfMasks.keys()]).toEqual(['A', 'B', 'C', 'D']);
    expect(() => member.reveal(['A', 'B', 'C'])).toThrow('Another list of survivors');
    expect([...member.reveal(['D', 'C', 'B', 'A']).selfMasks.keys()]).toEqual(['A', 'B', 'C', 'D']);
  });

  it('a list without itself, with its name under another key, with a site twice, or of too few', () => {
    const sum = new Simulation(names(4));
    const member = () => new RecoverableMember({ site: 'A', threshold: 3, purpose });
    expect(() => member().shareOut(sum.list)).toThrow('does not hold this site with its keys');
    const one = member();
    expect(() => one.shareOut([one.keys, ...sum.list.slice(1), sum.list[1]!])).toThrow('twice');
    expect(() => one.shareOut([one.keys, sum.list[1]!])).toThrow('2 of at least 3');
    expect(() => new RecoverableMember({ site: 'A', threshold: 2, purpose }).shareOut([])).toThrow('does not hold');
  });

  it('to be told twice, to mask twice, to reveal before it masked, or for survivors that gave no shares', () => {
    const sum = new Simulation(names(4)).share(names(3));
    const member = sum.members.get('A')!;
    expect(() => member.shareOut(sum.list)).toThrow('told already');
    expect(() => member.reveal(names(3))).toThrow('Nothing was masked');
    sum.mask(names(3));
    expect(() => member.mask(term('A'), sum.boxesFor('A'))).toThrow('masked once');
    expect(() => member.reveal(names(4))).toThrow('gave no shares');
    expect(() => member.reveal(['B', 'C'])).toThrow('or not this one');
  });

  it('boxes that were sent back to their sender, altered, cut, or meant for another', () => {
    const sum = new Simulation(names(4)).share(names(4));
    const own = sum.boxes.get('A')!;
    const forged = new Map(sum.boxesFor('A'));
    forged.set('B', own.get('B')!);
    forged.set('C', sum.boxes.get('C')!.get('D')!);
    expect(() => sum.members.get('A')!.mask(term('A'), forged)).toThrow('2 of at least 3');
    const altered = new Simulation(names(3), 3).share(names(3));
    const boxes = altered.boxesFor('A');
    boxes.get('B')![40]! ^= 1;
    expect(() => altered.members.get('A')!.mask(term('A'), boxes)).toThrow('2 of at least 3');
    const short = new Simulation(names(3), 3).share(names(3)).boxesFor('A');
    expect(() => new Simulation(names(3), 3).share(names(3)).members.get('A')!.mask(term('A'), new Map([...short].map(([site, box]) => [site, box.subarray(0, 20)])))).toThrow('own shares');
  });
});
