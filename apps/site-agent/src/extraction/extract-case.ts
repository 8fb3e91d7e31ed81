import { ImageFileError, readImage, readMask } from '@consilium/imaging';
import { extractFeatures, LANDMARK_PERCENTILES, normaliseIntensity, parseParameterFile, standardLandmarks, type IntensityFigures } from '@consilium/radiomics';
import type { CaseExtractor, CaseOutcome, CaseTask, RefusedCase } from './case-result.js';

/** Reads and measures one case here. What cannot be measured is an outcome with its kind and a sentence without path or patient. */
export async function extractCase({ image: imagePath, mask: maskPath, label, series, settings: text, intensity }: CaseTask, onRead: () => void = () => undefined): Promise<CaseOutcome> {
  try {
    const { settings } = parseParameterFile(text);
    const region = label ?? settings.preparation.label;
    const read = await readImage(imagePath, series === undefined ? {} : { series });
    const mask = await readMask(maskPath, read, { label: region });
    onRead();
    if (intensity?.kind === 'landmarks') return landmarkOutcome(standardLandmarks(read, mask, region));
    const normalised = intensity ? normaliseIntensity(read, { mask, label: region }, intensity) : null;
    const { features, notes, region: { greyLevels } } = extractFeatures(normalised?.image ?? read, mask, settings, { label: region });
    const measured = { names: features.map(({ name }) => name), values: features.map(({ value }) => value), greyLevels, notes: [...notes] };
    return normalised === null ? measured : { ...measured, intensities: { before: inOrder(normalised.before), after: inOrder(normalised.after) } };
  } catch (error) {
    if (error instanceof ImageFileError) return { refused: error.kind, sentence: error.message };
    if (error instanceof RangeError && /allocation|array length|buffer/i.test(error.message)) return outOfMemory;
    throw error;
  }
}

/** As federation's intensityFigures. */
const inOrder = ({ lowerQuartile, median, upperQuartile, regionMean }: IntensityFigures): number[] => [lowerQuartile, median, upperQuartile, regionMean];

const landmarkOutcome = (landmarks: Float64Array): CaseOutcome => ({ names: LANDMARK_PERCENTILES.map((percent) => `percentile-${percent}`), values: [...landmarks], greyLevels: null, notes: [] });

export const outOfMemory: RefusedCase = { refused: 'memory', sentence: 'The case needs more memory than the agent may use. Crop the image around the region.' };

/** Measures in the agent's own thread, for tests and small sites. */
export const inlineCaseExtractor: CaseExtractor = {
  async extract(task, signal) {
    signal.throwIfAborted();
    return extractCase(task);
  },
  close: async () => undefined,
};
