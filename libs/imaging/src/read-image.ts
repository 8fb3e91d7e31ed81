import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ImageFileError } from './image-file-error.js';
import { looksLikeMetaImage, readMetaImage } from './formats/meta-image.js';
import { looksLikeNifti, readNifti } from './formats/nifti.js';
import { looksLikeNrrd, readNrrd } from './formats/nrrd.js';
import type { SeriesList } from './dicom/read-series.js';
import type { NamedRegion } from './dicom/named-region.js';
import type { SeriesOptions } from './dicom/series-options.js';
import { fitMask } from './geometry/fit-mask.js';
import { isFolder, readBytes } from './read-file.js';
import type { Volume } from './volume.js';

export interface MaskOptions {
  /** The label that is read; the mask of a structure set gets it, or 1. Without it every label is kept. */
  readonly label?: number;
  /** The segment (DICOM SEG) or region (RTSTRUCT) by its name in the file. */
  readonly name?: string;
}

/**
 * An image from a file (NRRD, NIfTI, MetaImage, one DICOM file) or from a folder that holds a DICOM series. The kind is read from the bytes, not from the name. Throws ImageFileError with
 * a sentence that holds neither path nor patient data.
 */
export async function readImage(path: string, options: SeriesOptions = {}): Promise<Volume> {
  if (await isFolder(path)) return (await import('./dicom/read-series.js')).readSeries(path, options);
  const bytes = await readBytes(path);
  return (await readVolume(path, bytes)) ?? (await import('./dicom/read-series.js')).readSeriesFile(bytes, options);
}

/**
 * A mask on the image's grid: labels from NRRD, NIfTI, MetaImage or DICOM SEG; contours of an RTSTRUCT drawn on the grid. A folder that holds one DICOM file counts as the file. A mask on
 * another grid is resampled or refused as `fitMask` says; what was done stands in the mask's notes.
 */
export async function readMask(path: string, image: Volume, options: MaskOptions = {}): Promise<Volume> {
  const file = (await isFolder(path)) ? await (await import('./dicom/mask-folder.js')).maskFileIn(path) : path;
  const bytes = await readBytes(file);
  const volume = await readVolume(file, bytes);
  if (!volume) return (await import('./dicom/read-dicom-mask.js')).readDicomMask(bytes, image, options);
  if (options.name !== undefined) throw new ImageFileError('name', 'Only DICOM segmentations and structure sets name their regions. Choose a label of this mask.');
  return fitMask(image, volume, options.label).mask;
}

/** The volumes of a folder of DICOM files, with the ids that `readImage` takes as `series`. Their descriptions are for the hospital's own eyes. */
export async function listSeries(folder: string): Promise<SeriesList> {
  return (await import('./dicom/read-series.js')).listSeries(folder);
}

/** The named regions of a DICOM segmentation or structure set (a file, or the folder that holds it). Names are for the hospital's own eyes. */
export async function listRegions(path: string): Promise<readonly NamedRegion[]> {
  const file = (await isFolder(path)) ? await (await import('./dicom/mask-folder.js')).maskFileIn(path) : path;
  return (await import('./dicom/read-dicom-mask.js')).regionsOf(await readBytes(file));
}

/** The volume that the bytes of a file of one volume hold (NRRD, NIfTI, MetaImage); null for other files. Voxels that stand in a file beside it are read there. */
export async function readVolume(path: string, bytes: Uint8Array): Promise<Volume | null> {
  if (looksLikeNrrd(bytes)) return readNrrd(bytes);
  if (looksLikeMetaImage(bytes)) return readMetaImage(bytes, (name) => readBeside(path, name));
  if (looksLikeNifti(bytes)) return readNifti(bytes);
  return null;
}

async function readBeside(path: string, name: string): Promise<Uint8Array> {
  const beside = join(dirname(path), name);
  const found = await lstat(beside).catch(() => null);
  if (!found?.isFile()) throw new ImageFileError('missing', 'The file of voxels that the MetaImage header names is not beside it.');
  return readBytes(beside);
}
