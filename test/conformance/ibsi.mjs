// Compares every row of the IBSI 1 reference tables with this engine's figures. `npm run conformance` prints the table and keeps it in docs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readImage } from '@consilium/imaging';
import { ibsiFigures } from '@consilium/radiomics/ibsi';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.CONSILIUM_DATA ?? join(root, '..', 'shared', 'data'), 'ibsi');

const plain = { spacing: null, interpolator: 'linear', range: null, outliers: null, discretisation: 'as-is', histogram: null };
const soft = [-500, 400];
const wide = [-1000, 400];
export const CONFIGURATIONS = [
  { name: 'digital phantom', table: 'ibsi_1_dig_phantom', phantom: 'ibsi_1_digital_phantom', dimensions: ['2D', '3D'], settings: plain },
  { name: 'CT phantom, A', table: 'ibsi_1_chest_config_a', dimensions: ['2D'], settings: { ...plain, range: soft, discretisation: { binWidth: 25 } } },
  { name: 'CT phantom, B', table: 'ibsi_1_chest_config_b', dimensions: ['2D'], settings: { ...plain, spacing: [2, 2, 0], range: soft, discretisation: { binCount: 32 } } },
  { name: 'CT phantom, C', table: 'ibsi_1_chest_config_c', dimensions: ['3D'], settings: { ...plain, spacing: [2, 2, 2], range: wide, discretisation: { binWidth: 25 }, histogram: { binWidth: 2.5 } } },
  { name: 'CT phantom, D', table: 'ibsi_1_chest_config_d', dimensions: ['3D'], settings: { ...plain, spacing: [2, 2, 2], outliers: 3, discretisation: { binCount: 32 } } },
  { name: 'CT phantom, E', table: 'ibsi_1_chest_config_e', dimensions: ['3D'], settings: { ...plain, spacing: [2, 2, 2], interpolator: 'b-spline', range: wide, outliers: 3, discretisation: { binCount: 32 }, histogram: { binCount: 1000 } } },
];

/** Digits a reference is given with; zeros at the end of a whole number only fill it up to three. */
function significantDigits(reference) {
  const digits = reference.replace(/^-?0*\.?0*/, '').replace(/[.-]/g, '');
  return reference.includes('.') ? Math.max(1, digits.length) : Math.max(Math.min(3, Math.max(1, digits.length)), digits.replace(/0+$/, '').length);
}

/** Rows of one configuration: a figure conforms when, rounded to the reference's significant digits, it is within the tolerance. */
export async function compare({ table, phantom = 'ibsi_1_ct_radiomics_phantom', dimensions, settings }) {
  const part = async (kind, file) => readImage(join(folder, phantom, 'nifti', kind, `${file}.nii.gz`));
  const figures = ibsiFigures(await part('image', 'phantom'), await part('mask', 'mask'), settings, dimensions);
  const lines = readFileSync(join(folder, 'reference', 'ibsi_1', `${table}.csv`), 'utf8').trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [reference, tolerance, tag] = line.split(';');
    if (reference === '') return { tag, outcome: 'no consensus' };
    const value = figures[tag];
    if (value === undefined) return { tag, reference, tolerance, outcome: 'misses' };
    const rounded = Number(value.toPrecision(significantDigits(reference)));
    const slack = 1e-9 * Math.max(1, Math.abs(Number(reference)));
    return { tag, reference, tolerance, value, outcome: Math.abs(rounded - Number(reference)) <= Number(tolerance) + slack ? 'conforms' : 'misses' };
  });
}

async function main() {
  if (!existsSync(folder)) {
    process.stderr.write('The IBSI data are not there (CONSILIUM_DATA). Nothing was compared.\n');
    process.exitCode = 1;
    return;
  }
  const page = ['# IBSI 1 conformance', '', 'Every row of the reference tables of the Image Biomarker Standardisation Initiative, by `npm run conformance`. A figure conforms when, rounded to the', "reference's significant digits, it is within the tolerance.", ''];
  const summary = [];
  const details = [];
  for (const configuration of CONFIGURATIONS) {
    const rows = await compare(configuration);
    const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
    summary.push(`| ${configuration.name} | ${rows.length} | ${count('conforms')} | ${count('misses')} | ${count('no consensus')} |`);
    process.stdout.write(`${configuration.name}: ${rows.length} rows, ${count('conforms')} conform, ${count('misses')} miss, ${count('no consensus')} without consensus\n`);
    for (const row of rows) if (row.outcome === 'misses') process.stdout.write(`  misses ${row.tag}: ${row.value ?? 'not computed'}, reference ${row.reference} ± ${row.tolerance}\n`);
    details.push('', `## ${configuration.name}`, '', '| row | reference | tolerance | figure | |', '|---|---|---|---|---|', ...rows.map((row) => `| ${row.tag} | ${row.reference ?? ''} | ${row.tolerance ?? ''} | ${row.value === undefined ? '' : Number(row.value.toPrecision(6))} | ${row.outcome} |`));
  }
  page.push('| configuration | rows | conform | miss | no consensus |', '|---|---|---|---|---|', ...summary, ...details, '');
  writeFileSync(join(root, 'docs', 'reference-ibsi-conformance.md'), page.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
