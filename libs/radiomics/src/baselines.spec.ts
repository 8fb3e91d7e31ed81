import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { indexOfPoint, pointOfIndex, readNrrd, type Volume } from '@consilium/imaging';
import { beforeAll, describe, expect, it } from 'vitest';
import { extractFeatures, parseParameterFile } from './index.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const pyradiomics = `${shared}/pyradiomics`;

/** pyradiomics' own mesh in the unresampled column is off; why is not known to its authors either. */
const KNOWN_OFF = /^brain1:original_shape_(MeshVolume|SurfaceArea|Sphericity|SurfaceVolumeRatio)$/;

function readTable(file: string): string[][] {
  const cell = /(?:"([^"]*)"|([^,]*))(?:,|$)/y;
  return readFileSync(file, 'utf8').split(/\r?\n/).filter(Boolean).map((line) => {
    const cells: string[] = [];
    for (cell.lastIndex = 0; cell.lastIndex < line.length; ) {
      const match = cell.exec(line)!;
      cells.push(match[1] ?? match[2] ?? '');
    }
    return cells;
  });
}

/** Settings that later versions of pyradiomics no longer know. */
const FORGOTTEN = ['verbose', 'enableCExtensions', 'padFillValue', 'averagingDistances'];

function settingsOf(feature: string, text: string, imageTypes: string): string {
  const json = (python: string) => JSON.parse(python.replaceAll("'", '"').replaceAll('None', 'null').replaceAll('True', 'true').replaceAll('False', 'false')) as Record<string, unknown>;
  const setting = json(text);
  for (const name of FORGOTTEN) delete setting[name];
  return JSON.stringify({ setting, imageType: json(imageTypes), featureClass: { [feature]: null } });
}

/** The slice of a mask as a volume of its own. */
function sliceOf(mask: Volume, z: number): Volume {
  const plane = mask.size[0] * mask.size[1];
  return { ...mask, size: [mask.size[0], mask.size[1], 1], origin: pointOfIndex(mask, [0, 0, z]), data: mask.data.slice(z * plane, (z + 1) * plane) };
}

describe.skipIf(!existsSync(pyradiomics))('the baselines pyradiomics publishes, all variants of brain1 and brain2 (needs the shared data)', () => {
  const read = (name: string) => readNrrd(readFileSync(`${pyradiomics}/cases/${name}.nrrd`));
  let cases: ReadonlyMap<string, { image: Volume; mask: Volume }>;
  beforeAll(() => {
    cases = new Map(['brain1', 'brain2'].map((name) => [name, { image: read(`${name}_image`), mask: read(`${name}_label`) }]));
  });

  it.each(['shape', 'shape2D', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'])('%s', (feature) => {
    const table = readTable(`${pyradiomics}/baseline/baseline_${feature}.csv`);
    const row = (name: string) => table.find(([first]) => first === name)!;
    const misses: string[] = [];
    let compared = 0;
    table[0]!.forEach((variant, column) => {
      const known = [...cases].find(([name]) => variant.startsWith(name));
      if (!known) return;
      let { image, mask } = known[1];
      if (feature === 'shape2D') {
        const slice = Number(/\d+, \d+, (\d+)/.exec(row('diagnostics_Mask-corrected_BoundingBox')[column]!)![1]);
        mask = sliceOf(mask, slice);
        expect(Math.round(indexOfPoint(image, new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]), image.origin)[2])).toBe(0);
      }
      const text = settingsOf(feature, row('diagnostics_Configuration_Settings')[column]!, row('diagnostics_Configuration_EnabledImageTypes')[column]!);
      const { features } = extractFeatures(image, mask, parseParameterFile(text).settings);
      for (const cells of table) {
        if (!cells[0]!.startsWith('original') || !cells[column]) continue;
        const reference = Number(cells[column]);
        const value = features.find(({ name }) => name === cells[0])?.value ?? NaN;
        compared++;
        const close = Math.abs(value - reference) <= 1e-6 * Math.max(Math.abs(reference), 1e-9);
        if (close === KNOWN_OFF.test(`${variant}:${cells[0]}`)) misses.push(`${variant}:${cells[0]} got ${value}, expected ${reference}`);
      }
    });
    expect(compared).toBeGreaterThan(9);
    expect(misses, `${misses.length} of ${compared}`).toStrictEqual([]);
  });
});
