import type { UniformBelow } from '@consilium/statistics';
import { createCipheriv } from 'node:crypto';

export const NOISE_SEED_BYTES = 32;

const PIECE = Buffer.alloc(4096);

/**
 * Uniform whole numbers from the key stream of AES-256 in counter mode under a seed: as good as the seed is secret. A site takes 32 bytes of its machine's cryptographic source for each answer; a
 * simulation derives them from the plan's seed, so that it can be repeated, and protects nobody.
 */
export function noiseSource(seed: Uint8Array): UniformBelow {
  if (seed.length !== NOISE_SEED_BYTES) throw new RangeError(`A noise seed has ${NOISE_SEED_BYTES} bytes.`);
  const cipher = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16));
  let piece = Buffer.alloc(0);
  const take = (bytes: number): Buffer => {
    while (piece.length < bytes) piece = Buffer.concat([piece, cipher.update(PIECE)]);
    const taken = piece.subarray(0, bytes);
    piece = piece.subarray(bytes);
    return taken;
  };
  return (bound) => {
    if (bound <= 0n) throw new RangeError('A bound is positive.');
    const bits = (bound - 1n).toString(2).length;
    const bytes = Math.ceil(bits / 8);
    const mask = (1n << BigInt(bits)) - 1n;
    // Rejection, so that no number is likelier than another; half of the draws pass at least.
    for (;;) {
      const value = BigInt(`0x${take(bytes).toString('hex')}`) & mask;
      if (value < bound) return value;
    }
  };
}
