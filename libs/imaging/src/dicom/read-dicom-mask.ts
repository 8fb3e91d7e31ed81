import { ImageFileError } from '../image-file-error.js';
import type { MaskOptions } from '../read-image.js';
import type { Volume } from '../volume.js';
import { SEGMENTATION_CLASSES, STRUCTURE_SET_CLASS } from './instance.js';
import type { NamedRegion } from './named-region.js';
import { parseDicom, type DicomFile } from './parse.js';
import { readSegmentation, segmentsOf } from './segmentation.js';
import { readStructureSet, regionsOfStructureSet } from './structure-set.js';
import { TAG } from './tags.js';

/** The mask of a DICOM SEG or RTSTRUCT on the image's grid. */
export async function readDicomMask(bytes: Uint8Array, image: Volume, options: MaskOptions): Promise<Volume> {
  const file = parseDicom(bytes);
  return kindOf(file) === 'segmentation' ? readSegmentation(file, image, options) : readStructureSet(file.dataSet, image, options);
}

export function regionsOf(bytes: Uint8Array): readonly NamedRegion[] {
  const file = parseDicom(bytes);
  const regions: readonly NamedRegion[] = kindOf(file) === 'segmentation' ? segmentsOf(file.dataSet) : regionsOfStructureSet(file.dataSet);
  return regions.map(({ number, name }) => ({ number, name }));
}

function kindOf({ dataSet }: DicomFile): 'segmentation' | 'structure-set' {
  const sopClass = dataSet.string(TAG.sopClassUid) ?? '';
  if (SEGMENTATION_CLASSES.has(sopClass)) return 'segmentation';
  if (sopClass === STRUCTURE_SET_CLASS) return 'structure-set';
  throw new ImageFileError('format', 'The DICOM file is neither a segmentation nor a structure set. Choose the file of the mask.');
}
