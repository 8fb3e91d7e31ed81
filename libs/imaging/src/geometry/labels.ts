import { ImageFileError } from '../image-file-error.js';
import { isInteger, type Volume } from '../volume.js';

/** More labels than this in one mask are worth a note: a parcellation, not a drawing of tumours. */
const MANY_LABELS = 10;
/** A label map has tens of labels; a file with more is an image. */
const MOST_LABELS = 4096;

/** Voxels of each label other than 0, in the order of the labels. Throws where a voxel is negative, fractional or not a number. */
export function labelsOf(mask: Pick<Volume, 'data' | 'pixelType'>): Map<number, number> {
  const counts = new Map<number, number>();
  const { data } = mask;
  const whole = isInteger(mask.pixelType);
  for (let i = 0; i < data.length; ) {
    const value = data[i];
    // Runs of one value, mostly of 0, are counted without a look-up for each voxel.
    let end = i + 1;
    while (end < data.length && data[end] === value) end++;
    if (value !== 0) {
      if (value < 0 || (!whole && !Number.isInteger(value))) throw new ImageFileError('labels', 'The mask has negative or fractional labels. It is probably a probability map or an image; export it as labels.');
      counts.set(value, (counts.get(value) ?? 0) + end - i);
      if (counts.size > MOST_LABELS) throw new ImageFileError('labels', `The mask has more than ${MOST_LABELS} labels. It is probably an image; choose the file of the mask.`);
    }
    i = end;
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/** Notes about a mask's labels. Throws where the label asked for is not there. */
export function checkLabels(counts: ReadonlyMap<number, number>, label: number | undefined): string[] {
  if (counts.size === 0) throw new ImageFileError('empty-roi', 'The mask is empty: every voxel is 0. Draw the region, or choose another file.');
  const present = [...counts.keys()];
  const list = present.length > 20 ? `${present.slice(0, 20).join(', ')}, …` : present.join(', ');
  if (label !== undefined && !counts.has(label)) throw new ImageFileError('empty-roi', `Label ${label} is not in the mask (labels present: ${list}).`);
  return present.length > MANY_LABELS ? [`The mask has ${present.length} labels; check which one is the tumour.`] : [];
}
