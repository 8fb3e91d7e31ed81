import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesOf, lagrangeAtZero, newSecret, numberOf, recoverSecret, shareSecret, SHARING_PRIME } from './secret-sharing.js';

interface SharingCase {
  readonly t: number;
  readonly n: number;
  readonly coefficients: readonly string[];
  readonly shares: readonly (readonly [number, string])[];
  readonly recover_from: readonly number[];
  readonly lagrange_at_zero: readonly string[];
  readonly secret: string;
}

const reference = JSON.parse(readFileSync(new URL('../../../test/oracle/expected/common.secure_aggregation.json', import.meta.url), 'utf8')) as { prime: string; shamir: SharingCase[] };

describe('shares of a secret', () => {
  it.each(reference.shamir.map((one) => [one.t, one.n, one] as const))('are the reference ones, %i of %i', (threshold, holders, one) => {
    const [secret, ...coefficients] = one.coefficients.map(BigInt);
    const shares = shareSecret(secret!, threshold, holders, coefficients);
    expect(shares.map(({ x, y }) => [x, String(y)])).toEqual(one.shares);
    expect(lagrangeAtZero(one.recover_from).map(String)).toEqual(one.lagrange_at_zero);
    expect(String(recoverSecret(shares.filter(({ x }) => one.recover_from.includes(x))))).toBe(one.secret);
    expect(String(SHARING_PRIME)).toBe(reference.prime);
  });

  it('give the secret in every group of the threshold, and another number in every smaller one', () => {
    for (let holders = 3; holders <= 7; holders++) {
      const threshold = Math.floor((2 * holders) / 3) + 1;
      const secret = numberOf(newSecret());
      const shares = shareSecret(secret, threshold, holders);
      for (let chosen = 1; chosen < 1 << holders; chosen++) {
        const group = shares.filter((_, i) => (chosen >> i) & 1);
        expect(recoverSecret(group) === secret, `${group.length} of ${threshold}`).toBe(group.length >= threshold);
      }
    }
  });

  it('are refused for what is no number of the field, no possible threshold, or one holder twice', () => {
    expect(() => shareSecret(SHARING_PRIME, 2, 3)).toThrow('number of the field');
    expect(() => shareSecret(-1n, 2, 3)).toThrow('number of the field');
    expect(() => shareSecret(1n, 4, 3)).toThrow('threshold');
    expect(() => shareSecret(1n, 2, 3, [])).toThrow('coefficients');
    const shares = shareSecret(1n, 2, 3);
    expect(() => recoverSecret([shares[0]!, shares[0]!])).toThrow('two shares');
  });

  it('are of secrets that survive being written as bytes', () => {
    for (let i = 0; i < 100; i++) {
      const secret = newSecret();
      expect(numberOf(secret)).toBeLessThan(SHARING_PRIME);
      expect(bytesOf(numberOf(secret))).toEqual(secret);
    }
  });
});
