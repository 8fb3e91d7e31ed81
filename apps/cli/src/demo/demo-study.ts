import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPlan, type ParsedPlan } from '@consilium/study';
import type { DemoName } from '../demo-commands.js';
import { siteTables, type LocalSite } from '../local-federation/index.js';
import { CommandRefused } from '../refusal.js';
import { phantomCohort } from './phantom-cohort.js';
import { sarcomaCohort } from './sarcoma-cohort.js';

/** A study the demonstration can run: a plan of the examples, and public data of its hospitals in one table. */
export interface DemoStudy {
  readonly planFile: string;
  readonly plan: ParsedPlan['plan'];
  /** The plan's canonical text, its dictionary written out. */
  readonly planText: string;
  /** A file; or, where the table is made of several, its text. */
  readonly table: string | { readonly text: string };
  readonly siteColumn: string;
  readonly sites: readonly LocalSite[];
  /** Makes the images of a study that has none elsewhere; the answer is where the hospitals find them. */
  readonly place?: ((folder: string) => Promise<LocalSite['settings']>) | undefined;
  /** Who the patients are, and where their data come from. */
  readonly introduction: readonly string[];
}

interface Patients {
  readonly table: DemoStudy['table'];
  /** Of every hospital. */
  readonly settings?: LocalSite['settings'];
  readonly place?: DemoStudy['place'];
}

interface Source {
  readonly plan: string;
  readonly table: () => Promise<Patients>;
  readonly siteColumn: string;
  readonly introduction: readonly string[];
}

const project = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const phantomIntroduction = (outcome: string): string[] => [
  '130 made patients with a tumour that two of five MR sequences tell something of, at four hospitals with a scanner each; nobody is behind them.',
  outcome,
];

const sources: Readonly<Record<DemoName, Source>> = {
  wdbc: {
    plan: 'examples/wdbc.yaml',
    table: async () => ({ table: project('examples/data/wdbc.csv') }),
    siteColumn: 'site',
    introduction: [
      '569 real patients with a breast mass, benign or malignant, and 30 features of their cell nuclei, divided among four sites.',
      'Source: Breast Cancer Wisconsin (Diagnostic), UCI, CC BY 4.0; clinical columns and scanner shifts are made (examples/data/README.md).',
    ],
  },
  heart: {
    plan: 'examples/heart.yaml',
    table: heartTable,
    siteColumn: 'center_name',
    introduction: [
      '740 real patients of four hospitals in Cleveland, Budapest, Zurich and Basel, and Long Beach; does the angiogram show heart disease?',
      'Source: Heart Disease, UCI, CC BY 4.0, in the encoding and split of FLamby.',
    ],
  },
  sarcoma: {
    plan: 'examples/sarcoma.yaml',
    table: () => sarcomaCohort(dataFolder()),
    siteColumn: 'site',
    introduction: [
      '46 real patients with a soft-tissue sarcoma, T1 MR and FDG-PET of each, divided among three sites; who will have lung metastases?',
      'Source: Soft-tissue-Sarcoma of The Cancer Imaging Archive, prepared by the IBSI, CC BY 3.0. Every site extracts features from its own images.',
    ],
  },
  'sarcoma-seed': {
    plan: 'examples/sarcoma-seed.yaml',
    table: () => sarcomaCohort(dataFolder()),
    siteColumn: 'site',
    introduction: [
      '46 real patients with a soft-tissue sarcoma, T1 MR and FDG-PET of each, divided among three sites: the whole pipeline, sequence by sequence, repeated without each site.',
      'Source: Soft-tissue-Sarcoma of The Cancer Imaging Archive, prepared by the IBSI, CC BY 3.0. Every site extracts features from its own images.',
    ],
  },
  phantom: {
    plan: 'examples/phantom.yaml',
    table: async () => phantomCohort(),
    siteColumn: 'site',
    introduction: phantomIntroduction('The response depends on texture in T1C, on intensity in ADC and, weakly, on age: the pipeline should keep these two sequences and no other.'),
  },
  'phantom-chance': {
    plan: 'examples/phantom-chance.yaml',
    table: async () => phantomCohort(),
    siteColumn: 'site',
    introduction: phantomIntroduction('The outcome is drawn by chance: the pipeline should find nothing in it.'),
  },
};

/** A study whose table is a file. */
export type PlacedStudy = DemoStudy & { readonly table: string };

/** Puts a table that was made of several, and images that are made, into the folder of the demonstration. */
export async function placed(made: DemoStudy, folder: string): Promise<PlacedStudy> {
  const settings = await made.place?.(folder);
  const study = settings === undefined ? made : { ...made, sites: made.sites.map((site) => ({ ...site, settings })) };
  const { table } = study;
  if (typeof table === 'string') return { ...study, table };
  const file = join(folder, 'patients.csv');
  await writeFile(file, table.text, { mode: 0o600 });
  return { ...study, table: file };
}

export async function demoStudy(name: DemoName): Promise<DemoStudy> {
  const source = sources[name];
  const planFile = project(source.plan);
  const { table, settings, place } = await source.table();
  const parsed = await readPlan(planFile);
  if ('problems' in parsed) throw new Error(`The plan of the demonstration has ${parsed.problems.length} mistakes.`);
  const tables = siteTables(typeof table === 'string' ? await readFile(table, 'utf8') : table.text, source.siteColumn);
  const { plan, text: planText } = parsed;
  const sites = plan.sites.map((site): LocalSite => ({ name: site, table: tables.get(site) ?? '', dictionary: plan.dictionary, ...(settings ? { settings } : {}) }));
  return { planFile, plan, planText, table, siteColumn: source.siteColumn, sites, place, introduction: source.introduction };
}

async function heartTable(): Promise<Patients> {
  const table = join(dataFolder(), 'heart-disease', 'flamby_split.csv');
  if (existsSync(table)) return { table };
  throw new CommandRefused('The heart-disease data are not on this machine, so nothing was started. Put heart-disease/flamby_split.csv in a folder and name it in CONSILIUM_DATA.');
}

/** What is not carried with the project: beside it, or where CONSILIUM_DATA says. */
const dataFolder = (): string => process.env['CONSILIUM_DATA'] ?? project('../shared/data');
