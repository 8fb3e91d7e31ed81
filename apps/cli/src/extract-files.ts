import { open, rename, writeFile } from 'node:fs/promises';
import { looksLikeMetaImage, looksLikeNifti, looksLikeNrrd, readImage, readMask, type Volume } from '@consilium/imaging';
import type { FeatureTable } from '@consilium/radiomics';

/** Image and mask of a case. A mask that is one volume keeps its own grid: the settings say what happens when it is not the image's. */
export async function readCase(imagePath: string, maskPath: string): Promise<{ image: Volume; mask: Volume }> {
  const image = await readImage(imagePath);
  return { image, mask: (await isVolumeFile(maskPath)) ? await readImage(maskPath) : await readMask(maskPath, image) };
}

async function isVolumeFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0).catch(() => ({ buffer: Buffer.alloc(0), bytesRead: 0 }));
    const start = buffer.subarray(0, bytesRead);
    return looksLikeNrrd(start) || looksLikeNifti(start) || looksLikeMetaImage(start);
  } finally {
    await file.close();
  }
}

/** Labels of a mask other than 0, ascending. */
export function labelsIn({ data }: Volume): number[] {
  const found = new Set<number>();
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) found.add(data[i]!);
  return [...found].sort((a, b) => a - b);
}

/** A table of features under the label it belongs to; null when only one label was asked for. */
export interface LabelledTable {
  readonly label: number | null;
  readonly table: FeatureTable;
}

/** `feature,value`; with several labels the features' names begin with theirs. A figure that is not defined has no value. */
export function tablesAsCsv(tables: readonly LabelledTable[]): string {
  const lines = tables.flatMap(({ label, table }) => table.features.map(({ name, value }) => `${label === null ? '' : `label${label}_`}${name},${value ?? ''}`));
  return `feature,value\n${lines.join('\n')}\n`;
}

export function tablesAsJson(tables: readonly LabelledTable[], provenance: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ ...provenance, regions: tables.map(({ label, table }) => ({ ...(label === null ? {} : { label }), ...table })) }, null, 1)}\n`;
}

/** Whole or not at all: a reader never sees half a file. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
}
