import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@consilium/operations';
import { initSite, siteFolder, type AgentSettings } from '@consilium/site-agent';

/** A hospital of the federation and its patients. */
export interface LocalSite {
  readonly name: string;
  /** CSV text. */
  readonly table: string;
  /** The data dictionary as data; without one, `id` names the column of patient identifiers. */
  readonly dictionary?: unknown;
  readonly id?: string;
  /** Settings that differ from the defaults, beside the table. */
  readonly settings?: Partial<AgentSettings>;
}

const TABLE = 'data/patients.csv';
const DICTIONARY = 'data/patients.dictionary.json';

/** Makes a site's folder with its key, its table and its settings. */
export async function makeSiteFolder(root: string, { table, dictionary, id, settings = {} }: LocalSite): Promise<void> {
  const tables = [{ name: 'patients', file: TABLE, dictionary: dictionary === undefined ? null : DICTIONARY, id: id ?? null }];
  // A proxy of this machine has no business between programs on it.
  const connection = { proxy: null, noProxy: '127.0.0.1,localhost', ca: null, transport: 'automatic' as const, ...settings.connection };
  await initSite(root, { settings: { tables, ...settings, connection } });
  await writeFile(join(root, TABLE), table, { mode: 0o600 });
  if (dictionary !== undefined) await writeFile(join(root, DICTIONARY), JSON.stringify(dictionary), { mode: 0o600 });
}

/** Sends an enrolled site to another address of the same coordinator: the key and the certificate authority it trusts stay. */
export async function redirectSite(root: string, url: string): Promise<void> {
  const path = siteFolder(root).enrolment;
  const enrolment = JSON.parse(await readFile(path, 'utf8')) as { url: string };
  if (enrolment.url !== url) await writeDurably(path, `${JSON.stringify({ ...enrolment, url }, null, 2)}\n`);
}
