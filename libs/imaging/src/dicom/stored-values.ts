import { pixelRange, type PixelType, type VoxelArray } from '../volume.js';
import type { PixelFormat, Scale } from './instance.js';
import type { StoredPixels } from './pixel-data.js';

/** The smallest and largest number a format stores. */
export function storedRange({ kind, bitsStored, signed }: PixelFormat): readonly [number, number] {
  if (kind !== 'integer') return [-Infinity, Infinity];
  return signed ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
}

/** Single precision, which keeps 16 stored bits to 6e-8 relative; double where more are stored. */
export const realTypeOf = ({ kind, bitsStored }: PixelFormat): PixelType => (kind === 'float64' || (kind === 'integer' && bitsStored > 24) ? 'float64' : 'float32');

/** The whole pixel type that holds every value of a series: the one it is stored in, else the smallest signed one. A real type where a slice has another scale, or one that is not whole. */
export function wholeTypeOf(format: PixelFormat, scales: readonly Scale[]): PixelType {
  const [{ slope, intercept }] = scales as [Scale];
  const one = scales.every((scale) => scale.slope === slope && scale.intercept === intercept);
  if (format.kind !== 'integer' || !one || !Number.isInteger(slope) || !Number.isInteger(intercept)) return realTypeOf(format);
  const ends = storedRange(format).map((value) => value * slope + intercept);
  const stored = `${format.signed ? '' : 'u'}int${format.bitsAllocated}` as PixelType;
  const holds = (type: PixelType) => ends.every((value) => value >= pixelRange(type)[0] && value <= pixelRange(type)[1]);
  return [stored, 'int16' as const, 'int32' as const].find(holds) ?? realTypeOf(format);
}

/**
 * Writes a slice's values: the stored bits alone (overlays may lie in the others), with their sign, scaled. Single-precision targets are computed in single precision throughout, as arrays of that type are
 * elsewhere: the NIfTI file that a research pipeline made of the series then holds the same bits. Returns how many pixels are padding.
 */
export function writeValues(pixels: StoredPixels, format: PixelFormat, scale: Scale, target: VoxelArray): number {
  const apply = target instanceof Float32Array ? singlePrecision(scale) : (value: number) => value * scale.slope + scale.intercept;
  if (format.kind !== 'integer') {
    for (let i = 0; i < pixels.length; i++) target[i] = apply(pixels[i]);
    return 0;
  }
  const { bitsStored, highBit, signed } = format;
  const padding = format.padding ?? NaN;
  const down = highBit + 1 - bitsStored;
  const up = 32 - bitsStored;
  let padded = 0;
  for (let i = 0; i < pixels.length; i++) {
    const shifted = (pixels[i] >>> down) << up;
    const value = signed ? shifted >> up : shifted >>> up;
    if (value === padding) padded++;
    target[i] = apply(value);
  }
  return padded;
}

function singlePrecision({ slope, intercept }: Scale): (value: number) => number {
  const [factor, added] = [Math.fround(slope), Math.fround(intercept)];
  return (value) => Math.fround(value * factor) + added;
}
