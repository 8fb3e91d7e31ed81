import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageFileError } from '../image-file-error.js';
import { readBytes } from '../read-file.js';
import { describeInstance, type Frame, type Instance, type Unusable } from './instance.js';
import { looksLikeDicom, parseDicom } from './parse.js';
import type { Slice } from './stack.js';

/** Where the bytes of an image file come from, each time they are needed. */
export interface FileSource {
  readonly instance: Instance;
  readonly bytes: () => Promise<Uint8Array>;
}

/** Slices of one volume, not yet in order. */
export interface Group {
  /** Twelve hexadecimal digits: the same for the same files, and no identifier of anyone. */
  readonly id: string;
  readonly instance: Instance;
  readonly first: Frame;
  readonly slices: Slice[];
}

export interface Found {
  readonly files: FileSource[];
  readonly unusable: ReadonlyMap<Unusable, number>;
}

const MOST_FILES = 50_000;
const DEEPEST_FOLDER = 16;

/** Every DICOM image below a folder; links are not followed, and files of other kinds are passed over. */
export async function imagesBelow(folder: string): Promise<Found> {
  const files: FileSource[] = [];
  const unusable = new Map<Unusable, number>();
  for (const path of await filesBelow(folder)) {
    const bytes = await readBytes(path);
    if (!looksLikeDicom(bytes)) continue;
    const described = describeInstance(parseDicom(bytes));
    if (typeof described === 'string') unusable.set(described, (unusable.get(described) ?? 0) + 1);
    else files.push({ instance: described, bytes: () => readBytes(path) });
  }
  return { files, unusable };
}

export async function filesBelow(folder: string, depth = 0, found: string[] = []): Promise<string[]> {
  if (depth > DEEPEST_FOLDER) throw new ImageFileError('folder', `The folder is more than ${DEEPEST_FOLDER} folders deep. Name the folder of one series.`);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new ImageFileError('unreadable', 'The folder cannot be read. Check who may read it.');
  });
  // By name, so that the same folder gives the same result on every file system.
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) await filesBelow(join(folder, entry.name), depth + 1, found);
    else if (entry.isFile() && entry.name !== 'DICOMDIR') found.push(join(folder, entry.name));
    if (found.length > MOST_FILES) throw new ImageFileError('folder', `The folder holds more than ${MOST_FILES} files. Name the folder of one series.`);
  }
  return found;
}

/** Splits images into volumes: by series, size, orientation, echo, b-value, direction, image type, phase and stack. A DICOM series is not always one volume. */
export function groupSlices(files: readonly FileSource[]): Group[] {
  const groups = new Map<string, Group[]>();
  files.forEach(({ instance }, file) => {
    for (const frame of instance.frames) {
      const key = [instance.seriesInstanceUid, instance.format.rows, instance.format.columns, frame.key].join('|');
      const alike = groups.get(key) ?? [];
      groups.set(key, alike);
      let group = alike.find(({ first }) => sameOrientation(first, frame));
      if (!group) {
        const id = createHash('sha256').update(`${key}|${frame.orientation?.map((x) => x.toFixed(3)).join('\\') ?? ''}`).digest('hex').slice(0, 12);
        alike.push((group = { id, instance, first: frame, slices: [] }));
      }
      group.slices.push({ file, frame });
    }
  });
  return [...groups.values()].flat();
}

const sameOrientation = (a: Frame, b: Frame): boolean =>
  a.orientation === null || b.orientation === null ? a.orientation === b.orientation : a.orientation.every((x, i) => Math.abs(x - b.orientation![i]) < 1e-3);
