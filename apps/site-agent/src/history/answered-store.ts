import type { DisclosureLimits } from '@consilium/federation';
import { CohortHistory, gateRefusal, type AnsweredRows, type CutsByOrder, type Selection } from '@consilium/federation/site';
import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, type Refusal } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { unwritten } from '../folder/storage-trouble.js';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const fileSchema = z.strictObject({
  format: z.literal(1),
  answered: z.array(z.strictObject({ kind: z.enum(['cohort', 'values']), rows: base64, columns: base64 })),
  /** Cuts shown, by the order of predictions; files of earlier releases have none. */
  cuts: z.record(z.string().regex(/^[0-9a-f]{64}$/), z.array(z.int().nonnegative())).default({}),
});

/**
 * The sets of patients that a site has answered about, over all plans and for as long as the folder lives, as hashes of pseudonyms. On the disk before an answer about
 * a new set is sent. A file that cannot be read stops the agent (E319): without it the rule of differences could not be held.
 */
export class AnsweredStore {
  private dirty = false;

  private constructor(
    private readonly path: string,
    private readonly history: CohortHistory,
  ) {}

  static open(path: string): AnsweredStore {
    if (!existsSync(path)) return new AnsweredStore(path, new CohortHistory());
    try {
      const { answered, cuts } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      return new AnsweredStore(path, new CohortHistory(answered.map(readEntry), new Map(Object.entries(cuts))));
    } catch (cause) {
      throw new ConsiliumError(agentErrors.storageTrouble, 'The record of answered cohorts (history.json) is damaged. Nothing is sent without it. Put it back from a backup.', { cause });
    }
  }

  get cohorts(): number {
    return this.history.cohorts;
  }

  /** For a rehearsal: the same sets, and what the rehearsal adds is forgotten. */
  copy(): CohortHistory {
    return new CohortHistory(this.history.entries, this.history.cuts);
  }

  get cuts(): CutsByOrder {
    return this.history.cuts;
  }

  /** Why an answer about these patients must not leave; otherwise they are remembered, and `save` has to end before it does. */
  judge(step: string, { selection, cuts }: { readonly selection: Selection; readonly cuts?: CutsByOrder | undefined }, { minimumDifference }: DisclosureLimits): Refusal | undefined {
    const breach = this.history.breachOf(selection, minimumDifference);
    if (breach) return gateRefusal({ name: step }, breach);
    if (this.history.remember(selection)) this.dirty = true;
    if (cuts && this.history.rememberCuts(cuts)) this.dirty = true;
    return undefined;
  }

  async save(): Promise<void> {
    if (!this.dirty) return;
    this.dirty = false;
    const answered = this.history.entries.map(({ kind, rows, columns }) => ({ kind, rows: toBase64(rows), columns: toBase64(Uint32Array.from(columns)) }));
    await writeDurably(this.path, JSON.stringify({ format: 1, answered, cuts: Object.fromEntries(this.history.cuts) })).catch((cause: unknown) => {
      this.dirty = true;
      throw unwritten('The record of answered cohorts', cause);
    });
  }
}

const toBase64 = (values: BigUint64Array | Uint32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

function readEntry({ kind, rows, columns }: z.infer<typeof fileSchema>['answered'][number]): AnsweredRows {
  const bytes = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer;
  return { kind, rows: new BigUint64Array(bytes(rows)), columns: new Set(new Uint32Array(bytes(columns))) };
}
