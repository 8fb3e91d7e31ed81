import { removeUnfinished, writeDurably } from '@consilium/operations';
import { extractionEngine } from '@consilium/federation';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caseResultSchema, type CaseOutcome } from './case-result.js';

/** What a case's features depend on, and nothing else. */
export interface CaseIdentity {
  readonly image: string;
  readonly mask: string;
  readonly label: number | null;
  readonly series?: string | undefined;
  /** Digest of settings, normalisation and scale. */
  readonly settings: string;
}

/** sha256 of image digest, mask digest, label, settings digest and engine, and of the series where one was chosen. */
export const caseKey = ({ image, mask, label, settings, series }: CaseIdentity): string =>
  createHash('sha256').update(JSON.stringify([image, mask, label, settings, extractionEngine, ...(series === undefined ? [] : [series])])).digest('hex');

/** One file a case, under its key, written whole: a kill at any instant loses the case at hand and no other. */
export class CaseStore {
  private readonly sound = new Set<string>();

  constructor(private readonly folder: string) {}

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await removeUnfinished(this.folder);
  }

  pathOf(key: string): string {
    return join(this.folder, `${key}.json`);
  }

  /** Whether the case has been measured. A damaged file is as good as none. */
  has(key: string): boolean {
    if (this.sound.has(key) && existsSync(this.pathOf(key))) return true;
    const whole = readCase(this.pathOf(key), key) !== undefined;
    if (whole) this.sound.add(key);
    return whole;
  }

  async keep(key: string, outcome: CaseOutcome): Promise<void> {
    await writeDurably(this.pathOf(key), JSON.stringify({ format: 1, key, outcome }));
    this.sound.add(key);
  }

  /** The case is measured again when it is asked for next. */
  async forget(key: string): Promise<void> {
    this.sound.delete(key);
    await rm(this.pathOf(key), { force: true });
  }

  read(key: string): CaseOutcome | undefined {
    return readCase(this.pathOf(key), key);
  }
}

/** The outcome in a file, when it is whole and of this key. */
export function readCase(path: string, key: string): CaseOutcome | undefined {
  try {
    const parsed = caseResultSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success && parsed.data.key === key ? parsed.data.outcome : undefined;
  } catch {
    return undefined;
  }
}
