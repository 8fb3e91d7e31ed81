import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, decodeValue, digestSchema, type Value } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Published models of runs, each a file named by the sha256 of its bytes. They hold no patient data; losing them costs one question. */
export class ArtefactStore {
  private readonly values = new Map<string, Value>();

  constructor(private readonly folder: string) {}

  has(digest: string): boolean {
    return this.values.has(digest) || (digestSchema.safeParse(digest).success && existsSync(join(this.folder, digest)));
  }

  /** The value of an artefact, or undefined where it is absent or does not match its name. */
  get(digest: string): Value | undefined {
    const known = this.values.get(digest);
    if (known !== undefined || !this.has(digest)) return known;
    const bytes = readFileSync(join(this.folder, digest));
    if (sha256(bytes) !== digest) return undefined;
    const value = decodeValue(bytes);
    this.values.set(digest, value);
    return value;
  }

  async put(digest: string, bytes: Uint8Array): Promise<void> {
    if (sha256(bytes) !== digest) throw new ConsiliumError(agentErrors.artefactAltered);
    await writeDurably(join(this.folder, digest), bytes);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
