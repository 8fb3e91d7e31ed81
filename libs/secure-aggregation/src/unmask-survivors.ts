import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { agreedKey, sessionKeysOf } from './key-agreement.js';
import type { MaskStream } from './mask-stream.js';
import { seedFor, type MaskPurpose } from './pair-seeds.js';
import type { MemberKeys, Revelation } from './recoverable-member.js';
import { bytesOf, recoverSecret } from './secret-sharing.js';

export interface SurvivorSum {
  readonly threshold: number;
  /** As the members were told it. */
  readonly list: readonly MemberKeys[];
  /** Those whose boxes were handed on: among them the pairwise masks were made. */
  readonly sharers: readonly string[];
  /** Those whose masked terms are in the sum. */
  readonly survivors: readonly string[];
  readonly revelations: readonly Revelation[];
  readonly purpose: Omit<MaskPurpose, 'sites'>;
}

/**
 * The streams that turn the sum of the survivors' masked terms into the sum of their terms: minus each survivor's self-mask, minus what each survivor masked
 * with those who dropped out. Throws E614 where fewer than the threshold gave their shares: then the sum cannot be had, and nobody learns anything.
 */
export function unmaskingStreams({ threshold, list, sharers, survivors, revelations, purpose: { ...purpose } }: SurvivorSum): MaskStream[] {
  const sorted = [...list].sort((a, b) => (a.site < b.site ? -1 : 1));
  const holder = new Map(sorted.map(({ site }, i) => [site, i + 1]));
  const full = { ...purpose, sites: [...sharers].sort() };
  const secretOf = (site: string, of: 'selfMasks' | 'maskKeys'): Uint8Array => {
    const shares = revelations.flatMap((one) => {
      const y = one[of].get(site);
      const x = holder.get(one.site);
      return y === undefined || x === undefined ? [] : [{ x, y }];
    });
    if (shares.length < threshold) {
      throw new ConsiliumError(methodErrors.aggregationRefused, `${shares.length} of ${threshold} members gave their shares. The sum cannot be unmasked, and no term was uncovered.`);
    }
    return bytesOf(recoverSecret(shares.slice(0, threshold)));
  };
  const streams: MaskStream[] = survivors.map((site) => ({ seed: seedFor(secretOf(site, 'selfMasks'), full), sign: -1 }));
  for (const dropped of sharers.filter((site) => !survivors.includes(site))) {
    const secret = secretOf(dropped, 'maskKeys');
    const { maskKey } = sorted.find(({ site }) => site === dropped)!;
    if (!Buffer.from(sessionKeysOf(secret).publicKey).equals(maskKey)) {
      throw new ConsiliumError(methodErrors.aggregationRefused, `The shares of the key of ${dropped} do not belong together. The sum cannot be unmasked.`);
    }
    for (const { site, maskKey: peerKey } of sorted.filter(({ site }) => survivors.includes(site))) {
      const key = agreedKey(secret, peerKey);
      if (key) streams.push({ seed: seedFor(key, full), sign: site < dropped ? -1 : 1 });
    }
  }
  return streams;
}
