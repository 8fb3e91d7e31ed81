import type { Cell, FigureTable, Finding } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { matrixFigure, type MatrixCell } from '../figures/matrix.js';
import { count, plural } from '../numbers.js';
import { describedOf } from './cohort-figures.js';
import { isValue, whyNot, type Result, type SequenceCounts } from './results-file.js';
import { factsOf, siteNumber, type RunContext } from './run-context.js';

const countsOf = (context: RunContext, part: string): Result<readonly SequenceCounts[]> | undefined => describedOf(context)?.sequences?.[part];

const NO_SEQUENCES = "No pipeline over image sequences is in this run's plan, so patients were not counted by sequence.";

/** Patients with each sequence at each hospital. */
export function sequenceMatrix(context: RunContext, part: string): Finding {
  const counts = countsOf(context, part);
  if (counts === undefined) return { absent: NO_SEQUENCES };
  if (!isValue(counts)) return { absent: whyNot(counts)!.reason };
  const sites = context.results.sites.filter((site) => counts.some((one) => one.sites?.some((row) => row.site === site)));
  const cellOf = ({ sites: rows, suppressed }: SequenceCounts, site: string): MatrixCell => {
    if (suppressed !== undefined) return { value: null, suppressed: suppressed.reason };
    const row = rows?.find((one) => one.site === site);
    if (row === undefined) return { value: null };
    const value = row.suppressed === undefined ? row.patients : { suppressed: row.suppressed };
    return isValue(value) ? { value } : { value: null, suppressed: whyNot(value ?? null)!.reason };
  };
  return matrixOf(context, { id: 'sequences', title: 'Patients by sequence and hospital', rows: sites, rowsAre: 'Hospital', columns: counts.map(({ sequence }) => sequence), cells: sites.map((site) => counts.map((one) => cellOf(one, site))), answer: `${plural(counts.length, 'sequence')} at ${plural(sites.length, 'hospital')}.` });
}

/** Patients with each sequence by vendor of the scanner. */
export function scannerMatrix(context: RunContext, part: string): Finding {
  const counts = countsOf(context, part);
  if (counts === undefined) return { absent: NO_SEQUENCES };
  if (!isValue(counts)) return { absent: whyNot(counts)!.reason };
  if (counts.every(({ vendors }) => vendors === null || vendors === undefined)) return { absent: 'The plan names no column for the vendor of the scanner.' };
  const levels = [...new Set(counts.flatMap(({ vendors }) => (isValue(vendors) ? vendors.levels.map(({ level }) => level) : [])))];
  const shownRows = levels.length > 0 ? levels : ['All vendors'];
  const cellOf = ({ vendors, suppressed }: SequenceCounts, level: string): MatrixCell => {
    if (suppressed !== undefined) return { value: null, suppressed: suppressed.reason };
    if (!isValue(vendors)) return { value: null, suppressed: whyNot(vendors ?? null)!.reason };
    const found = vendors.levels.find((one) => one.level === level);
    return { value: found === undefined ? null : found.events + found.nonEvents };
  };
  return matrixOf(context, { id: 'scanners', title: 'Patients by scanner vendor and sequence', rows: shownRows, rowsAre: 'Vendor', columns: counts.map(({ sequence }) => sequence), cells: shownRows.map((level) => counts.map((one) => cellOf(one, level))), answer: levels.length === 0 ? 'A rule hides the counts by vendor.' : `${plural(levels.length, 'vendor')}, all hospitals together.` });
}

interface MatrixParts {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly string[];
  readonly rowsAre: string;
  readonly columns: readonly string[];
  readonly cells: readonly (readonly MatrixCell[])[];
  readonly answer: string;
}

function matrixOf(context: RunContext, parts: MatrixParts): Finding {
  const values = parts.cells.flat();
  return {
    figure: matrixFigure({
      ...parts,
      reading: 'Counts of patients, before anything is fitted. Hatched: below the minimum count.',
      legend: `${parts.title}. A patient has a sequence who has a value in any of its features.`,
      methods: 'Patients were counted by sequence at each hospital before anything was fitted.',
      format: count,
      scale: { kind: 'sequential', end: Math.max(1, ...values.map(({ value }) => value ?? 0)), low: '', high: 'patients' },
      written: true,
      tree: null,
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: values.filter(({ suppressed }) => suppressed !== undefined).length }),
    }),
  };
}

/** What the hospitals extracted from their images: patients, those measured, those without features. */
export function extractionTable(context: RunContext): FigureTable | string {
  const { extract } = context.results.stages;
  if (extract === undefined) return 'The features of this run came from a table; no image was read.';
  if (!isValue(extract)) return whyNot(extract)!.reason;
  const cell = (value: Result<number> | undefined): Cell => (isValue(value) ? numeric(value, count) : hidden(whyNot(value ?? null)!.reason));
  return {
    caption: `Extraction by ${extract.engine}`,
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'sequence', label: 'Sequence' },
      { key: 'patients', label: 'Patients', numeric: true },
      { key: 'extracted', label: 'Measured', numeric: true },
      { key: 'grey', label: 'Fewer than 8 grey levels', numeric: true },
      { key: 'features', label: 'Features', numeric: true },
    ],
    rows: extract.sequences.flatMap(({ sequence, features, sites }) =>
      sites.map(({ site, patients, extracted, fewGreyLevels }) => ({ row: { ...words(site), site: siteNumber(context, site) }, sequence: words(sequence), patients: cell(patients), extracted: cell(extracted), grey: cell(fewGreyLevels), features: numeric(features, count) })),
    ),
  };
}
