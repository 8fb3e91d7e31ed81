export interface WaveletFilters {
  /** Decomposition low-pass and high-pass filters, of equal even length. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Orthogonal scaling (reconstruction low-pass) filters by name. */
const SCALING: Readonly<Record<string, () => readonly number[]>> = {
  haar: () => [Math.SQRT1_2, Math.SQRT1_2],
  coif1: () => {
    // I. Daubechies, "Orthonormal Bases of Compactly Supported Wavelets II", SIAM J. Math. Anal. 24 (1993): closed form of the shortest coiflet.
    const r = Math.sqrt(7);
    return [1 - r, 5 + r, 14 + 2 * r, 14 - 2 * r, 1 - r, -3 + r].map((x) => (x * Math.SQRT2) / 32);
  },
};

/** The filters of a wavelet, named as PyWavelets names it. Throws RangeError for a name it does not know. */
export function waveletFilters(name: string): WaveletFilters {
  const scaling = SCALING[name]?.();
  if (!scaling) throw new RangeError(`unknown wavelet ${name}`);
  const low = Float64Array.from(scaling).reverse();
  // Quadrature mirror: high[k] = (-1)^(k+1) scaling[k].
  const high = Float64Array.from(scaling, (x, k) => (k % 2 === 0 ? -x : x));
  return { low, high };
}
