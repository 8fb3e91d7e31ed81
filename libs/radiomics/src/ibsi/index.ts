import type { Volume } from '@consilium/imaging';
import { ibsiCase, type IbsiSettings } from './ibsi-case.js';
import { intensityFigures, localIntensity, type Tagged } from './intensity.js';
import { morphologyFigures } from './morphology.js';
import { processingFigures } from './processing.js';
import { textureFigures } from './texture.js';

export { ibsiCase, type IbsiCase, type IbsiDiscretisation, type IbsiRegion, type IbsiSettings } from './ibsi-case.js';

/**
 * Every figure of IBSI 1 that has a reference value, under the tag of its reference tables.
 *
 * @param dimensions which texture figures: by slices (2D, 2.5D), in the volume (3D)
 */
export function ibsiFigures(image: Volume, mask: Volume, settings: IbsiSettings, dimensions: readonly ('2D' | '3D')[]): Tagged {
  const prepared = ibsiCase(image, mask, settings);
  const { region } = prepared;
  return { ...processingFigures(prepared), ...morphologyFigures(region), ...localIntensity(region), ...intensityFigures(region, settings), ...textureFigures(region, settings, dimensions) };
}
