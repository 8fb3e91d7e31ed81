// Compares what is measured on DICOM images and on contours of an RTSTRUCT with what is measured on the NIfTI files another program made of the same series. `npm run conformance` prints the table and keeps it in docs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listRegions, readImage, readMask } from '@consilium/imaging';
import { extractFeatures, parseParameterFile } from '@consilium/radiomics';
import { quantileType7 } from '@consilium/statistics';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = process.env.CONSILIUM_DATA ?? join(root, '..', 'shared', 'data');

export const CASES = ['STS_002', 'STS_003', 'STS_008'].flatMap((patient) => ['MR_T1', 'PET'].map((sequence) => ({ patient, sequence })));
export const CLASSES = ['shape', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'];

/** Standardised uptake values need finer bins than MR intensities. */
const BIN_WIDTHS = { MR_T1: '25', PET: '0.5' };

function settingsOf(sequence) {
  const text = readFileSync(join(data, 'pyradiomics', 'values', 'seed_bw25.yaml'), 'utf8');
  return parseParameterFile(text.replace(/^(\s*binWidth:).*$/m, `$1 ${BIN_WIDTHS[sequence]}`)).settings;
}

const median = (values) => quantileType7(Float64Array.from(values).sort(), 1, 2);

/** Four digits; whole numbers, which these are only where both agree, as they are. */
const shortly = (figure) => (Number.isInteger(figure) ? String(figure) : figure.toPrecision(4));

/** Of every feature that both have, how far apart they are, relative to the first. */
function relativeDifferences(reference, other) {
  return reference.features.flatMap(({ name, value }, i) => {
    const found = other.features[i].value;
    return value === null || found === null ? [] : [{ class: name.split('_')[1], difference: Math.abs(found - value) / Math.max(Math.abs(value), 1e-9) }];
  });
}

function overlapOf(a, b) {
  const both = a.reduce((count, label, i) => count + (label !== 0 && b[i] !== 0 ? 1 : 0), 0);
  const voxels = (labels) => labels.reduce((count, label) => count + (label !== 0 ? 1 : 0), 0);
  return (2 * both) / (voxels(a) + voxels(b));
}

/** One sequence of one patient: the DICOM image against its NIfTI pair with the same mask, and the RTSTRUCT's region against that mask on the same image. */
export async function compareCase({ patient, sequence }) {
  const folder = join(data, 'sts-dicom', patient, sequence);
  const pairMaskFile = join(data, 'sts', patient, `${sequence}_mask.nii.gz`);
  const settings = settingsOf(sequence);
  const pair = await readImage(join(data, 'sts', patient, `${sequence}_image.nii.gz`));
  const image = await readImage(join(folder, 'image'));
  const niftiMask = await readMask(pairMaskFile, image, { label: 1 });
  const [region] = await listRegions(join(folder, 'mask'));
  const contours = await readMask(join(folder, 'mask'), image, { label: 1, name: region.name });
  const ofPair = extractFeatures(pair, await readMask(pairMaskFile, pair, { label: 1 }), settings);
  const ofImage = extractFeatures(image, niftiMask, settings);
  const byClass = relativeDifferences(ofImage, extractFeatures(image, contours, settings));
  return {
    patient,
    sequence,
    features: ofPair.features.length,
    sameMask: Math.max(...relativeDifferences(ofPair, ofImage).map(({ difference }) => difference)),
    dice: overlapOf(contours.data, niftiMask.data),
    medians: Object.fromEntries(CLASSES.map((name) => [name, median(byClass.filter((one) => one.class === name).map(({ difference }) => difference))])),
  };
}

async function main() {
  if (!existsSync(join(data, 'sts-dicom'))) {
    process.stderr.write('The DICOM series are not there (CONSILIUM_DATA). Nothing was compared.\n');
    process.exitCode = 1;
    return;
  }
  const rows = [];
  for (const one of CASES) {
    const { patient, sequence, features, sameMask, dice, medians } = await compareCase(one);
    const shown = CLASSES.map((name) => shortly(medians[name]));
    process.stdout.write(`${patient} ${sequence}: same mask, ${features} features, largest relative difference ${shortly(sameMask)}; RTSTRUCT, Dice ${shortly(dice)}, median relative difference ${CLASSES.map((name, i) => `${name} ${shown[i]}`).join(', ')}\n`);
    rows.push(`| ${[patient, sequence, shortly(sameMask), shortly(dice), ...shown].join(' | ')} |`);
  }
  const page = [
    '# DICOM images and contours', '',
    'Three patients of the soft-tissue sarcoma collection, by `npm run conformance`: their DICOM series and RTSTRUCT, beside the NIfTI image and mask that MIRP made of them. Features are those of the settings seed_bw25 (for PET with a bin width of 0.5).', '',
    '- **Same mask:** the largest relative difference of any feature between the DICOM image and the NIfTI image, both with the NIfTI mask.',
    "- **RTSTRUCT:** the overlap of the contours' region with the NIfTI mask (Dice), and per class the median relative difference of the features with the one and with the other, on the DICOM image; 1 and 0 where both programs fill the contours with the same voxels.", '',
    `| patient | sequence | same mask | Dice | ${CLASSES.join(' | ')} |`, `|---|---|${'---|'.repeat(CLASSES.length + 2)}`, ...rows, '',
  ];
  writeFileSync(join(root, 'docs', 'reference-dicom-conformance.md'), page.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
