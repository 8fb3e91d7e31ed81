import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalSite } from '@consilium/cli';
import { writeNifti, type Volume } from '@consilium/imaging';
import { SeededRandom } from '@consilium/numerics';
import { canonicalPlan, parsePlan } from '@consilium/study';

/** A study whose features are measured from images that are made here: long enough in extraction to be killed in it. */
export interface ImageStudy {
  readonly planText: string;
  readonly sites: readonly LocalSite[];
}

export const imageSites = ['East', 'West'] as const;
export const PATIENTS_A_SITE = 9;

/** Voxels along an edge, of 1 mm, and the lesion's radius: measuring one patient takes long beside noticing it. */
const EDGE = 48;
const RADIUS = 20;

const dictionary = {
  version: 1,
  title: 'Made patients of two hospitals',
  columns: {
    patient: { type: 'category', role: 'id' },
    response: { type: 'integer', role: 'outcome', range: [0, 1], required: true },
    age: { type: 'number', unit: 'a', range: [0, 110], role: 'predictor' },
  },
};

const settings = `imageType:
  Original: {}
  LoG:
    sigma: [1.0, 3.0]
  Wavelet: {}
  LBP3D: {}
setting:
  binWidth: 10
  label: 1
`;

const plan = {
  consilium: 1, title: 'Response of made tumours', version: 1, study: 'images', sites: [...imageSites], disclosure: 'open-data', seed: 'images-2026', deadline: '1 hour', dictionary,
  outcome: { column: 'response', type: 'binary', event: 1 },
  extract: { sequences: [{ sequence: 'T1C', settings }] },
  features: { sequences: ['T1C'] },
  clinical: ['age'],
  models: [{ name: 'clinical', inputs: ['clinical'], penalty: { kind: 'l2', C: 1 } }],
  evaluate: { rows: ['training'], thresholds: [{ kind: 'fixed', value: 0.5 }] },
};

/** Writes every patient's image and mask below the folder. */
export async function imageStudy(folder: string): Promise<ImageStudy> {
  const parsed = parsePlan(JSON.stringify(plan));
  if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  const sites: LocalSite[] = [];
  for (const name of imageSites) {
    const rows: string[] = [];
    const root = join(folder, 'images', name);
    for (let i = 0; i < PATIENTS_A_SITE; i++) {
      const patient = `${name}-${i}`;
      const random = SeededRandom.fromSeed(patient);
      await writePatient(join(root, patient), random);
      rows.push(`${patient},${i % 2},${Math.round(50 + 10 * random.normal())}`);
    }
    sites.push({ name, dictionary, table: `patient,response,age\n${rows.join('\n')}\n`, settings: { images: { kind: 'folders', root, image: '{patient}/{sequence}_image', mask: '{patient}/{sequence}_mask' } } });
  }
  return { planText: canonicalPlan(parsed.plan), sites };
}

async function writePatient(folder: string, random: SeededRandom): Promise<void> {
  await mkdir(folder, { recursive: true });
  const centre = (EDGE - 1) / 2;
  const inside = (at: number): boolean => [at % EDGE, Math.floor(at / EDGE) % EDGE, Math.floor(at / EDGE ** 2)].reduce((sum, x) => sum + (x - centre) ** 2, 0) < RADIUS ** 2;
  const mask = Uint8Array.from({ length: EDGE ** 3 }, (_, at) => (inside(at) ? 1 : 0));
  const image = Int16Array.from(mask, (value) => Math.round(200 + 100 * value + 40 * random.normal()));
  await writeFile(join(folder, 'T1C_image.nii.gz'), writeNifti(volumeOf('int16', image)));
  await writeFile(join(folder, 'T1C_mask.nii.gz'), writeNifti(volumeOf('uint8', mask)));
}

const volumeOf = (pixelType: 'int16' | 'uint8', data: Int16Array | Uint8Array): Volume => ({
  size: [EDGE, EDGE, EDGE], spacing: [1, 1, 1], origin: [0, 0, 0], direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), pixelType, data,
});
