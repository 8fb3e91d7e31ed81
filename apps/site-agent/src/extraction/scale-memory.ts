import { LANDMARKS, type IntensityScale } from '@consilium/federation';
import { writeDurably } from '@consilium/operations';
import type { ExtractOptions } from '@consilium/study';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const scaleSchema = z.array(z.strictObject({ sequence: z.string(), landmarks: z.array(z.number()).length(LANDMARKS) }));
const memorySchema = z.strictObject({ format: z.literal(1), scales: z.record(z.string(), scaleSchema) });

/**
 * The scale of intensities that each plan's extraction was last asked with, over restarts of the agent, so that people at the site see which cases are measured. Nothing
 * is computed from it: every question names its scale.
 */
export class ScaleMemory {
  private known: Map<string, IntensityScale> | undefined;

  /** Null: only as long as the agent runs. */
  constructor(private readonly path: string | null) {}

  of(extract: ExtractOptions): IntensityScale | null {
    return this.scales().get(nameOf(extract)) ?? null;
  }

  async keep(extract: ExtractOptions, scale: IntensityScale): Promise<void> {
    const [scales, name] = [this.scales(), nameOf(extract)];
    const same = textOf(scale) === textOf(scales.get(name));
    scales.set(name, scale);
    if (!same && this.path !== null) await writeDurably(this.path, JSON.stringify({ format: 1, scales: Object.fromEntries([...scales].map(([key, one]) => [key, plain(one)])) }));
  }

  private scales(): Map<string, IntensityScale> {
    return (this.known ??= this.path === null || !existsSync(this.path) ? new Map<string, IntensityScale>() : parsed(readFileSync(this.path, 'utf8')));
  }
}

const nameOf = (extract: ExtractOptions): string => createHash('sha256').update(JSON.stringify(extract)).digest('hex');
const plain = ({ sequences }: IntensityScale) => sequences.map(({ sequence, landmarks }) => ({ sequence, landmarks: [...landmarks] }));
const textOf = (scale: IntensityScale | undefined): string => (scale === undefined ? '' : JSON.stringify(plain(scale)));

/** Of a damaged file nothing: what it says is shown and no more, and the next question brings it back. */
function parsed(text: string): Map<string, IntensityScale> {
  try {
    const { scales } = memorySchema.parse(JSON.parse(text));
    return new Map(Object.entries(scales).map(([name, sequences]) => [name, { sequences: sequences.map(({ sequence, landmarks }) => ({ sequence, landmarks: Float64Array.from(landmarks) })) }]));
  } catch {
    return new Map<string, IntensityScale>();
  }
}
