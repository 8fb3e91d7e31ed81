import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from './outbox.js';
import type { KeptPart } from './outbox-slot.js';

const PLAN = 'a'.repeat(64);
let folder: string;
let now = 0;
const copies: string[] = [];
const clock = { now: () => now };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outbox-'));
  now = Date.parse('2026-03-01T00:00:00Z');
});
afterEach(async () => {
  for (const each of [folder, ...copies.splice(0)]) await rm(each, { recursive: true, force: true });
});

const part = (round: string, bytes: Uint8Array = randomBytes(100)): KeptPart => ({
  run: 'run', round, attempt: 1, bytes, asked: 'b'.repeat(64), digest: createHash('sha256').update(bytes).digest('hex'),
});
const copyOf = async (from: string) => {
  const to = await mkdtemp(join(folder, '..', 'outbox-'));
  await cp(from, to, { recursive: true });
  copies.push(to);
  return to;
};
const slotOf = async (index = 0) => join(folder, (await readdir(folder)).sort()[index]!);

describe('the outbox', () => {
  it('gives back after a restart what was kept, byte for byte', async () => {
    const [a, b, empty, large] = [part('a'), part('b'), part('c', new Uint8Array(0)), part('d', randomBytes(5_000_000))];
    const outbox = await Outbox.open(folder, clock);
    await outbox.keep(PLAN, [a, b, empty]);
    await outbox.keep(PLAN, [large]);
    await outbox.close();
    const again = await Outbox.open(folder, clock);
    for (const { bytes, ...key } of [a, b, empty, large]) expect((await again.bytes(key))!.equals(bytes)).toBe(true);
    expect(again.find(b)).toMatchObject({ digest: b.digest, asked: b.asked, plan: PLAN, at: '2026-03-01T00:00:00.000Z' });
    await again.close();
  });

  it('forgets an answer when its last part is released, writes the file again for the next one, and leaves no bytes when it is quiet', async () => {
    const outbox = await Outbox.open(folder, clock);
    const [a, b] = [part('a'), part('b')];
    await outbox.keep(PLAN, [a, b]);
    await outbox.release([a]);
    expect(await outbox.bytes(a)).toBeUndefined();
    expect((await outbox.bytes(b))!.equals(b.bytes)).toBe(true);
    await outbox.release([b, b, part('unknown')]);
    const quietly = await Outbox.open(await copyOf(folder), clock);
    expect(quietly.unsettled()).toEqual([]);
    await quietly.close();
    await outbox.keep(PLAN, [part('c')]);
    expect(await readdir(folder)).toHaveLength(1);
    await outbox.release([part('c')]);
    await vi.waitFor(async () => expect((await stat(await slotOf())).size).toBe(0), { timeout: 5_000 });
    await outbox.close();
  });

  it('leaves no more than a few empty files after many answers at once', async () => {
    const outbox = await Outbox.open(folder, clock);
    const parts = Array.from({ length: 30 }, (_, i) => part(`r${i}`));
    await Promise.all(parts.map((one) => outbox.keep(PLAN, [one])));
    expect(outbox.unsettled()).toHaveLength(30);
    await outbox.release(parts);
    await outbox.close();
    expect((await readdir(folder)).length).toBeLessThanOrEqual(4);
  });

  it('fault 27: ignores an answer torn by a crash, cut at any byte, and keeps the others', async () => {
    const outbox = await Outbox.open(folder, clock);
    const [torn, whole] = [part('torn'), part('whole')];
    await outbox.keep(PLAN, [torn]);
    await outbox.keep(PLAN, [whole]);
    await outbox.close();
    const path = await slotOf(0);
    const bytes = await readFile(path);
    for (let length = bytes.length - 1; length >= 0; length -= 7) {
      await writeFile(path, bytes.subarray(0, length));
      const again = await Outbox.open(folder, clock);
      expect(again.unsettled().map(({ round }) => round)).toEqual(['whole']);
      expect((await again.bytes(whole))!.equals(whole.bytes)).toBe(true);
      await again.close();
    }
  });

  it('fault 27: ignores an answer of which any byte was altered', async () => {
    const outbox = await Outbox.open(folder, clock);
    await outbox.keep(PLAN, [part('a', randomBytes(40))]);
    await outbox.close();
    const path = await slotOf();
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at += 3) {
      const altered = Buffer.from(bytes);
      altered[at] = altered[at]! ^ 1;
      await writeFile(path, altered);
      const again = await Outbox.open(folder, clock);
      expect(again.unsettled()).toEqual([]);
      await again.close();
    }
  });

  it('does not take bytes of the answer before for a part of a shorter one', async () => {
    const outbox = await Outbox.open(folder, clock);
    const [long, short] = [part('long', randomBytes(1000)), part('short', randomBytes(10))];
    await outbox.keep(PLAN, [long]);
    await outbox.release([long]);
    await outbox.keep(PLAN, [short]);
    await outbox.close();
    const again = await Outbox.open(folder, clock);
    expect(again.unsettled().map(({ round }) => round)).toEqual(['short']);
    await again.close();
  });

  it('holds a key once when a crash brings back an older slot', async () => {
    const outbox = await Outbox.open(folder, clock);
    const a = part('a');
    await outbox.keep(PLAN, [a]);
    const old = await readFile(await slotOf());
    await outbox.close();
    await writeFile(join(folder, 'slot-000007'), old);
    const again = await Outbox.open(folder, clock);
    expect(again.unsettled()).toHaveLength(1);
    await again.release([a]);
    await again.close();
    expect((await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))))).map(({ size }) => size)).toEqual([0, 0]);
  });

  it('lets go of what was kept longer than the retention', async () => {
    const outbox = await Outbox.open(folder, clock);
    await outbox.keep(PLAN, [part('old')]);
    now += 20 * 86_400_000;
    await outbox.keep(PLAN, [part('new')]);
    now += 11 * 86_400_000;
    expect((await outbox.releaseOlderThan(30)).map(({ round }) => round)).toEqual(['old']);
    expect(outbox.unsettled().map(({ round }) => round)).toEqual(['new']);
    await outbox.close();
  });

  it('says that nothing was sent when the disk refuses', async () => {
    const outbox = await Outbox.open(folder, clock);
    await rm(folder, { recursive: true });
    await expect(outbox.keep(PLAN, [part('a')])).rejects.toMatchObject({ code: 'E319', message: 'The outbox cannot be written. Nothing was sent.' });
    expect(outbox.unsettled()).toEqual([]);
    await outbox.close();
  });

  it('is empty after its files were cut to nothing', async () => {
    const outbox = await Outbox.open(folder, clock);
    await outbox.keep(PLAN, [part('a')]);
    await outbox.close();
    await truncate(await slotOf(), 0);
    const again = await Outbox.open(folder, clock);
    expect(again.unsettled()).toEqual([]);
    await again.close();
  });
});
