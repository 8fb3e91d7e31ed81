import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage, writeNrrd } from '@consilium/imaging';
import { slice, writeDicom, type Elements } from '@consilium/imaging/testing';

const [ROWS, COLUMNS, SLICES] = [8, 8, 4];

export interface DicomPatient {
  readonly id: string;
  readonly seed: number;
  /** Tags beside those that make the image. */
  readonly tags: Elements;
  /** Name of each file before its number. */
  readonly fileName: string;
  /** What is wrong with it. */
  readonly harm?: 'torn' | 'nested' | 'unreadable';
}

/** A series of small DICOM files and the mask drawn on it, where folders of agent.json expect them: ROOT/ID/MR/image and ROOT/ID/MR/mask.nrrd. */
export async function writeDicomPatient(root: string, { id, seed, tags, fileName, harm }: DicomPatient): Promise<void> {
  const folder = join(root, id, 'MR');
  const series = join(folder, 'image');
  await mkdir(series, { recursive: true });
  for (let z = 0; z < SLICES; z++) {
    const pixels = Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * (31 + 2 * seed) + 17 * z) % 200);
    const whole = writeDicom(slice({ z, rows: ROWS, columns: COLUMNS, pixels, patient: id, more: harm === 'nested' ? nested(tags) : tags }), harm === 'unreadable' ? { syntax: id } : {});
    await writeFile(join(series, `${fileName}-${z}.dcm`), harm === 'torn' ? whole.subarray(0, whole.length - 40) : whole);
  }
  if (harm) {
    await writeFile(join(folder, 'mask.nrrd'), tags.map(([, , value]) => String(value)).join());
    return;
  }
  const image = await readImage(series);
  const mask = new Uint8Array(ROWS * COLUMNS * SLICES).map((_, i) => (i % COLUMNS > 1 && i % COLUMNS < 7 && Math.floor(i / COLUMNS) % ROWS > 1 ? 1 : 0));
  await writeFile(join(folder, 'mask.nrrd'), await writeNrrd({ ...image, pixelType: 'uint8', data: mask }));
}

function nested(tags: Elements): Elements {
  let inner = tags;
  for (let depth = 0; depth < 300; depth++) inner = [[0x0040a730, 'SQ', [inner]]];
  return inner;
}
