import { createHash } from 'node:crypto';
import type { SiteView } from './site-view.js';
import type { ViewSpec } from './view.js';

/**
 * Which patients a question is about. Stays at the site: the history holds it against earlier ones. Patients are 64-bit hashes of their pseudonyms,
 * ascending; columns 32-bit hashes of their names.
 */
export interface Selection {
  /** Everybody who meets the conditions and has an outcome, in whatever fold. */
  readonly cohort: BigUint64Array;
  /** The patients whose own values of these columns are summed: fewer than the cohort where values are missing. In whatever fold. */
  readonly groups: readonly { readonly rows: BigUint64Array; readonly columns: Uint32Array }[];
}

const patientHashes = new Map<string, bigint>();
const columnHashes = new Map<string, number>();
const REMEMBERED = 1_000_000;

/** The hash by which a site remembers a patient. */
export function patientHash(pseudonym: string): bigint {
  let hash = patientHashes.get(pseudonym);
  if (hash === undefined) {
    if (patientHashes.size >= REMEMBERED) patientHashes.clear();
    patientHashes.set(pseudonym, (hash = createHash('sha256').update(pseudonym).digest().readBigUInt64LE()));
  }
  return hash;
}

function columnHash(name: string): number {
  let hash = columnHashes.get(name);
  if (hash === undefined) {
    if (columnHashes.size >= REMEMBERED) columnHashes.clear();
    columnHashes.set(name, (hash = createHash('sha256').update(name).digest().readUInt32LE()));
  }
  return hash;
}

const selections = new WeakMap<SiteView, Selection>();

/** The selection behind a view; made once a view. A column of predictions is another column with every model. */
export function selectionOf(view: SiteView, { derived = [] }: ViewSpec): Selection {
  let selection = selections.get(view);
  if (!selection) {
    const { cohort, groups } = view.asked();
    const models = new Map(derived.map(({ name, model }) => [name, `${name}@${model}`]));
    selection = {
      cohort: BigUint64Array.from(cohort, patientHash).sort(),
      groups: groups.map(({ rows, columns }) => ({ rows: BigUint64Array.from(rows, patientHash).sort(), columns: Uint32Array.from(columns, (name) => columnHash(models.get(name) ?? name)).sort() })),
    };
    selections.set(view, selection);
  }
  return selection;
}
