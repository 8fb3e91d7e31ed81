import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface ManifestCase {
  readonly name: string;
  readonly image: string;
  readonly mask: string;
  readonly labels: readonly number[] | 'all' | null;
}

/** A manifest that cannot be used; the sentence names the row. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

const NAMES: Readonly<Record<string, readonly string[]>> = { name: ['case', 'id', 'patient', 'patientid', 'patient_id', 'subject'], image: ['image'], mask: ['mask'], label: ['label'] };

/** The cases of a manifest: a CSV with the columns case, image, mask and, if wanted, label. Paths are relative to the manifest. */
export async function readManifest(path: string): Promise<ManifestCase[]> {
  const [header = [], ...rows] = csvRows(await readFile(path, 'utf8'));
  const column = (wanted: string) => header.findIndex((name) => NAMES[wanted]!.includes(name.trim().toLowerCase()));
  const [name, image, mask, label] = [column('name'), column('image'), column('mask'), column('label')];
  if (image < 0 || mask < 0) throw new ManifestError('The manifest needs the columns case, image and mask in its first row.');
  const folder = dirname(resolve(path));
  const cases = rows.map((row, i): ManifestCase => {
    if (!row[image]?.trim() || !row[mask]?.trim()) throw new ManifestError(`Row ${i + 2} of the manifest has no image or no mask.`);
    return { name: (name >= 0 && row[name]?.trim()) || String(i + 1), image: resolve(folder, row[image].trim()), mask: resolve(folder, row[mask].trim()), labels: readLabels(label >= 0 ? (row[label] ?? '') : '', i + 2) };
  });
  const twice = cases.find(({ name: own }, i) => cases.findIndex((other) => other.name === own) < i);
  if (twice) throw new ManifestError(`The manifest names case ${twice.name} twice.`);
  return cases;
}

function readLabels(text: string, row: number): ManifestCase['labels'] {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (trimmed === 'all') return 'all';
  const labels = trimmed.split(/[\s;|]+/).map(Number);
  if (labels.some((label) => !Number.isSafeInteger(label) || label < 1)) throw new ManifestError(`Row ${row} of the manifest has a label that is not a whole number of 1 or more.`);
  return labels;
}

/** Rows of a CSV text (RFC 4180; comma or semicolon, by what the first row holds). Empty rows are left out. */
export function csvRows(text: string): string[][] {
  const separator = /^[^\n,]*;/.test(text) ? ';' : ',';
  const rows: string[][] = [];
  let [row, cell, quoted] = [[] as string[], '', false];
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    [row, cell] = [[], ''];
  };
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  for (let i = 0; i < source.length; i++) {
    const letter = source[i]!;
    if (quoted && letter === '"' && source[i + 1] === '"') cell += source[++i]!;
    else if (letter === '"') quoted = !quoted;
    else if (quoted || (letter !== separator && letter !== '\n')) cell += letter;
    else if (letter === separator) {
      row.push(cell);
      cell = '';
    } else endRow();
  }
  endRow();
  return rows;
}

/** A cell as CSV needs it. */
export const csvCell = (value: string | number): string => (/[",;\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
