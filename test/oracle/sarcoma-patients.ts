import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImage, readMask } from '@consilium/imaging';
import { extractFeatures, parseParameterFile } from '@consilium/radiomics';
import { parsePlan, type AnalysisPlan } from '@consilium/study';
import { parseTable, readCells, splitBySite, type Table } from '@consilium/tables';

/** Features that are quick to measure: the images are cropped around the tumours. */
const SETTINGS = `imageType:
  Original: {}
featureClass:
  shape: [VoxelVolume, Sphericity, SurfaceVolumeRatio, Elongation]
  firstorder: [Mean, Maximum, Skewness, Kurtosis, Entropy, Uniformity]
setting:
  binWidth: 0.5
  label: 1
`;

type Cells = ReadonlyMap<string, string>;

function cellsOf(file: string, id: string): Map<string, Cells> {
  const { header, cells, lines } = readCells(readFileSync(file, 'utf8'));
  return new Map(Array.from(lines, (_, row) => [cells[header.indexOf(id)]![row]!, new Map(header.map((name, j) => [name, cells[j]![row]!]))]));
}

type Measured = readonly { readonly name: string; readonly value: number | null }[];

/** Measured once in a process: the suites differ by who holds the patients. */
let measured: Promise<ReadonlyMap<string, Measured>> | undefined;

async function measureAll(folder: string): Promise<ReadonlyMap<string, Measured>> {
  const { settings } = parseParameterFile(SETTINGS);
  const found = new Map<string, Measured>();
  for (const patient of cellsOf(join(folder, 'sites.csv'), 'patient').keys()) {
    const image = await readImage(join(folder, patient, 'PET_image.nii.gz'));
    const mask = await readMask(join(folder, patient, 'PET_mask.nii.gz'), image, { label: 1 });
    found.set(patient, extractFeatures(image, mask, settings, { label: 1 }).features);
  }
  return found;
}

/** The patients of the collection with age, grade, outcome and features of their PET, measured here, at the hospitals that `siteOf` says. */
export async function sarcomaTables(folder: string, siteOf: (site: string, at: number) => string): Promise<Map<string, Table>> {
  const clinical = cellsOf(join(folder, 'sts_clinical_48.csv'), 'ID');
  const features = await (measured ??= measureAll(folder));
  const names = [...features.values()][0]!.map(({ name }) => name);
  const lines = [...cellsOf(join(folder, 'sites.csv'), 'patient')].map(([patient, row], at) => {
    const known = clinical.get(patient)!;
    return [patient, siteOf(row.get('site')!, at), row.get('lung_metastasis'), known.get('Age'), known.get('Grade'), ...features.get(patient)!.map(({ value }) => value)].join(',');
  });
  const { table } = parseTable(`${['patient', 'site', 'lung_metastasis', 'age', 'grade', ...names].join(',')}\n${lines.join('\n')}\n`, { siteColumn: 'site' });
  return splitBySite(table, 'site');
}

/** The example's plan on these columns. Its folds are three: with two hospitals sums are plain, and no fold of a hospital may be small. */
export function sarcomaPlan(tables: ReadonlyMap<string, Table>): AnalysisPlan {
  const features = [...[...tables.values()][0]!.columns.keys()].filter((name) => name.startsWith('original_'));
  const parsed = parsePlan(JSON.stringify({
    consilium: 1, title: 'Lung metastasis of soft-tissue sarcoma', version: 1, study: 'sarcoma', sites: [...tables.keys()].sort(), disclosure: 'standard', seed: 'sarcoma-2026',
    outcome: { column: 'lung_metastasis', type: 'binary', event: 1 },
    features: { columns: features },
    clinical: ['age', 'grade'],
    folds: { dealt: 3 },
    select: { test: { kind: 'student', alpha: 0.3 }, correlation: { rule: 'B', threshold: 0.9 }, lasso: { lambda: { max: 1, min: 0.001, count: 20 }, choose: 'min', scaler: 'per-fold' } },
    models: [{ name: 'radiomics', inputs: ['selected'], penalty: { kind: 'l2', C: 1 } }, { name: 'clinical', inputs: ['clinical'], penalty: { kind: 'l2', C: 1 } }],
    evaluate: { rows: ['training'], thresholds: [{ kind: 'fixed', value: 0.5 }] },
  }));
  if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  return parsed.plan;
}
