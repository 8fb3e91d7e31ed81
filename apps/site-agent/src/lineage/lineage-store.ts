import type { Selection } from '@consilium/federation/site';
import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, digestSchema } from '@consilium/protocol';
import { modelsOf, type AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { unwritten } from '../folder/storage-trouble.js';

const lineageSchema = z.strictObject({
  format: z.literal(1),
  run: z.string().max(64),
  plan: digestSchema,
  title: z.string(),
  models: z.array(z.string()),
  /** When a row first trained. */
  since: z.iso.datetime(),
  /** Ascending 64-bit hashes of pseudonyms. */
  patients: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
});

/** Whose rows of this site trained the models of a run. Never sent. */
export interface Lineage {
  readonly run: string;
  readonly plan: string;
  readonly title: string;
  readonly models: readonly string[];
  readonly since: string;
  /** Hashes of pseudonyms. */
  readonly patients: ReadonlySet<bigint>;
}

export interface TrainedRun {
  readonly run: string;
  readonly plan: string;
  readonly analysis: AnalysisPlan;
}

const NAME = /^[0-9a-f]{32}\.json$/;

/**
 * Which patients of the site are among the training rows of each run, as hashes: a file a run in the folder `lineage`. On the disk before the contribution that rests on them is
 * sent, so that a patient who withdraws later is found in every model there is.
 */
export class LineageStore {
  private readonly lineages = new Map<string, Lineage & { readonly patients: Set<bigint> }>();
  private readonly seen = new Map<string, WeakSet<Selection>>();
  private readonly unsaved = new Set<string>();
  /** Counts what was added since the start. */
  version = 0;

  private constructor(private readonly folder: string) {}

  static open(folder: string): LineageStore {
    const store = new LineageStore(folder);
    // Sites made by an earlier release have no such folder yet.
    for (const name of existsSync(folder) ? readdirSync(folder).filter((one) => NAME.test(one)) : []) {
      const read = readLineage(join(folder, name));
      store.lineages.set(read.run, read);
    }
    return store;
  }

  /** In the order in which they were trained. */
  all(): Lineage[] {
    return [...this.lineages.values()].sort((a, b) => (a.since < b.since || (a.since === b.since && a.run < b.run) ? -1 : 1));
  }

  /** A contribution that rests on training rows is about to leave: `save` has to end before it does. */
  remember({ run, plan, analysis }: TrainedRun, selection: Selection, at: string): void {
    const models = modelsOf(analysis);
    if (models.length === 0 || this.seen.get(run)?.has(selection)) return;
    const known = this.lineages.get(run) ?? { run, plan, title: analysis.title, models, since: at, patients: new Set<bigint>() };
    const before = known.patients.size;
    for (const patient of selection.cohort) known.patients.add(patient);
    this.seen.set(run, (this.seen.get(run) ?? new WeakSet<Selection>()).add(selection));
    if (known.patients.size === before) return;
    this.lineages.set(run, known);
    this.unsaved.add(run);
    this.version++;
  }

  async save(): Promise<void> {
    for (const run of [...this.unsaved]) {
      this.unsaved.delete(run);
      const { patients, models, ...lineage } = this.lineages.get(run)!;
      const sorted = BigUint64Array.from(patients).sort();
      const text = JSON.stringify({ format: 1, ...lineage, models: [...models], patients: Buffer.from(sorted.buffer).toString('base64') } satisfies z.input<typeof lineageSchema>);
      await writeDurably(join(this.folder, `${createHash('sha256').update(run).digest('hex').slice(0, 32)}.json`), text).catch((cause: unknown) => {
        this.unsaved.add(run);
        throw unwritten('The record of training patients', cause);
      });
    }
  }
}

function readLineage(path: string): Lineage & { readonly patients: Set<bigint> } {
  try {
    const { format: _, patients, ...lineage } = lineageSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { ...lineage, patients: new Set(new BigUint64Array(Uint8Array.from(Buffer.from(patients, 'base64')).buffer)) };
  } catch (cause) {
    throw new ConsiliumError(agentErrors.storageTrouble, 'A record of training patients (folder lineage) is damaged. Nothing is sent without it. Put it back from a backup.', { cause });
  }
}
