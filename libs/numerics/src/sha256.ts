/**
 * SHA-256 (FIPS 180-4) of the UTF-8 bytes of a text, as eight 32-bit words. It spreads seed texts of random streams; keys and
 * signatures use the cryptographic libraries, never this.
 */
export function sha256Words(text: string): Uint32Array {
  const message = padded(new TextEncoder().encode(text));
  const hash = Uint32Array.from(initialHash);
  const schedule = new Uint32Array(64);
  const view = new DataView(message.buffer);
  for (let from = 0; from < message.length; from += 64) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getUint32(from + 4 * t);
    for (let t = 16; t < 64; t++) {
      const early = schedule[t - 15];
      const late = schedule[t - 2];
      const small0 = rotateRight(early, 7) ^ rotateRight(early, 18) ^ (early >>> 3);
      const small1 = rotateRight(late, 17) ^ rotateRight(late, 19) ^ (late >>> 10);
      schedule[t] = schedule[t - 16] + small0 + schedule[t - 7] + small1;
    }
    compress(hash, schedule);
  }
  return hash;
}

function compress(hash: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < 64; t++) {
    const big1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const temporary1 = (h + big1 + ((e & f) ^ (~e & g)) + roundConstants[t] + schedule[t]) | 0;
    const big0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    const temporary2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + temporary1) | 0;
    d = c;
    c = b;
    b = a;
    a = (temporary1 + temporary2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    hash[i] += value;
  });
}

function padded(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(message.length - 4, (bytes.length * 8) % 2 ** 32);
  return message;
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of the fractional parts of a root of the first primes: exact in integers, so that no table can be mistyped. */
function fractionalRoots(count: number, root: 2n | 3n): Uint32Array {
  const words = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (prime) words[found++] = Number(integerRoot(BigInt(candidate) << (32n * root), root) & 0xffffffffn);
  }
  return words;
}

/** ⌊value^(1/root)⌋ by bisection. */
function integerRoot(value: bigint, root: bigint): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** root <= value) low = middle;
    else high = middle;
  }
  return low;
}

const initialHash = fractionalRoots(8, 2n);
const roundConstants = fractionalRoots(64, 3n);
