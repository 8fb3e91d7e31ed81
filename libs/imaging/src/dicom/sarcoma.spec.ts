import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listRegions, readImage, readMask, readNifti, type Volume } from '../index.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const cases = ['STS_002', 'STS_003', 'STS_008'].flatMap((patient) => (['MR_T1', 'PET'] as const).map((sequence) => ({ patient, sequence, dice: sequence === 'PET' ? 0.95 : 0.98 })));

const bytesOf = ({ data }: Volume): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const dice = (a: Volume['data'], b: Volume['data']): number => {
  let [inA, inB, both] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i]) inA++;
    if (b[i]) inB++;
    if (a[i] && b[i]) both++;
  }
  return (2 * both) / (inA + inB);
};

describe.skipIf(!existsSync(`${shared}/sts-dicom`))('DICOM series beside the NIfTI files made of them by MIRP (needs the shared data)', () => {
  it.each(cases)('$patient $sequence: the same voxels at the same places, and the region of the RTSTRUCT', async ({ patient, sequence, dice: least }) => {
    const folder = `${shared}/sts-dicom/${patient}/${sequence}`;
    const image = await readImage(`${folder}/image`);
    const [pair, pairMask] = (['image', 'mask'] as const).map((what) => readNifti(readFileSync(`${shared}/sts/${patient}/${sequence}_${what}.nii.gz`))) as [Volume, Volume];

    // The same to the last bit, and so are the features: PET slices are stored in 16 bits with a slope each, its pair in the same standardised uptake values.
    for (const field of ['size', 'spacing', 'origin'] as const) expect(image[field]).toStrictEqual(pair[field]);
    expect(Array.from(image.direction)).toStrictEqual(Array.from(pair.direction));
    expect(image.pixelType).toBe('float32');
    expect(Buffer.compare(bytesOf(image), bytesOf(pair))).toBe(0);

    const [region] = await listRegions(`${folder}/mask`);
    const mask = await readMask(`${folder}/mask`, image, { name: region!.name });
    expect(dice(mask.data, pairMask.data)).toBeGreaterThanOrEqual(least);
    const fromNifti = await readMask(`${shared}/sts/${patient}/${sequence}_mask.nii.gz`, image, { label: 1 });
    expect(fromNifti.notes?.join() ?? '').toBe('');
    expect(Buffer.compare(bytesOf(fromNifti), bytesOf(pairMask))).toBe(0);
  });

  it('one slice taken away is named by its gap', async () => {
    const { folderOf } = await import('../fixtures/folder.js');
    const from = `${shared}/sts-dicom/STS_008/MR_T1/image`;
    const names = Array.from({ length: 28 }, (_, i) => `${String(i).padStart(6, '0')}.dcm`).filter((_, i) => i !== 11);
    const { path, remove } = folderOf(Object.fromEntries(names.map((name) => [name, readFileSync(`${from}/${name}`)])));
    try {
      await expect(readImage(path)).rejects.toThrow(/^27 of 28 slices found: gap of 6\.5 mm between slices \d+ and \d+ \(expected 3\.3\)\. Export the series from the PACS again\.$/);
    } finally {
      remove();
    }
  });

  it('the mask of another patient is refused', async () => {
    const image = await readImage(`${shared}/sts-dicom/STS_008/MR_T1/image`);
    await expect(readMask(`${shared}/sts-dicom/STS_002/MR_T1/mask`, image)).rejects.toThrow('The mask refers to another series, in another frame of reference.');
    await expect(readMask(`${shared}/sts/STS_002/MR_T1_mask.nii.gz`, image)).rejects.toThrow(/^Mask 115×90×35 does not fit image 77×79×28 and lies \d+ mm away\. Was it drawn on another series\?$/);
  });
});
