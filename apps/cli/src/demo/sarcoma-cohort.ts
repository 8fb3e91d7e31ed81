import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentSettings } from '@consilium/site-agent';
import { readCells } from '@consilium/tables';
import { CommandRefused } from '../refusal.js';

/** The collection's columns under the names of the example's dictionary. Its files stay where they are. */
const COLUMNS: Readonly<Record<string, string>> = {
  age: 'Age',
  sex: 'Sex',
  histology: 'MSKCC type',
  location: 'Site of primary STS',
  grade: 'Grade',
  treatment: 'Treatment',
  first_event: 'Outcome (recurrence, mets)',
  days_to_first_event: 'Time – diagnosis to outcome (days)',
  status: 'Status (NED, AWD, D)',
  days_of_follow_up: 'Time – diagnosis to last follow-up (days)',
  any_event: 'any_event',
};

export interface SarcomaCohort {
  /** CSV text of all hospitals, with a site column. */
  readonly table: { readonly text: string };
  /** Where each hospital finds its images. */
  readonly settings: Partial<AgentSettings>;
}

/** The patients of the three hospitals and their images, from the folder of public data. */
export async function sarcomaCohort(data: string): Promise<SarcomaCohort> {
  const folder = join(data, 'sts');
  const [sites, clinical] = [join(folder, 'sites.csv'), join(folder, 'sts_clinical_48.csv')];
  if (![sites, clinical].every((file) => existsSync(file))) {
    throw new CommandRefused('The soft-tissue sarcoma images are not on this machine, so nothing was started. Put the folder sts in a folder and name that in CONSILIUM_DATA.');
  }
  const hospital = await rowsOf(sites, 'patient');
  const known = await rowsOf(clinical, 'ID');
  const head = ['patient', 'site', 'lung_metastasis', ...Object.keys(COLUMNS)];
  const lines = [...hospital].map(([patient, row]) =>
    [patient, row.get('site')!, row.get('lung_metastasis')!, ...Object.values(COLUMNS).map((name) => known.get(patient)?.get(name) ?? '')].map(quoted).join(','),
  );
  return {
    table: { text: `${[head.join(','), ...lines].join('\n')}\n` },
    settings: { images: { kind: 'folders', root: folder, image: '{patient}/{sequence}_image', mask: '{patient}/{sequence}_mask' } },
  };
}

async function rowsOf(file: string, id: string): Promise<Map<string, ReadonlyMap<string, string>>> {
  const { header, cells, lines } = readCells(await readFile(file, 'utf8'));
  const ids = cells[header.indexOf(id)]!;
  return new Map(Array.from(lines, (_, row) => [ids[row]!, new Map(header.map((name, j) => [name, cells[j]![row]!]))]));
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
