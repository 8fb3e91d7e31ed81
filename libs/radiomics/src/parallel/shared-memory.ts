import type { Volume } from '@consilium/imaging';
import type { Region } from '../features/region.js';
import type { Measurable } from '../measure.js';

/** The same case with its voxels in memory that threads share. */
export function shareable(measurable: Measurable): Measurable {
  const region = sharedRegion(measurable.region);
  return { ...measurable, image: sharedVolume(measurable.image), region, shapeRegion: measurable.shapeRegion === measurable.region ? region : measurable.shapeRegion };
}

export const sharedVolume = (volume: Volume): Volume => ({ ...volume, data: shared(volume.data) });

const sharedRegion = (region: Region): Region => ({ ...region, places: shared(region.places), inner: shared(region.inner), sources: shared(region.sources) });

function shared<T extends { buffer: ArrayBufferLike; byteOffset: number; byteLength: number; length: number; constructor: unknown }>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return new (values.constructor as new (memory: SharedArrayBuffer, offset: number, length: number) => T)(memory, 0, values.length);
}
