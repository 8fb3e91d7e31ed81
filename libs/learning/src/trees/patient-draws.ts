/**
 * Random numbers of patients without a list of patients: each has a key (two 32-bit words of an HMAC of the pseudonym), from which every tree draws a number of its
 * own. The draw depends on key and tree alone, never on the order of rows or on which hospital holds them.
 */
export interface PatientKeys {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** The finaliser of MurmurHash3 (Appleby 2011): every bit of the word moves every bit of the result. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Uniform in (0, 1) for a patient and a tree; the same at every call. */
export function patientUniform({ high, low }: PatientKeys, row: number, tree: number): number {
  const first = mix((high[row] + Math.imul(tree + 1, 0x9e3779b1)) | 0);
  return (mix(first ^ low[row]) + 0.5) / 2 ** 32;
}

/** P(Poisson(1) ≤ k), k = 0 … 11. */
const POISSON = Float64Array.from({ length: 12 }, (_, k) => {
  let [term, sum] = [Math.exp(-1), 0];
  for (let i = 0; i <= k; i++) {
    sum += term;
    term /= i + 1;
  }
  return sum;
});

/** How often a patient stands in a tree's bootstrap sample: Poisson(1) instead of drawing n of n (Oza, Russell 2001). */
export function poissonWeight(keys: PatientKeys, row: number, tree: number): number {
  const u = patientUniform(keys, row, tree);
  let k = 0;
  while (k < POISSON.length && u > POISSON[k]) k++;
  return k;
}
