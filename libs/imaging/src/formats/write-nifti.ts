import { gzipSync } from 'node:zlib';
import type { PixelType, Volume } from '../volume.js';

const CODES: Readonly<Record<PixelType, number>> = { uint8: 2, int16: 4, int32: 8, float32: 16, float64: 64, int8: 256, uint16: 512, uint32: 768 };
const HEADER_BYTES = 352;

/**
 * A NIfTI-1 file with an sform and, in step with it, a qform; both single precision, so that spacing and origin are kept to about seven digits.
 *
 * @param compressed gzip (.nii.gz), else plain (.nii)
 */
export function writeNifti(volume: Volume, { compressed = true }: { compressed?: boolean } = {}): Uint8Array {
  const { size, spacing, origin, direction, pixelType, data } = volume;
  if (size.some((length) => length > 32767)) throw new RangeError('NIfTI-1 holds at most 32767 voxels along an axis');
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(348, 0);
  [3, ...size, 1, 1, 1, 1].forEach((length, i) => header.writeInt16LE(length, 40 + 2 * i));
  header.writeInt16LE(CODES[pixelType], 70);
  header.writeInt16LE(data.BYTES_PER_ELEMENT * 8, 72);
  // RAS: the first two rows change sign.
  const ras = direction.map((x, i) => (i < 6 ? -x : x) + 0);
  const place = [-origin[0] + 0, -origin[1] + 0, origin[2]];
  const { quaternion, handedness } = quaternionOf(ras);
  [handedness, ...spacing].forEach((x, i) => header.writeFloatLE(x, 76 + 4 * i));
  header.writeFloatLE(HEADER_BYTES, 108);
  header.writeFloatLE(1, 112);
  header.writeUInt8(2, 123);
  header.writeInt16LE(1, 252);
  header.writeInt16LE(1, 254);
  [...quaternion, ...place].forEach((x, i) => header.writeFloatLE(x, 256 + 4 * i));
  for (let row = 0; row < 3; row++) {
    for (let axis = 0; axis < 3; axis++) header.writeFloatLE(ras[row * 3 + axis] * spacing[axis], 280 + 16 * row + 4 * axis);
    header.writeFloatLE(place[row], 292 + 16 * row);
  }
  header.write('n+1\0', 344, 'latin1');
  const whole = Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
  return compressed ? gzipSync(whole, { level: 4 }) : whole;
}

/** b, c, d of the unit quaternion with a ≥ 0, after the third axis of a left-handed matrix is turned round. */
function quaternionOf(m: Float64Array): { quaternion: [number, number, number]; handedness: 1 | -1 } {
  const determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
  const handedness = determinant < 0 ? -1 : 1;
  const [r11, r12, r13, r21, r22, r23, r31, r32, r33] = Array.from(m, (x, i) => (i % 3 === 2 ? x * handedness : x)) as [number, number, number, number, number, number, number, number, number];
  const trace = 1 + r11 + r22 + r33;
  if (trace > 0.5) {
    const a = Math.sqrt(trace) / 2;
    return { quaternion: [(r32 - r23) / (4 * a), (r13 - r31) / (4 * a), (r21 - r12) / (4 * a)], handedness };
  }
  const [x, y, z] = [1 + r11 - r22 - r33, 1 + r22 - r11 - r33, 1 + r33 - r11 - r22];
  const [b, c, d, a] = largestFirst({ x, y, z, r12: r12 + r21, r13: r13 + r31, r23: r23 + r32, turn: [r32 - r23, r13 - r31, r21 - r12] });
  return { quaternion: a < 0 ? [-b, -c, -d] : [b, c, d], handedness };
}

interface Squares {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly r12: number;
  readonly r13: number;
  readonly r23: number;
  readonly turn: readonly [number, number, number];
}

/** The quaternion [b, c, d, a] from its largest imaginary part, where the real one is near 0 and would lose digits. */
function largestFirst({ x, y, z, r12, r13, r23, turn }: Squares): [number, number, number, number] {
  if (x >= y && x >= z) {
    const b = Math.sqrt(x) / 2;
    return [b, r12 / (4 * b), r13 / (4 * b), turn[0] / (4 * b)];
  }
  if (y >= z) {
    const c = Math.sqrt(y) / 2;
    return [r12 / (4 * c), c, r23 / (4 * c), turn[1] / (4 * c)];
  }
  const d = Math.sqrt(z) / 2;
  return [r13 / (4 * d), r23 / (4 * d), d, turn[2] / (4 * d)];
}
