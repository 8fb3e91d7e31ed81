import { join } from 'node:path';
import { SeededRandom } from '@consilium/numerics';
import type { AgentSettings } from '@consilium/site-agent';
import { type PhantomPatient, type PhantomScanner, writePhantom } from './phantom-images.js';

interface Hospital {
  readonly site: string;
  readonly patients: number;
  readonly vendor: string;
  readonly scanner: PhantomScanner;
}

/** Four hospitals, each with a scanner of its own. */
const hospitals: readonly Hospital[] = [
  { site: 'Avon', patients: 40, vendor: 'Alder', scanner: { gain: 1, offset: 0, noise: 8 } },
  { site: 'Brook', patients: 34, vendor: 'Birch', scanner: { gain: 1.25, offset: 40, noise: 10 } },
  { site: 'Clyde', patients: 30, vendor: 'Alder', scanner: { gain: 0.85, offset: 10, noise: 12 } },
  { site: 'Dove', patients: 26, vendor: 'Cedar', scanner: { gain: 1.1, offset: -20, noise: 9 } },
];

interface Made extends PhantomPatient {
  readonly hospital: Hospital;
  readonly age: number;
  readonly sex: string;
  /** Depends on unevenness, diffusion and age. */
  readonly response: 0 | 1;
  /** Depends on nothing. */
  readonly chance: 0 | 1;
  readonly split: 'train' | 'test';
}

export interface PhantomCohort {
  /** CSV text of all hospitals, with a site column. */
  readonly table: { readonly text: string };
  /** Makes the images in a folder; the answer is where each hospital finds them. */
  readonly place: (folder: string) => Promise<Partial<AgentSettings>>;
}

/**
 * Patients that nobody is: a known signal in two of five sequences and in age, in `response`; none at all in `chance`. The same at every call.
 */
export function phantomCohort(): PhantomCohort {
  const patients = hospitals.flatMap((hospital) => Array.from({ length: hospital.patients }, (_, i) => made(hospital, i)));
  const lines = patients.map(({ id, hospital, age, sex, response, chance, split }) => [id, hospital.site, hospital.vendor, split, response, chance, age, sex].join(','));
  return {
    table: { text: `${['patient,site,vendor,split,response,chance,age,sex', ...lines].join('\n')}\n` },
    place: async (folder) => {
      const root = join(folder, 'phantom');
      for (const patient of patients) await writePhantom(root, patient, patient.hospital.scanner);
      return { images: { kind: 'folders', root, image: '{patient}/{sequence}_image', mask: '{patient}/{sequence}_mask' } };
    },
  };
}

function made(hospital: Hospital, index: number): Made {
  const id = `${hospital.site.toLowerCase()}-${String(index + 1).padStart(3, '0')}`;
  const random = SeededRandom.fromSeed(`phantom ${id}`);
  const [unevenness, diffusion] = [random.normal(), random.normal()];
  const age = Math.round(52 + 11 * random.normal());
  const logit = 1.3 * unevenness + 1.3 * diffusion + 0.05 * (age - 52);
  return {
    id, hospital, unevenness, diffusion, age,
    radiusMillimetres: 5 + 2.5 * random.uniform(),
    sex: random.uniform() < 0.5 ? 'F' : 'M',
    response: random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0,
    chance: random.uniform() < 0.45 ? 1 : 0,
    split: index % 4 === 3 ? 'test' : 'train',
  };
}
