import { SeededRandom } from '@consilium/numerics';
import { inProcessFederation } from '@consilium/federation/in-process';
import type { Federation } from '@consilium/federation';
import { parseTable, type Table } from '@consilium/tables';
import { expected, subset8, text, type DataSet } from './reference.js';

/** How patients are spread: over the data set's own sites, or dealt at random to a number of them. */
export type Spread = 'own' | 1 | 2 | 4 | 10;
export const spreads: readonly Spread[] = ['own', 1, 2, 4, 10];

interface Rows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function rowsOf(file: string): Rows {
  const [head = '', ...lines] = text(`data/${file}`).trim().split(/\r?\n/);
  return { header: head.split(','), rows: lines.map((line) => line.split(',')) };
}

export const featuresOf = (dataSet: DataSet): string[] => pooled(dataSet).header.slice(10).filter((name) => !/^(p|z)_/.test(name));

const cache = new Map<DataSet, Rows>();
const parsed = new Map<string, ReadonlyMap<string, Table>>();

/** Columns of the references that are in no table: simulated readers (1 to 4, and whether above 2), three readings of sixty patients, a separating indicator. */
function readingsOf(dataSet: DataSet): { readonly names: readonly string[]; row(i: number): string[] } {
  const { rater1, rater2, icc_ratings: ratings } = expected(dataSet, 'agreement');
  const separating = expected(dataSet, 'stratified_firth').firth_separated.separating_column;
  return {
    names: ['z_rater1', 'z_rater2', 'z_rater1_high', 'z_rater2_high', 'z_reading1', 'z_reading2', 'z_reading3', 'z_separating'],
    row: (i) => [rater1[i], rater2[i], rater1[i] > 2 ? 1 : 0, rater2[i] > 2 ? 1 : 0, ...(ratings[i] ?? ['', '', '']), separating[i]].map(String),
  };
}

/**
 * All patients: the data set, the reference scores p_clin, p_rad and p_comb, and z_ columns of the eight reference features, scaled by the
 * mean and sd (ddof 1) of all rows as R's scale() does.
 */
function pooled(dataSet: DataSet): Rows {
  const known = cache.get(dataSet);
  if (known) return known;
  const { header, rows } = rowsOf(`${dataSet}.csv`);
  const scores = rowsOf(`${dataSet}.scores.csv`);
  const names = ['p_clin', 'p_rad', 'p_comb'];
  const scaled = subset8(dataSet).map((name) => zScores(rows.map((row) => Number(row[header.indexOf(name)]))));
  const readings = readingsOf(dataSet);
  const all: Rows = {
    header: [...header, ...names, ...subset8(dataSet).map((name) => `z_${name}`), ...readings.names],
    rows: rows.map((row, i) => [...row, ...names.map((name) => scores.rows[i]![scores.header.indexOf(name)]!), ...scaled.map((z) => String(z[i])), ...readings.row(i)]),
  };
  cache.set(dataSet, all);
  return all;
}

function zScores(x: readonly number[]): number[] {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (x.length - 1));
  return x.map((value) => (value - mean) / sd);
}

/** The CSV file of each site. */
export function siteFiles(dataSet: DataSet, spread: Spread): Map<string, string> {
  const { header, rows } = pooled(dataSet);
  const random = SeededRandom.fromSeed(`${dataSet} over ${spread}`);
  const place = header.indexOf('site');
  const siteOf = rows.map((row) => (spread === 'own' ? row[place]! : `S${random.integerBelow(spread)}`));
  const csv = (site: string) => [header, ...rows.filter((_, i) => siteOf[i] === site)].map((row) => row.join(',')).join('\n');
  return new Map([...new Set(siteOf)].sort().map((site) => [site, `${csv(site)}\n`]));
}

/** The same as tables, read once. */
export function siteTables(dataSet: DataSet, spread: Spread): ReadonlyMap<string, Table> {
  const key = `${dataSet} ${spread}`;
  let tables = parsed.get(key);
  if (!tables) parsed.set(key, (tables = new Map([...siteFiles(dataSet, spread)].map(([site, csv]) => [site, parseTable(csv, { siteColumn: 'site' }).table]))));
  return tables;
}

export interface OracleFederationOptions {
  /** Tables handed over in the reverse order. */
  readonly reversed?: boolean;
  /** Sums travel under masks. */
  readonly masked?: boolean;
}

export function oracleFederation(dataSet: DataSet, spread: Spread, { reversed = false, masked = false }: OracleFederationOptions = {}): Federation {
  const tables = [...siteTables(dataSet, spread)];
  return inProcessFederation({ tables: new Map(reversed ? tables.reverse() : tables), profile: 'open-data', secureAggregation: masked });
}
