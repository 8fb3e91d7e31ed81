import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CASES, CLASSES, compareCase } from './dicom.mjs';

const data = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(`${data}/sts-dicom`))('DICOM images and contours (needs the shared data)', () => {
  it.each(CASES.filter(({ patient }) => patient === 'STS_008'))('$patient $sequence: with the same mask every feature is that of the NIfTI image; with the contours of the RTSTRUCT it is near', async (one) => {
    const { features, sameMask, dice, medians } = await compareCase(one);
    expect(features).toBe(1834);
    expect(sameMask).toBeLessThanOrEqual(1e-4);
    expect(dice).toBeGreaterThanOrEqual(one.sequence === 'PET' ? 0.95 : 0.98);
    expect(CLASSES.filter((name) => !Number.isFinite(medians[name]))).toStrictEqual([]);
  });
});
