import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPlan, type ParsedPlan } from '@consilium/study';
import type { DemoName } from '../demo-commands.js';
import { siteTables, type LocalSite } from '../local-federation/index.js';
import { CommandRefused } from '../refusal.js';

/** A study the demonstration can run: a plan of the examples, and public data of its hospitals in one table. */
export interface DemoStudy {
  readonly planFile: string;
  readonly plan: ParsedPlan['plan'];
  /** The plan's canonical text, its dictionary written out. */
  readonly planText: string;
  readonly table: string;
  readonly siteColumn: string;
  readonly sites: readonly LocalSite[];
  /** Who the patients are, and where their data come from. */
  readonly introduction: readonly string[];
}

interface Source {
  readonly plan: string;
  readonly table: () => string;
  readonly siteColumn: string;
  readonly introduction: readonly string[];
}

const project = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const sources: Readonly<Record<DemoName, Source>> = {
  wdbc: {
    plan: 'examples/wdbc.yaml',
    table: () => project('examples/data/wdbc.csv'),
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
};

export async function demoStudy(name: DemoName): Promise<DemoStudy> {
  const source = sources[name];
  const [planFile, table] = [project(source.plan), source.table()];
  const parsed = await readPlan(planFile);
  if ('problems' in parsed) throw new Error(`The plan of the demonstration has ${parsed.problems.length} mistakes.`);
  const tables = siteTables(await readFile(table, 'utf8'), source.siteColumn);
  const { plan, text: planText } = parsed;
  const sites = plan.sites.map((site): LocalSite => ({ name: site, table: tables.get(site) ?? '', dictionary: plan.dictionary }));
  return { planFile, plan, planText, table, siteColumn: source.siteColumn, sites, introduction: source.introduction };
}

/** Not carried with the project: beside it, or where CONSILIUM_DATA says. */
function heartTable(): string {
  const folder = process.env['CONSILIUM_DATA'] ?? project('../shared/data');
  const table = join(folder, 'heart-disease', 'flamby_split.csv');
  if (existsSync(table)) return table;
  throw new CommandRefused('The heart-disease data are not on this machine, so nothing was started. Put heart-disease/flamby_split.csv in a folder and name it in CONSILIUM_DATA.');
}
