import { bestSlices, ImageFileError, labelsOf, likelySeries, listSeries, readImage, readMask, regionFindings, type Plane, type Volume } from '@consilium/imaging';
import { statSync } from 'node:fs';
import { z } from 'zod';
import type { ImageCase } from '../images/image-source.js';

const tripleSchema = z.tuple([z.number(), z.number(), z.number()]);

/** Something to know of a case: by its kind, and in a sentence of the reader. */
const flagSchema = z.strictObject({ kind: z.string(), severity: z.enum(['refuse', 'flag', 'note']), sentence: z.string() });

/** A series of the image's folder, as the scanner described it. */
const candidateSchema = z.strictObject({ id: z.string(), modality: z.string(), number: z.number().nullable(), description: z.string().nullable(), scanner: z.string().nullable(), protocol: z.string(), slices: z.int(), size: z.tuple([z.int(), z.int()]), bValue: z.number().nullable(), lossy: z.boolean() });

export const caseQualitySchema = z.strictObject({
  format: z.literal(2),
  flags: z.array(flagSchema),
  /** Null where the image cannot be read. */
  image: z.strictObject({ size: tripleSchema, spacing: tripleSchema, notes: z.array(z.string()) }).nullable(),
  /** Null where the image is a file. */
  series: z.strictObject({ chosen: z.string().nullable(), by: z.enum(['hospital', 'remembered', 'only', 'nobody']), candidates: z.array(candidateSchema) }).nullable(),
  region: z.strictObject({ label: z.int(), labels: z.array(z.int()), voxels: z.int(), millilitres: z.number(), notes: z.array(z.string()), slices: z.strictObject({ axial: z.int(), coronal: z.int(), sagittal: z.int() }) }).nullable(),
});

export type CaseQuality = z.infer<typeof caseQualitySchema>;
export type CaseFlag = z.infer<typeof flagSchema>;

const DEFAULT_LABEL = 1;

export const labelOf = ({ label }: Pick<ImageCase, 'label'>): number => label ?? DEFAULT_LABEL;

export interface OpenedCase {
  readonly image: Volume;
  readonly mask: Volume | null;
  readonly refusal: CaseFlag | null;
}

/** Image and mask on one grid. A mask that cannot be used leaves the image and says why. */
export async function openCase({ image: imagePath, mask: maskPath, label, series }: ImageCase): Promise<OpenedCase | CaseFlag> {
  try {
    const image = await readImage(imagePath, series === undefined ? {} : { series });
    try {
      return { image, mask: await readMask(maskPath, image, { label: labelOf({ label }) }), refusal: null };
    } catch (error) {
      return { image, mask: null, refusal: refusalOf(error) };
    }
  } catch (error) {
    return refusalOf(error);
  }
}

export async function caseQuality(files: ImageCase, opened: OpenedCase | CaseFlag): Promise<CaseQuality> {
  const series = await seriesOf(files);
  if ('kind' in opened) return { format: 2, flags: [opened], image: null, series, region: null };
  const { image, mask, refusal } = opened;
  const label = labelOf(files);
  const flags = [...(refusal ? [refusal] : []), ...(mask ? regionFindings(image, mask, label).map(({ kind, severity, sentence }) => ({ kind, severity, sentence })) : [])];
  return {
    format: 2,
    flags,
    image: { size: [...image.size] as [number, number, number], spacing: [...image.spacing] as [number, number, number], notes: [...(image.notes ?? [])] },
    series,
    region: mask ? regionOf(mask, label) : null,
  };
}

function regionOf(mask: Volume, label: number): NonNullable<CaseQuality['region']> {
  const labels = labelsOf(mask);
  const voxels = labels.get(label) ?? 0;
  const [x, y, z] = mask.spacing;
  const slices: Record<Plane, number> = { ...bestSlices(mask, label) };
  return { label, labels: [...labels.keys()].sort((a, b) => a - b), voxels, millilitres: (voxels * x * y * z) / 1000, notes: [...(mask.notes ?? [])], slices };
}

/** The series of the image's folder, and which of them the image is: the one chosen at this site, for this patient or for its scanner, else the only one of several slices. */
async function seriesOf({ image, series: wanted, remembered }: ImageCase): Promise<CaseQuality['series']> {
  if (!statSync(image).isDirectory()) return null;
  const { series } = await listSeries(image);
  if (series.length === 0) return null;
  const likely = likelySeries(series);
  const by = wanted !== undefined ? (remembered ? 'remembered' : 'hospital') : likely.length === 1 ? 'only' : 'nobody';
  const chosen = wanted ?? (by === 'only' ? likely[0]!.id : null);
  return { chosen, by, candidates: series.map(({ id, modality, seriesNumber, description, scanner, protocol, slices, size, bValue, lossy }) => ({ id, modality, number: seriesNumber, description, scanner, protocol, slices, size: [...size] as [number, number], bValue, lossy })) };
}

function refusalOf(error: unknown): CaseFlag {
  if (error instanceof ImageFileError) return { kind: error.kind, severity: 'refuse', sentence: error.message };
  if (error instanceof RangeError && /allocation|array length|buffer/i.test(error.message)) return { kind: 'memory', severity: 'refuse', sentence: 'The case needs more memory than the agent may use. Crop the image around the region.' };
  throw error;
}
