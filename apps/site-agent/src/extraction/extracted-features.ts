import { featureColumn, intensityColumns } from '@consilium/federation';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { pickRows, type Table, type TableColumn } from '@consilium/tables';
import { readCase } from './case-store.js';

/** Where the features of a site's patients lie. Plain data: it is handed to threads. */
export interface ExtractedFeatures {
  /** sha256 of what they come from. */
  readonly key: string;
  readonly sequences: readonly {
    readonly sequence: string;
    /** Whether patients without it stay in the table. */
    readonly mayLack?: boolean;
    readonly names: readonly string[];
    readonly cases: readonly { readonly patient: string; readonly key: string; readonly path: string }[];
  }[];
}

/**
 * The table with the features as columns `SEQUENCE:feature`, of the patients that have at least one sequence and all those that none may lack: one without is left out of the run, as a
 * patient that one of several tables lacks. A feature without a value for a region is missing, and so are all of a sequence that a patient lacks.
 * Where intensities were brought to a scale, columns say where they lay before and after; they are no candidates.
 */
export function joinFeatures(table: Table, { sequences }: ExtractedFeatures): Table {
  const measured = sequences.map(({ cases }) => new Map(cases.map((one) => [one.patient, one])));
  const rows = table.pseudonyms.flatMap((patient, row) => (measured.some((of) => of.has(patient)) && measured.every((of, s) => sequences[s]!.mayLack === true || of.has(patient)) ? [row] : []));
  const { pseudonyms, columns } = pickRows(table, rows);
  const joined = new Map<string, TableColumn>(columns);
  sequences.forEach(({ sequence, names }, s) => {
    const cells = names.map(() => new Float64Array(pseudonyms.length).fill(NaN));
    const place = new Map(names.map((name, j) => [name, j]));
    const scaled = new Map<string, Float64Array>();
    pseudonyms.forEach((patient, row) => {
      const own = measured[s]!.get(patient);
      if (own === undefined) return;
      const { path, key } = own;
      const outcome = readCase(path, key);
      if (outcome === undefined || 'refused' in outcome) throw new ConsiliumError(dataErrors.imagesUnusable, 'A file of extracted features was damaged. Nothing was computed; resume the run.');
      outcome.names.forEach((name, i) => {
        const j = place.get(name);
        if (j !== undefined) cells[j]![row] = outcome.values[i] ?? NaN;
      });
      for (const when of ['before', 'after'] as const) {
        outcome.intensities?.[when].forEach((x, i) => {
          const name = intensityColumns(sequence, when)[i]!;
          if (!scaled.has(name)) scaled.set(name, new Float64Array(pseudonyms.length).fill(NaN));
          scaled.get(name)![row] = x;
        });
      }
    });
    names.forEach((name, j) => joined.set(featureColumn(sequence, name), { kind: 'number', values: cells[j]! }));
    for (const [name, values] of scaled) joined.set(name, { kind: 'number', values });
  });
  const lacked = sequences.filter(({ names }) => names.length === 0).map(({ sequence }) => featureColumn(sequence, ''));
  return { pseudonyms, columns: joined, ...(lacked.length > 0 && pseudonyms.length > 0 ? { lacked } : {}) };
}
