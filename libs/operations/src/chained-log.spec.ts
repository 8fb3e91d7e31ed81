import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ChainedLog, verifyChainedLog } from './chained-log.js';

interface Entry {
  readonly what: string;
}

let folder: string;
let path: string;
let count = 0;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'chained-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => void (path = join(folder, `${(count += 1)}.jsonl`)));

async function written(entries: number): Promise<string[]> {
  const log = await ChainedLog.open<Entry>(path, 'ledger of a site');
  for (let index = 1; index <= entries; index += 1) await log.append({ what: `sum ${index}, ± “${index}” \u0000 \n` });
  await log.close();
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
}

async function all<T>(log: ChainedLog<T>): Promise<(T | string | undefined)[]> {
  const list = [];
  for await (const { entry, note } of log.records()) list.push(entry ?? note);
  return list;
}

describe('faults 27, 41: a chained log', () => {
  it('gives back what was appended, also after it was closed and opened again', async () => {
    await written(2);
    const log = await ChainedLog.open<Entry>(path, 'ledger of a site');
    await log.append({ what: 'third' });
    expect((await all(log)).at(-1)).toEqual({ what: 'third' });
    expect(log.head.sequence).toBe(3);
    await log.close();
    expect(await verifyChainedLog(path, 'ledger of a site')).toMatchObject({ intact: true, records: 3, head: log.head });
  });

  it('keeps the order of a thousand appends that did not wait for one another', async () => {
    const log = await ChainedLog.open<Entry>(path, 'p');
    const heads = await Promise.all(Array.from({ length: 1000 }, (_, index) => log.append({ what: String(index) })));
    expect(heads.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(await all(log)).toEqual(Array.from({ length: 1000 }, (_, index) => ({ what: String(index) })));
    await log.close();
  });

  it('writes what need not be written at once with the next record, by itself soon, or when it is closed, in the order of the calls', async () => {
    const log = await ChainedLog.open<Entry>(path, 'p');
    const later = log.appendSoon({ what: 'receipt' });
    expect(log.head.sequence).toBe(0);
    expect((await log.append({ what: 'answer' })).sequence).toBe(2);
    expect((await later).sequence).toBe(1);
    expect((await log.appendSoon({ what: 'alone' })).sequence).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await log.append({ what: 'after a quiet moment' })).sequence).toBe(4);
    const last = log.appendSoon({ what: 'at the end' });
    await log.close();
    expect((await last).sequence).toBe(5);
    expect(await verifyChainedLog(path, 'p')).toMatchObject({ intact: true, records: 5 });
  });

  it('names the record at which any single altered byte breaks it', async () => {
    const lines = await written(3);
    const bytes = await readFile(path);
    const secondLine = Buffer.byteLength(`${lines[0]}\n`);
    const secondEnd = secondLine + Buffer.byteLength(lines[1] ?? '');
    for (let at = secondLine; at < secondEnd; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      await writeFile(path, altered);
      const { intact, records, firstBreak } = await verifyChainedLog(path, 'ledger of a site');
      expect({ at, intact, records, sequence: firstBreak?.sequence }).toEqual({ at, intact: false, records: 1, sequence: 2 });
    }
  });

  it.each([
    ['removed', (lines: string[]) => [lines[0], lines[2]], 'out of sequence'],
    ['repeated', (lines: string[]) => [lines[0], lines[0], lines[1], lines[2]], 'out of sequence'],
    ['replaced by no record', (lines: string[]) => [lines[0], 'x', lines[2]], 'not a record'],
    ['replaced by null', (lines: string[]) => [lines[0], 'null', lines[2]], 'not a record'],
  ])('shows a line that was %s', async (_, change, reason) => {
    await writeFile(path, `${change(await written(3)).join('\n')}\n`);
    expect((await verifyChainedLog(path, 'ledger of a site')).firstBreak).toEqual({ sequence: 2, reason });
    await expect(ChainedLog.open(path, 'ledger of a site')).rejects.toMatchObject({ code: 'E712' });
  });

  it('cannot be continued as a log of another purpose, nor with the lines of another log', async () => {
    const lines = await written(2);
    await expect(ChainedLog.open(path, 'ledger of another site')).rejects.toMatchObject({ code: 'E712' });
    const other = join(folder, 'other.jsonl');
    const log = await ChainedLog.open<Entry>(other, 'ledger of a site');
    await log.append({ what: 'something else' });
    await log.close();
    await writeFile(other, `${await readFile(other, 'utf8')}${lines[1]}\n`);
    expect((await verifyChainedLog(other, 'ledger of a site')).firstBreak).toEqual({ sequence: 2, reason: 'does not follow the record before' });
  });

  it('shows records cut off or rewritten at the end against a head kept elsewhere', async () => {
    const lines = await written(3);
    const { head } = await verifyChainedLog(path, 'ledger of a site');
    await writeFile(path, `${lines.slice(0, 2).join('\n')}\n`);
    expect((await verifyChainedLog(path, 'ledger of a site')).intact).toBe(true);
    expect((await verifyChainedLog(path, 'ledger of a site', head)).firstBreak).toEqual({ sequence: 3, reason: 'missing' });
    const log = await ChainedLog.open<Entry>(path, 'ledger of a site');
    await log.append({ what: 'another third' });
    await log.close();
    expect((await verifyChainedLog(path, 'ledger of a site', head)).firstBreak).toEqual({ sequence: 3, reason: 'replaced' });
  });

  it('removes the torn last line of a crash, cut at every byte, notes it, and goes on', async () => {
    await written(2);
    const bytes = await readFile(path);
    const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let end = lastLine + 1; end < bytes.length; end += 13) {
      await writeFile(path, bytes.subarray(0, end));
      expect((await verifyChainedLog(path, 'ledger of a site')).firstBreak).toEqual({ sequence: 2, reason: 'incomplete' });
      const log = await ChainedLog.open<Entry>(path, 'ledger of a site');
      await log.append({ what: 'after' });
      expect((await all(log)).slice(1)).toEqual([expect.stringContaining(`incomplete last line of ${end - lastLine} bytes`), { what: 'after' }]);
      await log.close();
      expect(await verifyChainedLog(path, 'ledger of a site')).toMatchObject({ intact: true, records: 3 });
    }
  });

  it('refuses to write behind another program, and after it was closed', async () => {
    const log = await ChainedLog.open<Entry>(path, 'p');
    await log.append({ what: 'one' });
    await appendFile(path, 'x');
    await expect(log.append({ what: 'two' })).rejects.toMatchObject({ code: 'E712' });
    await log.close();
    await expect(log.append({ what: 'three' })).rejects.toThrow(/closed/);
  });
});
