import type { Volume } from '@consilium/imaging';
import type { ExtractedFeature } from '@consilium/radiomics';
import { type AnalysisPlan, withExtracted } from '@consilium/study';
import { CommandRefused } from './refusal.js';

/** Voxels along each side of an invented image that all filters accept. */
const SIDE = 24;

/**
 * The plan with the columns its extraction will make: the settings are read as every site will read them, and the features counted on an invented image.
 * Mistakes in the settings refuse the command.
 */
export async function withCountedFeatures(plan: AnalysisPlan): Promise<AnalysisPlan> {
  if (!plan.extract) return plan;
  const { extractFeatures, ParameterFileError, parseParameterFile } = await import('@consilium/radiomics');
  const { featureColumn } = await import('@consilium/federation');
  const extracted = plan.extract.sequences.map(({ sequence, settings: text }) => {
    try {
      const { settings } = parseParameterFile(text);
      const { label } = settings.preparation;
      const { features } = extractFeatures(...inventedCase(label), settings);
      return { sequence, columns: features.map(({ name }: ExtractedFeature) => featureColumn(sequence, name)) };
    } catch (error) {
      if (!(error instanceof ParameterFileError)) throw error;
      throw new CommandRefused(`The extraction settings of ${sequence} have mistakes.\n${error.message}`);
    }
  });
  return withExtracted(plan, extracted);
}

function inventedCase(label: number): [Volume, Volume] {
  const grid = { size: [SIDE, SIDE, SIDE] as const, spacing: [1, 1, 1] as const, origin: [0, 0, 0] as const, direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
  const inside = (i: number) => [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)].every((at) => at >= 8 && at < 16);
  const image = { ...grid, pixelType: 'int16' as const, data: new Int16Array(SIDE ** 3).map((_, i) => (i * 37) % 101) };
  const mask = { ...grid, pixelType: 'uint16' as const, data: new Uint16Array(SIDE ** 3).map((_, i) => (inside(i) ? label : 0)) };
  return [image, mask];
}
