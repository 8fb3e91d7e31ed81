import { ImageFileError, listSeries, seriesOfProtocol } from '@consilium/imaging';
import { statSync } from 'node:fs';
import type { ImageCase } from './image-source.js';

/** The case with the series that a remembered protocol names, where its folder holds several and nobody chose for this patient. Any other case as it is. */
export async function withRememberedSeries({ protocols, ...files }: ImageCase): Promise<ImageCase> {
  if (protocols === undefined || files.series !== undefined || !statSync(files.image).isDirectory()) return files;
  try {
    const series = seriesOfProtocol((await listSeries(files.image)).series, protocols);
    return series === null ? files : { ...files, series, remembered: true };
  } catch (error) {
    // What is wrong with the folder is said where it is read.
    if (error instanceof ImageFileError) return files;
    throw error;
  }
}
