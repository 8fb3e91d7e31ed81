import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNifti, type Volume } from '@consilium/imaging';
import { SeededRandom } from '@consilium/numerics';

/** Voxels along an edge, of 1 mm. */
const EDGE = 26;
const CENTRE = (EDGE - 1) / 2;

export const phantomSequences = ['T1', 'T1C', 'T2', 'DWI', 'ADC'] as const;
export type PhantomSequence = (typeof phantomSequences)[number];

/** One made patient: a lesion of some size, and what its images show of two hidden properties. */
export interface PhantomPatient {
  readonly id: string;
  readonly radiusMillimetres: number;
  /** How uneven the contrast agent is taken up: seen in T1C. Standard normal. */
  readonly unevenness: number;
  /** How freely water moves: seen in ADC. Standard normal. */
  readonly diffusion: number;
}

/** What a scanner makes of the same lesion; ADC is quantitative and has no gain. */
export interface PhantomScanner {
  readonly gain: number;
  readonly offset: number;
  readonly noise: number;
}

interface Appearance {
  /** Mean intensity of lesion and surroundings, and the spread of the lesion's texture. */
  readonly lesion: number;
  readonly around: number;
  readonly texture: number;
}

/** T1C and ADC show the hidden properties; T1, T2 and DWI have as much texture, and none of it says anything. */
function appearance(sequence: PhantomSequence, { unevenness, diffusion }: PhantomPatient, random: SeededRandom): Appearance {
  const chance = Math.exp(0.3 * random.normal());
  if (sequence === 'T1C') return { lesion: 420, around: 250, texture: 45 * Math.exp(0.35 * unevenness) };
  if (sequence === 'ADC') return { lesion: 1100 + 130 * diffusion, around: 800, texture: 90 };
  return { lesion: sequence === 'T1' ? 210 : 380, around: 260, texture: 45 * chance };
}

/** Writes a patient's image and mask of every sequence: FOLDER/PATIENT/SEQUENCE_image.nii.gz and _mask. */
export async function writePhantom(folder: string, patient: PhantomPatient, scanner: PhantomScanner): Promise<void> {
  const own = join(folder, patient.id);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const mask = lesionOf(patient);
  for (const sequence of phantomSequences) {
    const random = SeededRandom.fromSeed(`${patient.id} ${sequence}`);
    const look = appearance(sequence, patient, random);
    const image = paint(mask, look, sequence === 'ADC' ? { gain: 1, offset: 0, noise: scanner.noise } : scanner, random);
    await writeFile(join(own, `${sequence}_image.nii.gz`), writeNifti(volumeOf('int16', image)));
    await writeFile(join(own, `${sequence}_mask.nii.gz`), writeNifti(volumeOf('uint8', mask)));
  }
}

/** An ellipsoid, its axes a little different from patient to patient. */
function lesionOf({ id, radiusMillimetres }: PhantomPatient): Uint8Array {
  const random = SeededRandom.fromSeed(`${id} shape`);
  const axes = [0, 1, 2].map(() => radiusMillimetres * (0.9 + 0.2 * random.uniform()));
  return Uint8Array.from({ length: EDGE ** 3 }, (_, at) => {
    const place = [at % EDGE, Math.floor(at / EDGE) % EDGE, Math.floor(at / EDGE ** 2)];
    return place.reduce((sum, x, axis) => sum + ((x - CENTRE) / axes[axis]!) ** 2, 0) <= 1 ? 1 : 0;
  });
}

function paint(mask: Uint8Array, { lesion, around, texture }: Appearance, { gain, offset, noise }: PhantomScanner, random: SeededRandom): Int16Array {
  const uneven = smooth(Float64Array.from(mask, () => random.normal()));
  return Int16Array.from(mask, (inside, at) => {
    const tissue = inside === 1 ? lesion + texture * uneven[at]! : around;
    return Math.round(gain * tissue + offset + noise * random.normal());
  });
}

/** The mean of each voxel and its six neighbours, brought back to unit spread: texture has a grain of some voxels. */
function smooth(field: Float64Array): Float64Array {
  const steps = [0, 1, -1, EDGE, -EDGE, EDGE ** 2, -(EDGE ** 2)];
  return field.map((_, at) => steps.reduce((sum, step) => sum + (field[at + step] ?? 0), 0) / Math.sqrt(steps.length));
}

const volumeOf = (pixelType: 'int16' | 'uint8', data: Int16Array | Uint8Array): Volume => ({
  size: [EDGE, EDGE, EDGE], spacing: [1, 1, 1], origin: [0, 0, 0], direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), pixelType, data,
});
