import { ImageFileError } from '../image-file-error.js';
import { readBytes } from '../read-file.js';
import { looksLikeDicom, parseDicom } from './parse.js';
import { describeInstance } from './instance.js';
import { filesBelow } from './series-files.js';

/** The one mask of a folder: its only file, or its only DICOM segmentation or structure set. */
export async function maskFileIn(folder: string): Promise<string> {
  const files = await filesBelow(folder);
  if (files.length === 1) return files[0];
  const masks: string[] = [];
  for (const path of files) {
    const bytes = await readBytes(path);
    if (looksLikeDicom(bytes) && describeInstance(parseDicom(bytes)) === 'mask') masks.push(path);
  }
  if (masks.length === 1) return masks[0];
  throw new ImageFileError('folder', `The folder holds ${masks.length === 0 ? 'no' : masks.length} segmentations or structure sets. Name the file of the mask.`);
}
