import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseTask, RefusedCase } from './case-result.js';

/** How long one case may take before the next has its turn. */
export interface CaseLimits {
  /** To read image and mask: so long, and a second more for every four mebibytes of files. */
  readonly readingSeconds: number;
  /** Reading and measuring together. */
  readonly caseMinutes: number;
}

export const usualCaseLimits: CaseLimits = { readingSeconds: 30, caseMinutes: 120 };

const BYTES_A_SECOND = 4 * 2 ** 20;

/** Milliseconds that the files of a case may take to be read. Files that inflate or nest without end are small. */
export function readingMilliseconds({ image, mask }: Pick<CaseTask, 'image' | 'mask'>, { readingSeconds }: CaseLimits): number {
  return 1000 * (readingSeconds + (bytesOf(image) + bytesOf(mask)) / BYTES_A_SECOND);
}

function bytesOf(path: string): number {
  const one = statSync(path, { throwIfNoEntry: false });
  if (!one?.isDirectory()) return one?.size ?? 0;
  return readdirSync(path).reduce((total, name) => total + (statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

export const wholeMilliseconds = ({ caseMinutes }: CaseLimits): number => 60_000 * caseMinutes;

export const tooLongToRead: RefusedCase = { refused: 'time', sentence: 'The files of the case took too long to be read. Copy them again from their source, or convert them to another format.' };

export const tooLongToMeasure = ({ caseMinutes }: CaseLimits): RefusedCase => ({
  refused: 'time',
  sentence: `The case took longer than ${caseMinutes} ${caseMinutes === 1 ? 'minute' : 'minutes'}. Crop the image around the region.`,
});
