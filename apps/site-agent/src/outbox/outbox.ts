import type { ContributionKey } from '@consilium/protocol';
import { syncFolder } from '@consilium/operations';
import type { Clock } from '@consilium/secure-channel';
import { ftruncateSync, writeSync } from 'node:fs';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { unwritten } from '../folder/storage-trouble.js';
import { readPart, readSlot, writeSlot, type KeptPart, type ReadSlot } from './outbox-slot.js';

/** A contribution that is computed and not known to be settled. */
export interface Unsettled extends ContributionKey {
  readonly digest: string;
  readonly asked: string;
  readonly plan: string;
  /** When it was put here, ISO 8601. */
  readonly at: string;
}

interface Slot {
  readonly handle: FileHandle;
  readonly name: string;
  content: ReadSlot | null;
  /** Bytes of its file. */
  size: number;
  /** Parts that are not settled. */
  open: number;
}

interface Place {
  readonly slot: Slot;
  readonly index: number;
}

const SLOT_NAME = /^slot-\d{6}$/;
/** Free slots that are kept: while answers follow one another, and when it is quiet. */
const SLOTS_AT_WORK = 32;
const SLOTS_AT_REST = 4;
/** Files up to this size stay as they are between answers: a disk takes bytes in a file's own place in half the time of new ones. */
const LARGEST_REUSED_BYTES = 16 * 1024 * 1024;
/** Bytes of answers that are released are off the disk this long after the last of a row of answers. */
const QUIET_MILLISECONDS = 1_000;
const NO_MAGIC = new Uint8Array(4);
const DAY_MILLISECONDS = 86_400_000;

export const keyText = ({ run, round, attempt }: ContributionKey): string => `${run} ${round} ${attempt}`;

/**
 * Contributions from before they are sent until the coordinator says settled. Slots are files that are written again when they are
 * free: one wait for the disk an answer, and half the time of a growing log (measured). A crash at any instant leaves whole slots and at
 * most torn ones, which are emptied at the next start. A slot that a crash brings back after it was released is told apart by asking.
 * A slot that is free loses its mark at once and its bytes when no answer has come for a second.
 */
export class Outbox {
  private readonly places = new Map<string, Place>();
  private readonly free: Slot[] = [];
  private readonly slots = new Set<Slot>();
  private next = 1;
  private trimming: NodeJS.Timeout | undefined;

  private constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  static async open(folder: string, clock: Clock): Promise<Outbox> {
    const outbox = new Outbox(folder, clock);
    for (const name of (await readdir(folder)).filter((file) => SLOT_NAME.test(file)).sort()) await outbox.recover(name);
    return outbox;
  }

  /** Resolves when all parts are on the disk; E319 when they cannot be. */
  async keep(plan: string, parts: readonly KeptPart[]): Promise<void> {
    const slot = await this.write(plan, parts).catch((cause: unknown) => {
      throw unwritten('The outbox', cause);
    });
    slot.open = parts.length;
    await this.place(slot, parts);
  }

  find(key: ContributionKey): Unsettled | undefined {
    const place = this.places.get(keyText(key));
    return place && describe(place);
  }

  /** The bytes as they were kept. */
  async bytes(key: ContributionKey): Promise<Buffer | undefined> {
    const place = this.places.get(keyText(key));
    if (!place?.slot.content) return undefined;
    const { length } = place.slot.content.head.parts[place.index]!;
    const bytes = await readPart(place.slot.handle, place.slot.content, place.index);
    // Released while it was read.
    return bytes.length === length ? bytes : undefined;
  }

  unsettled(): Unsettled[] {
    return [...this.places.values()].map(describe);
  }

