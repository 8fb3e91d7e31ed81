import { ImageFileError } from '../image-file-error.js';
import type { Frame, Instance, Scale } from './instance.js';
import type { Intensities } from './series-options.js';

const IDENTITY: Scale = { slope: 1, intercept: 0 };

/**
 * What a stored value SV of a slice means. Display: DV = SV · RS + RI. Philips: FP = DV / (RS · SS), with SS of (2005,100E), the one of its three scales that makes scans comparable
 * (Chenevert et al., Transl Oncol 2014, 7:65). Real world: the slope and intercept of the first Real World Value Mapping.
 */
export function scaleOf(instance: Instance, frame: Frame, intensities: Intensities): Scale {
  const display = frame.rescale ?? IDENTITY;
  if (intensities === 'display') return display;
  if (intensities === 'real-world') {
    if (!frame.realWorld) throw new ImageFileError('scale', 'The series maps no real-world values. Read it as displayed, or export it with its Real World Value Mapping.');
    return frame.realWorld;
  }
  if (!instance.philips || frame.philipsSlope === null || !(frame.philipsSlope > 0) || display.slope === 0) {
    throw new ImageFileError('scale', 'Philips’ private scale (2005,100E) is not in the series; de-identification may have removed it. Export it keeping safe private tags.');
  }
  const factor = 1 / (display.slope * frame.philipsSlope);
  return { slope: display.slope * factor, intercept: display.intercept * factor };
}

/** What a reader of the intensities should know. */
export function scaleNotes({ philips, modality, units }: Instance, frames: readonly Frame[], intensities: Intensities): string[] {
  const notes: string[] = [];
  const [first] = frames as [Frame];
  const one = frames.every(({ rescale }) => rescale?.slope === first.rescale?.slope && rescale?.intercept === first.rescale?.intercept);
  if (!one) notes.push('The slices have different rescale slopes; each was scaled by its own.');
  if (philips && modality === 'MR' && intensities === 'display') {
    notes.push(first.philipsSlope === null ? 'Philips’ private scale is missing: intensities of different scans cannot be compared without normalisation.' : 'Philips display values are read; their scale differs between scans.');
  }
  if (modality === 'PT' && units !== null && units !== 'GML') notes.push('The PET values are not standardised uptake values.');
  return notes;
}
