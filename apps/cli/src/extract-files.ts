import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { readImage, readMask, readVolume, type Volume } from '@consilium/imaging';
import type { FeatureTable } from '@consilium/radiomics';

/** Image and mask of a case. A mask that is one volume keeps its own grid: the settings say what happens when it is not the image's. */
export async function readCase(imagePath: string, maskPath: string): Promise<{ image: Volume; mask: Volume }> {
  const image = (await volumeOf(imagePath)) ?? (await readImage(imagePath));
  return { image, mask: (await volumeOf(maskPath)) ?? (await readMask(maskPath, image)) };
}

/** The volume of a file that holds one, read without giving way to other work: beside threads that start, a file that is waited for comes late. Null where there is none; the reader of all kinds says why. */
async function volumeOf(path: string): Promise<Volume | null> {
  const bytes = bytesAtOnce(path);
  return bytes && readVolume(path, bytes);
}

function bytesAtOnce(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
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