  /** Forgets contributions; the bytes of an answer go when its last part is released. Unknown keys are ignored. */
  async release(keys: readonly ContributionKey[]): Promise<void> {
    const emptied: Slot[] = [];
    for (const key of keys) {
      const place = this.places.get(keyText(key));
      if (!place) continue;
      this.places.delete(keyText(key));
      if (--place.slot.open === 0) emptied.push(place.slot);
    }
    for (const slot of emptied) await this.empty(slot);
    if (emptied.length > 0) this.trimWhenQuiet();
  }

  /** Releases what has been here longer than the retention. */
  async releaseOlderThan(days: number): Promise<readonly Unsettled[]> {
    const limit = this.clock.now() - days * DAY_MILLISECONDS;
    const old = this.unsettled().filter(({ at }) => Date.parse(at) < limit);
    await this.release(old);
    return old;
  }

  async close(): Promise<void> {
    clearTimeout(this.trimming);
    await this.trim();
    for (const { handle } of this.slots) await handle.close();
    this.slots.clear();
    this.places.clear();
  }

  private async recover(name: string): Promise<void> {
    const handle = await open(join(this.folder, name), 'r+');
    const slot: Slot = { handle, name, content: await readSlot(handle), size: (await handle.stat()).size, open: 0 };
    this.slots.add(slot);
    this.next = Math.max(this.next, Number(name.slice(-6)) + 1);
    if (slot.content) {
      slot.open = slot.content.head.parts.length;
      await this.place(slot, slot.content.head.parts);
    } else {
      await this.empty(slot);
      await this.trim();
    }
  }

  private async write(plan: string, parts: readonly KeptPart[]): Promise<Slot> {
    const slot = this.free.pop() ?? (await this.addSlot());
    try {
      slot.content = await writeSlot(slot.handle, new Date(this.clock.now()).toISOString(), plan, parts);
      slot.size = Math.max(slot.size, slot.content.end);
      return slot;
    } catch (error) {
      await slot.handle.truncate(0).catch(() => undefined);
      slot.size = 0;
      this.free.push(slot);
      throw error;
    }
  }

  /** A key that a crash brought back in an older slot is taken from there. */
  private async place(slot: Slot, parts: readonly ContributionKey[]): Promise<void> {
    await this.release(parts);
    parts.forEach((part, index) => this.places.set(keyText(part), { slot, index }));
  }

  private async addSlot(): Promise<Slot> {
    const name = `slot-${String(this.next++).padStart(6, '0')}`;
    const slot: Slot = { handle: await open(join(this.folder, name), 'w+', 0o600), name, content: null, size: 0, open: 0 };
    this.slots.add(slot);
    await syncFolder(this.folder);
    return slot;
  }

  private async empty(slot: Slot): Promise<void> {
    slot.content = null;
    if (slot.size > LARGEST_REUSED_BYTES) cut(slot);
    else if (slot.size > 0) writeSync(slot.handle.fd, NO_MAGIC, 0, NO_MAGIC.length, 0);
    if (this.free.length < SLOTS_AT_WORK) this.free.push(slot);
    else await this.remove(slot);
  }

  private async remove(slot: Slot): Promise<void> {
    this.slots.delete(slot);
    await slot.handle.close();
    await rm(join(this.folder, slot.name), { force: true });
  }

  private trimWhenQuiet(): void {
    if (this.trimming) this.trimming.refresh();
    else this.trimming = setTimeout(() => void this.trim().catch(() => this.trimWhenQuiet()), QUIET_MILLISECONDS).unref();
  }

  /** Bytes first, then files. What fails is tried again. */
  private async trim(): Promise<void> {
    for (const slot of this.free) if (slot.size > 0) cut(slot);
    for (const slot of this.free.splice(SLOTS_AT_REST)) await this.remove(slot);
  }
}

function cut(slot: Slot): void {
  ftruncateSync(slot.handle.fd);
  slot.size = 0;
}

function describe({ slot, index }: Place): Unsettled {
  const { head } = slot.content!;
  const { run, round, attempt, digest, asked } = head.parts[index]!;
  return { run, round, attempt, digest, asked, plan: head.plan, at: head.at };
}
